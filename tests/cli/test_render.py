"""`modelspec render`."""

from pathlib import Path

import pytest
import yaml

from tests.cli.running import Run

SPECS = sorted(Path("specs").glob("*.yaml"))


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_what_is_rendered_is_a_fine_spec_that_renders_to_itself(
    run: Run, path: Path, tmp_path: Path
) -> None:
    first = run("render", str(path))
    assert first.code == 0
    copy = tmp_path / path.name
    copy.write_text(first.out)
    assert run("lint", str(copy)).code == 0
    assert run("render", str(copy)).out == first.out


def test_overrides_are_in_it(run: Run) -> None:
    out = run("render", "specs/functional.yaml", "--set", "params.width=7").out
    layers = yaml.safe_load(out)["layers"]
    assert layers["hidden1"]["units"] == 7


def test_the_code_can_be_read(run: Run) -> None:
    out = run("render", "specs/qa.yaml", "--code").out
    assert "def forward(self, " in out
    for name in ("embed_story", "encode_question", "merge", "answer"):
        assert name in out


def test_a_spec_with_errors_is_not_rendered(run: Run, bad: str) -> None:
    ran = run("render", bad)
    assert (ran.code, ran.out) == (1, "")
