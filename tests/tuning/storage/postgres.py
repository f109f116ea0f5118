"""A PostgreSQL of the test's own: a cluster in a folder, on a socket of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def database() -> Iterator[str]:
    """The URL of an empty database; skips the test where there is no PostgreSQL."""
    if not (shutil.which("initdb") and shutil.which("pg_ctl")):
        pytest.skip("there is no PostgreSQL here")
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket is short
    try:
        if os.getuid() == 0:  # as root it does not start
            shutil.chown(folder, "nobody")
        data = folder / "data"
        _run("initdb", "-D", str(data), "-A", "trust", "-U", "modelspec", "--no-sync")
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        _run("pg_ctl", "-D", str(data), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql://modelspec@/postgres?host={folder}"
        finally:
            _run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: str) -> None:
    user = "nobody" if os.getuid() == 0 else None
    done = subprocess.run(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        user=user,
        cwd="/tmp",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
