"""`modelspec diff`."""

import json
from pathlib import Path

import pytest

from modelspec.cli.exit_codes import main

FUNCTIONAL = "specs/functional.yaml"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["diff", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_two_ways_to_write_one_model(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "specs/sequential.yaml", FUNCTIONAL, "--exit-code")
    assert code == 0
    assert "no difference in what they mean" in out
    assert "params.width" in out


def test_causes_stand_apart_from_what_follows(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, FUNCTIONAL, "--set", "params.width=64", "--exit-code")
    assert code == 1
    causes, follows = out.split("what follows")
    assert "params.width  32 -> 64" in causes
    assert "hidden1" not in causes
    assert "layers.hidden1.units" in follows
    assert "from params.width" in follows
    assert "+5,504 (+159 %)" in follows


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, FUNCTIONAL, "--set", "params.width=64", "--json")
    assert code == 0
    found = json.loads(out)
    assert [cause["path"] for cause in found["causes"]] == ["params.width"]


def test_a_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "diff.svg"
    code, out, _ = said(capsys, FUNCTIONAL, "--set", "layers.label.units=3", "-o", str(file))
    assert code == 0
    assert f"wrote {file}" in out
    assert ">changed<" in file.read_text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([FUNCTIONAL], 2, "two specs, or one with"),
        ([FUNCTIONAL, "specs/functionl.yaml"], 2, "Did you mean `specs/functional.yaml`?"),
        ([FUNCTIONAL, "--set", "params.widht=3"], 1, "params.widht"),
        ([FUNCTIONAL, "--set", "params.width=0"], 1, "at least 1"),
        ([FUNCTIONAL, "specs/sequential.yaml", "-o", "x.bmp"], 2, ".bmp"),
        (["git:nowhere", FUNCTIONAL], 2, "nowhere"),
    ],
)
def test_what_cannot_be_compared(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    found, _, err = said(capsys, *arguments)
    assert found == code
    assert words in err
