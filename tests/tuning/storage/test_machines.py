"""Machines on one storage: processes of their own, each with a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from modelspec.tuning.record import confirm_folders, read_confirmation, read_trial, trial_folders
from modelspec.tuning.space.axes import key
from tests.runner.worlds import FLOWERS, write_flowers
from tests.tuning.storage.postgres import database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from modelspec.tuning.record import Trial

    Start = Callable[[str, str, int, float], subprocess.Popen[str]]

TUNED = (
    FLOWERS.replace("epochs: 3", "epochs: EPOCHS")
    + """\
    tune:
      search:
        layers.hidden.units: [2, 3, 4, 5, 6, 7, 8, 9, 300]
        layers.hidden.activation: [tanh, relu]
      objective: val_accuracy
      limits: {parameters: 1000}
      trials: 6
      pruner: none
      confirm: {top: 2, seeds: 1}
"""
)
NEVER, SOON = 300.0, 3.0
"""Seconds without a word until a machine is held to be gone: one that lives may be slow."""

PROGRAM = """
import sys
import modelspec
from modelspec.tuning.storage import board, shared_study

gone = float(sys.argv[2])
board.BEAT, board.GONE, shared_study.GONE = 0.2, gone, gone
modelspec.tune("spec.yaml", storage=sys.argv[1], workers=2, device="cpu", say=lambda text: None)
"""
PROXY = """
import socket, sys
from optuna.storages import RDBStorage, run_grpc_proxy_server

with socket.socket() as free:
    free.bind(("localhost", 0))
    port = free.getsockname()[1]
print(port, flush=True)
run_grpc_proxy_server(RDBStorage(sys.argv[1]), host="localhost", port=port)
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[str]] = []

    def start(name: str, url: str, epochs: int, gone: float) -> subprocess.Popen[str]:
        (tmp_path / name).mkdir()
        write_flowers(tmp_path / name, spec=TUNED.replace("EPOCHS", str(epochs)))
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url, str(gone)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path / name,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@contextmanager
def proxy(url: str) -> Iterator[str]:
    """Optuna's gRPC proxy in front of a database."""
    pytest.importorskip("grpc")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", PROXY, url], stdout=subprocess.PIPE, text=True
    )
    with server:
        try:
            assert server.stdout
            yield f"grpc://localhost:{server.stdout.readline().strip()}"
        finally:
            server.kill()


@contextmanager
def storage(kind: str, folder: Path) -> Iterator[str]:
    if kind == "postgresql":
        with database() as url:
            yield url
    else:
        with proxy(f"sqlite:///{folder}/study.db") as url:
            yield url


def study(folder: Path) -> Path:
    (found,) = folder.glob("runs/flowers/2*")
    return found


def trials(folder: Path) -> list[Trial]:
    return [read_trial(each) for each in trial_folders(study(folder))]


def trained(folder: Path) -> set[int]:
    """The numbers of the trials that were trained to their end on a machine."""
    paths = (study(folder) / "trials").glob("*/last.safetensors")
    return {int(path.parent.name) for path in paths if read_trial(path.parent).status == "complete"}


@pytest.mark.parametrize("kind", ["postgresql", "grpc"])
def test_two_machines_make_each_trial_once(kind: str, tmp_path: Path, start: Start) -> None:
    with storage(kind, tmp_path) as url:
        for process in [start(name, url, 1, NEVER) for name in ("a", "b")]:
            out, error = process.communicate(timeout=240)
            assert (process.returncode, error) == (0, ""), out
    both = [trials(tmp_path / name) for name in ("a", "b")]
    assert both[0] == both[1]
    assert len(both[0]) == len({key(each.values) for each in both[0]}) == 6
    assert {each.status for each in both[0]} == {"complete"}
    assert all(each.values["layers.hidden.units"] < 300 for each in both[0])
    mine, others = trained(tmp_path / "a"), trained(tmp_path / "b")
    assert not mine & others
    assert mine | others == {each.number for each in both[0]}
    repeats = [
        [read_confirmation(each) for each in confirm_folders(study(tmp_path / name))]
        for name in ("a", "b")
    ]
    assert repeats[0] == repeats[1]
    assert len(repeats[0]) == 2
    assert len([each for each in repeats[0] if each.test]) == 1


def test_a_machine_that_is_killed_leaves_its_trials_to_the_other(
    tmp_path: Path, start: Start
) -> None:
    with database() as url:
        victim = start("a", url, 20, NEVER)
        while len(list(tmp_path.glob("a/runs/flowers/2*/trials/*/history.csv"))) < 3:
            time.sleep(0.02)
            assert victim.poll() is None
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        other = start("b", url, 20, SOON)
        out, error = other.communicate(timeout=240)
        assert (other.returncode, error) == (0, ""), out
    left = [each for each in trials(tmp_path / "a") if each.status == "running"]
    done = trials(tmp_path / "b")
    assert left
    assert len(done) == len({key(each.values) for each in done}) == 6
    assert {each.status for each in done} == {"complete"}
    assert json.loads((study(tmp_path / "b") / "study.json").read_text())["name"] == "flowers"
