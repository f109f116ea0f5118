"""Ctrl-C of a terminal, as the command hears it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from modelspec.tuning.record import read_trial, trial_folders
from tests.runner.worlds import FLOWERS, write_flowers
from tests.tuning.workers.test_pool import all_end, children

if TYPE_CHECKING:
    from pathlib import Path

pty = pytest.importorskip("pty")
TUNED = (
    FLOWERS.replace("epochs: 3", "epochs: 100000")
    + """\
    tune:
      search: {layers.hidden.units: [2, 3, 4, 5]}
      objective: val_accuracy
      pruner: none
"""
)


@pytest.mark.parametrize("presses", [1, 2])
def test_ctrl_c_saves_and_says_how_to_go_on(tmp_path: Path, presses: int) -> None:
    write_flowers(tmp_path, spec=TUNED)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "modelspec", "tune", "spec.yaml", "--workers", "2", "-q"]
    study = subprocess.Popen(
        command,
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        preexec_fn=_control_terminal,
    )
    os.close(theirs)
    with study:
        while len(list(tmp_path.glob("runs/flowers/2*/trials/*/history.csv"))) < 2:
            time.sleep(0.05)
            assert study.poll() is None
        time.sleep(0.2)
        started = children(study.pid)
        os.write(ours, b"\x03" * presses)
        assert study.stderr
        told = study.stderr.read()
        assert study.wait(60) == 130
    os.close(ours)
    assert "Traceback" not in told
    assert all_end(started)
    (folder,) = tmp_path.glob("runs/flowers/2*")
    assert {read_trial(each).status for each in trial_folders(folder)} == {"running"}
    if presses == 1:
        assert "go on with: modelspec tune spec.yaml --resume" in told
        assert len(list(folder.glob("trials/*/checkpoints/0*/state.json"))) == 2


def _control_terminal() -> None:
    """Be a session of its own, whose terminal is the one of standard input."""
    import fcntl
    import termios

    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
