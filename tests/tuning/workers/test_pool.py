"""Worker processes: started, told, killed, and alone in the world."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from modelspec.runner.run.compare import history_of
from modelspec.runner.run.directory import ENVIRONMENT, RECORD
from modelspec.tuning.jobs import EpochDone, JobDone
from modelspec.tuning.workers import WorkerError, Workers
from modelspec.tuning.workers.fork_server import ForkServer
from modelspec.tuning.workers.spawn import Spawner
from tests.runner.worlds import run, same_weights, write_flowers
from tests.tuning.workers.jobs import job, run_all

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.tuning.jobs import Event

linux = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
LONG = "train.epochs=100000"


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def workers(said: list[str]) -> Iterator[Workers]:
    with Workers(2, say=said.append) as started:
        yield started


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write_flowers(tmp_path)


def next_event(workers: Workers) -> Event:
    (event,) = workers.events(60)
    return event


def children(pid: int) -> list[int]:
    """The processes that a process has started, and theirs."""
    found = []
    listed = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    for child, parent in pairs:
        if parent == pid:
            found += [child, *children(child)]
    return found


def has_ended(pid: int) -> bool:
    """Whether a process is gone, or waits to be."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def all_end(pids: list[int]) -> bool:
    """Whether processes end in a while."""
    end = time.monotonic() + 20
    while not all(map(has_ended, pids)):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def test_the_fifth_job_of_a_worker_has_the_bits_of_a_training_alone(
    workers: Workers, spec: Path
) -> None:
    jobs = [job(spec, n, f"train.batch_size={8 + n % 3}", "train.epochs=2") for n in range(1, 9)]
    done = run_all(workers, jobs)
    assert {each.status for each in done.values()} == {"complete"}
    for each in jobs[-2:]:
        alone = run(spec, *each.overrides).folder
        assert alone
        assert history_of(each.folder) == done[each.number].history == history_of(alone)
        assert same_weights(each.folder, alone)
        told = json.loads((each.folder / ENVIRONMENT).read_text())["command_line"]
        assert told[:5] == ["modelspec", "train", str(spec), "--set", each.overrides[0]]


def test_a_trial_is_pruned(workers: Workers, spec: Path) -> None:
    workers.start(job(spec, 1))
    first = next_event(workers)
    assert isinstance(first, EpochDone)
    assert (first.number, first.epoch) == (1, 1)
    workers.go_on(1, go=False, why="no hope")
    done = next_event(workers)
    assert isinstance(done, JobDone)
    assert (done.status, done.why) == ("pruned", "no hope")
    assert done.history == [{"epoch": 1, **first.logs}]
    assert workers.free == 2


def test_what_failed_leaves_the_worker_to_the_next(workers: Workers, spec: Path) -> None:
    done = run_all(workers, [job(spec, 1, "data.file=none.npz"), job(spec, 2), job(spec, 3)])
    assert [done[n].status for n in (1, 2, 3)] == ["failed", "complete", "complete"]


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_is_a_failed_trial_and_another_takes_its_place(
    workers: Workers, spec: Path, number: signal.Signals
) -> None:
    workers.start(job(spec, 1, LONG))
    assert isinstance(next_event(workers), EpochDone)
    for pid in _holding(job(spec, 1).folder):
        os.kill(pid, number)
    done = next_event(workers)
    assert isinstance(done, JobDone)
    assert done.status == "failed"
    assert done.why.startswith(f"its process was ended by {number.name}")
    assert run_all(workers, [job(spec, 2), job(spec, 3)])[3].status == "complete"


def _holding(folder: Path) -> list[int]:
    """The processes that hold a run."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            handles = [os.path.realpath(each) for each in Path(f"/proc/{pid}/fd").iterdir()]
            found += [int(pid)] if str(folder / ".lock") in handles else []
    return found


@linux
def test_an_idle_worker_that_dies_is_replaced(workers: Workers, spec: Path) -> None:
    run_all(workers, [job(spec, 1), job(spec, 2)])
    for pid in [pid for server in children(os.getpid()) for pid in children(server)]:
        os.kill(pid, signal.SIGKILL)
    assert run_all(workers, [job(spec, 3)])[3].status == "complete"


def test_interrupted_jobs_are_saved_and_gone_on_with(workers: Workers, spec: Path) -> None:
    for number in (1, 2):
        workers.start(job(spec, number, "train.epochs=40"))
    ended: dict[int, JobDone] = {}
    while len(ended) < 2:
        for event in workers.events(60):
            if isinstance(event, JobDone):
                ended[event.number] = event
                continue
            if event.epoch == 3:
                workers.interrupt()
            workers.go_on(event.number, go=True)
    assert {each.status for each in ended.values()} == {"running"}
    assert all(len(each.history) < 40 for each in ended.values())
    done = run_all(workers, [job(spec, 1, "train.epochs=40")])[1]
    alone = run(spec, "train.seed=1", "train.epochs=40").folder
    assert alone
    assert done.history == history_of(alone)
    assert same_weights(job(spec, 1).folder, alone)


def test_lines_are_told_once(workers: Workers, said: list[str], spec: Path) -> None:
    table = "".join(f"{row % 7},{'' if row == 3 else row},0,0,{row % 3}\n" for row in range(60))
    (spec.parent / "rows.csv").write_text("a,b,c,d,species\n" + table)
    features = "{petals: {columns: [a, b, c, d], missing: mean}}"
    overrides = ["data.file=rows.csv", f"data.features={features}", "train.epochs=1"]
    done = run_all(workers, [job(spec, number, *overrides) for number in (1, 2)])
    assert {each.status for each in done.values()} == {"complete"}, done
    assert len([line for line in said if line.startswith("b: 1 of 60")]) == 1


def test_a_python_of_its_own_for_each_worker_does_the_same(spec: Path) -> None:
    with Workers(1, say=lambda text: None, launcher=Spawner()) as workers:
        done = run_all(workers, [job(spec, 1, "train.epochs=1"), job(spec, 2, "train.epochs=1")])
    assert {each.status for each in done.values()} == {"complete"}


@linux
def test_workers_outlive_what_forked_them(workers: Workers, spec: Path) -> None:
    run_all(workers, [job(spec, 1), job(spec, 2)])
    (server,) = [pid for pid in children(os.getpid()) if children(pid)]
    os.kill(server, signal.SIGKILL)
    done = run_all(workers, [job(spec, 3), job(spec, 4)])
    assert {each.status for each in done.values()} == {"complete"}
    workers.start(job(spec, 5, LONG))
    assert isinstance(next_event(workers), EpochDone)
    for pid in _holding(job(spec, 5).folder):
        os.kill(pid, signal.SIGKILL)
    ended = next_event(workers)
    assert isinstance(ended, JobDone)
    assert (ended.status, ended.why) == ("failed", "its process is gone")
    done = run_all(workers, [job(spec, 6), job(spec, 7)])
    assert {each.status for each in done.values()} == {"complete"}


@linux
def test_workers_that_cannot_start_say_why(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.tuning.workers.fork_server.CODE", "import no_such_module")
    with Workers(1, launcher=ForkServer()) as workers:
        workers.start(job(spec, 1))
        with pytest.raises(WorkerError, match="no_such_module"):
            workers.events(60)


PROGRAM = """
import sys
from pathlib import Path
from modelspec.tuning.jobs import EpochDone, Job
from modelspec.tuning.workers import Workers

workers = Workers(2)
for number in (1, 2):
    folder = Path("trials", f"{number:04d}")
    settings = (f"train.seed={number}", "train.epochs=EPOCHS")
    workers.start(Job(number=number, folder=folder, file="spec.yaml", overrides=settings))
left = 2
while left:
    for event in workers.events():
        if isinstance(event, EpochDone):
            workers.go_on(event.number, True)
            print("epoch", flush=True)
        else:
            left -= 1
            print(event.number, event.status, event.why)
assert "torch" not in sys.modules
workers.close()
"""


@pytest.mark.parametrize("how", ["script", "stdin"])
def test_a_script_without_a_guard_works(spec: Path, how: str) -> None:
    program = PROGRAM.replace("EPOCHS", "1")
    (spec.parent / "script.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "script.py" if how == "script" else "-"],
        input=program if how == "stdin" else "",
        capture_output=True,
        text=True,
        cwd=spec.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        timeout=60,
        check=False,
    )
    assert done.stderr == ""
    ended = [line for line in done.stdout.splitlines() if line != "epoch"]
    assert sorted(ended) == ["1 complete ", "2 complete "]


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_their_parent(spec: Path, number: signal.Signals) -> None:
    program = PROGRAM.replace("EPOCHS", "100000")
    parent = subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=spec.parent,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with parent:
        assert parent.stdout
        for _ in range(10):
            assert parent.stdout.readline() == "epoch\n"
        started = children(parent.pid)
        assert len(started) == 3
        parent.send_signal(number)
    assert all_end(started)
    assert (spec.parent / "trials" / "0001" / RECORD).is_file()
