"""The page on what a change means: its commands run, in Git too."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.following import ROOT, followed, page

PAGE = page("diff.md")


def test_every_command_prints_what_stands_under_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    monkeypatch.chdir(tmp_path)
    said = followed(PAGE.partition("## In Git")[0], monkeypatch, capsys)
    assert len(said) == 3
    assert (tmp_path / "diff.svg").is_file()


def test_git_shows_specs_by_what_they_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "modelspec"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m modelspec "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    (tmp_path / "specs").mkdir()
    spec = tmp_path / "specs" / "functional.yaml"
    text = (ROOT / "specs" / "functional.yaml").read_text()
    spec.write_text(text)
    commands = re.findall(r"^\$ ((?:git|echo) .+)$", PAGE, re.MULTILINE)
    assert len(commands) == 2
    who = "git -c user.name=a -c user.email=a@b"
    for command in ("git init -q", *commands, "git add specs", f"{who} commit -qm first"):
        subprocess.run(command, shell=True, check=True)
    spec.write_text(text.replace("width: 32", "width: 64"))
    shown = subprocess.run(["git", "diff"], capture_output=True, text=True, check=True).stdout
    assert "params.width  32 -> 64" in shown
    assert "from params.width" in shown


def test_the_lines_of_python_run(monkeypatch: pytest.MonkeyPatch, capsys: object) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    scope: dict[str, object] = {}
    exec(code, scope)
    assert [cause.path for cause in scope["found"].causes] == ["params.width"]  # type: ignore[attr-defined]
