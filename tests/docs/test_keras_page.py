"""The page on what stands in a spec for what one writes with Keras."""

import re
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import yaml

import modelspec
from tests.docs.following import ROOT, followed, page

PAGE = page("keras.md")
(SPEC,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
CELLS = [line.split(" | ")[1] for line in PAGE.splitlines() if line.startswith("| ")]
_LINE = re.compile(r"`((?:train|outputs|data|layers): \{.*?\})`")
LINES = [line for cell in CELLS for line in _LINE.findall(cell)]


def merged(spec: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """A spec with what a line of a table says, at every depth."""
    return spec | {
        key: merged(spec[key], value)
        if isinstance(value, dict) and isinstance(spec.get(key), dict)
        else value
        for key, value in change.items()
    }


def keras_weights(file: Path) -> None:
    """A file as Keras's `save_weights` makes one of the page's model."""
    kernels = {"stem": (3, 3, 1, 32), "conv": (3, 3, 32, 32), "digit": (512, 10)}
    with h5py.File(file, "w") as book:
        for kind, (name, shape) in zip(
            ("conv2d", "conv2d_1", "dense"), kernels.items(), strict=True
        ):
            values = book.create_group(f"layers/{kind}/vars")
            values.attrs["name"] = name
            values["0"], values["1"] = np.zeros(shape, "f4"), np.zeros(shape[-1], "f4")


@pytest.mark.parametrize("line", LINES)
def test_each_line_of_the_tables_lints_clean(line: str, tmp_path: Path) -> None:
    spec = yaml.safe_load(SPEC)
    if "from_logits" in line:
        spec["layers"]["digit"].pop("activation")
    changed = merged(spec, yaml.safe_load(line))
    assert changed != spec
    keras_weights(tmp_path / "w.weights.h5")
    file = tmp_path / "from_keras.yaml"
    file.write_text(yaml.safe_dump(changed, sort_keys=False))
    found = modelspec.check(str(file))
    assert [each.message for each in found if each.severity != "info"] == []


def test_the_tables_hold_many_lines() -> None:
    assert len(LINES) > 20


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tests").symlink_to(ROOT / "tests")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "from_keras.yaml").write_text(SPEC)
    said = followed(PAGE, monkeypatch, capsys)
    (count,) = re.findall(r"the ([\d,]+) parameters", PAGE)
    assert count in said["modelspec summary from_keras.yaml"]
    assert len((tmp_path / "answers.csv").read_text().splitlines()) == 1798
