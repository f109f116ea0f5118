"""The page on search can be followed literally."""

import re
import runpy
import shlex
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from modelspec.cli import main

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "search.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", PAGE, flags=re.MULTILINE)
FAILS = "--space"


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
    assert code == int(words.endswith(FAILS)), (words, captured.err)
    return captured.out + captured.err


def test_every_command_does_what_the_page_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs").mkdir()
    shutil.copy(ROOT / "specs" / "digits_tune.yaml", tmp_path / "specs")
    said = {words: told(words, monkeypatch, capsys) for words in COMMANDS}
    for block in re.findall(r"```console\n(.*?)```", PAGE, flags=re.DOTALL):
        words = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                words = line.removeprefix("$ ")
            else:
                assert line in said[words], (words, said[words])
    study = tmp_path / "runs" / "digits_tune" / "latest"
    for name in ("best.yaml", "trials.csv", "report.html", "study.json", "source", "confirm"):
        assert (study / name).exists()
    assert len(list((study / "trials").iterdir())) == 5


def test_the_section_is_that_of_the_spec() -> None:
    (section, _) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)
    assert section in (ROOT / "specs" / "digits_tune.yaml").read_text(encoding="utf-8")
    assert set(yaml.safe_load(section)["tune"]) == {"search", "objective", "limits"}


def test_every_key_is_on_the_page() -> None:
    from modelspec.language.tune import TuneSection

    assert all(f"| `{name}` |" in PAGE for name in TuneSection.model_fields)
