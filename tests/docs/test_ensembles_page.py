"""The page on ensembles can be followed literally."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.cli import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "ensembles.md").read_text(encoding="utf-8")
FILES = re.findall(r"```yaml\n# (\w+\.yaml)\n(.*?)```", PAGE, flags=re.DOTALL)
BLOCKS = re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL)


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
    assert code == 0, (words, captured.err)
    return captured.out + captured.err


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES:
        (tmp_path / name).write_text(text, encoding="utf-8")
    for block in BLOCKS:
        said = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                said = told(line.removeprefix("$ "), monkeypatch, capsys)
            else:
                assert line in said
    (layers,) = re.findall(r"```\n(layers:\n.*?)```", PAGE, flags=re.DOTALL)
    made = min((tmp_path / "runs" / "wide_ensemble").glob("2*/ensemble.json"))
    assert layers in made.with_name("spec.yaml").read_text(encoding="utf-8")
    head = (tmp_path / "answers.csv").read_text(encoding="utf-8").splitlines()[0]
    assert head == "diagnosis,diagnosis_probability_malignant,diagnosis_spread"
