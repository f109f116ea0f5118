"""Following a page of the docs literally: each command is run, and prints what stands under it."""

from __future__ import annotations

import re
import runpy
import shlex
import sys
from pathlib import Path
from signal import SIGINT, SIGTERM
from typing import TYPE_CHECKING

from modelspec.cli import main

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parent.parent.parent
SIGNALLED = {128 + SIGINT, 128 + SIGTERM}
"""Exit codes of a command that saved and left because this process was told to end: no page says
that, and whoever sent the signal meant the tests."""


def page(name: str) -> str:
    """The text of a page."""
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def followed(
    text: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *,
    fails: str | None = None,
) -> dict[str, str]:
    """What each command of a page prints; every line that stands under it is among it.

    Args:
        text: The page.
        monkeypatch: Takes back what scripts change.
        capsys: Keeps what is printed.
        fails: The command that ends with 1.
    """
    said = {}
    for block in re.findall(r"```(?:console)?\n(\$ .*?)```", text, flags=re.DOTALL):
        words = ""
        for line in block.splitlines():
            if line.startswith("$ "):
                words = line.removeprefix("$ ")
                said[words] = _told(words, int(words == fails), monkeypatch, capsys)
            else:
                assert line in said[words], (words, said[words])
    return said


def _told(
    words: str,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> str:
    program, *arguments = shlex.split(words)
    code = 0
    if program == "python":
        script = ROOT / arguments[0]
        monkeypatch.setattr(sys, "argv", arguments)
        monkeypatch.syspath_prepend(str(script.parent))
        runpy.run_path(str(script), run_name="__main__")
    else:
        code = main(arguments)
    captured = capsys.readouterr()
    if code in SIGNALLED:
        raise KeyboardInterrupt(f"a signal from outside ended `{words}`: {captured.err}")
    assert code == expected, (words, captured.err)
    return captured.out + captured.err
