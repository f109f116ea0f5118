"""Running command lines, in this process or in one of their own."""

import os
import subprocess
import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from modelspec.cli import main


class Ran(NamedTuple):
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run a command line in this process."""
    code = main(arguments)
    captured = capsys.readouterr()
    return Ran(code, captured.out, captured.err)


def run_apart(*arguments: str, text: bytes | None = None, env: dict[str, str] | None = None) -> Ran:
    """Run a command line as `python -m modelspec`."""
    done = subprocess.run(
        [sys.executable, "-m", "modelspec", *arguments],
        input=text,
        capture_output=True,
        env={**os.environ, **(env or {})},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
