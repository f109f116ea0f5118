"""The page on tables can be followed literally."""

import re
import runpy
import shlex
import sys
from pathlib import Path

import pytest

from modelspec.cli import main

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "tables.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, flags=re.MULTILINE)
STRICT = COMMANDS[-1]


def told(words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """What a command prints."""
    program, *arguments = shlex.split(words)
    if program == "python":
        script = ROOT / arguments[0]
        monkeypatch.setattr(sys, "argv", arguments)
        monkeypatch.syspath_prepend(str(script.parent))
        runpy.run_path(str(script), run_name="__main__")
        code = 0
    else:
        code = main(arguments)
    captured = capsys.readouterr()
    assert code == (1 if words == STRICT else 0), (words, captured.err)
    return captured.out + captured.err


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    said = {words: told(words, monkeypatch, capsys) for words in COMMANDS}
    for block in re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL):
        words = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                words = line.removeprefix("$ ")
            else:
                assert line in said[words], words
    spec = (tmp_path / "customers.yaml").read_text(encoding="utf-8")
    (written,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert written in spec
    (folds,) = (text for words, text in said.items() if "--folds" in words)
    assert all(f"fold {number}" in folds for number in range(1, 6))
    assert "minutes: 125 of 3,000 values were missing" in said["modelspec train customers.yaml"]
    answers = (tmp_path / "answers.csv").read_text().splitlines()
    assert (len(answers), answers[0]) == (3001, "leaves,leaves_probability_yes")
    assert len(list((tmp_path / "runs" / "customers").glob("2*/report.html"))) == 3
