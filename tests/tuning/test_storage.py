"""A study that several machines work on, in a database that they share."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.tuning import study as studies
from modelspec.tuning.errors import TuneError
from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proposing import storage as storages
from modelspec.tuning.proposing.storage import SharedStudy
from modelspec.tuning.record import Trial, read_trial, trial_folders
from modelspec.tuning.space import key
from tests.runner.worlds import FLOWERS, write_flowers
from tests.tuning.postgres import database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

OBJECTIVES = Objectives(("val_accuracy",), (True,))
TUNED = (
    FLOWERS.replace("epochs: 3", "epochs: EPOCHS")
    + """\
    tune:
      search:
        layers.hidden.units: [2, 3, 4, 5, 6, 7, 8, 9, 300]
        layers.hidden.activation: [tanh, relu]
      objective: val_accuracy
      limits: {parameters: 1000}
      trials: 12
      pruner: none
      confirm: none
"""
)
PROGRAM = """
import sys
import modelspec
from modelspec.tuning.proposing import storage

storage.EVERY, storage.GRACE = 0.2, 4.0
found = modelspec.tune("spec.yaml", storage=sys.argv[1], workers=2, device="cpu", say=print)
print(len(found.trials), found.interrupted)
"""


def shared(url: str, **more: Any) -> SharedStudy:
    settings = {"spec": "a", "objectives": OBJECTIVES, "total": 3, "params": lambda values: values}
    return SharedStudy(url, "study", **settings | more)


def ended(number: int, value: float, status: Any = "complete") -> Trial:
    return Trial(
        number=1,
        values={},
        seed=0,
        parameters=1,
        status=status,
        objectives={"val_accuracy": value},
        shared=number,
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/study.db"


def test_each_trial_is_given_to_one_machine(url: str) -> None:
    one, other = shared(url), shared(url)
    claimed = [each.claim() for each in (one, other, one)]
    numbers = [each.number for each in claimed if each]
    assert numbers == [0, 1, 2]
    assert one.claim() is None
    assert other.waits(True)
    one.end(ended(0, 0.5), [{"val_accuracy": 0.5}])
    one.end(ended(2, 0.9), [{"val_accuracy": 0.9}])
    other.end(ended(1, 0.1, "pruned"), [{"val_accuracy": 0.1}])
    assert not other.waits(True)
    assert one.best_is_ours([ended(0, 0.5), ended(2, 0.9)])
    assert not other.best_is_ours([ended(1, 0.1)])
    assert [each.state.name for each in one.study.trials] == ["COMPLETE", "PRUNED", "COMPLETE"]


def test_a_trial_that_cannot_be_is_made_with_other_values(url: str) -> None:
    one, other = shared(url), shared(url)
    first, second = one.claim(), other.claim()
    assert first
    assert second
    assert one.is_first(first, {"a": 1})
    assert not other.is_first(second, {"a": 1})
    other.give_back(second)
    again = other.claim()
    assert again
    assert other.is_first(again, {"a": 2})
    assert one.tried() == [{"a": 1}, {"a": 2}]
    open_trials = [each for each in one.study.trials if not each.state.is_finished()]
    assert len(open_trials) == 3


def test_a_trial_without_a_heartbeat_goes_to_another_machine(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr(storages.time, "monotonic", lambda: clock[0])
    gone, other = shared(url, total=1), shared(url, total=1)
    gone._who = "gone"
    claimed = gone.claim()
    assert claimed
    claimed.suggest_int("a", 0, 9)
    gone.is_first(claimed, {"a": 7})
    assert other.claim() is None
    clock[0] += storages.GRACE
    gone.beat([ended(claimed.number, 0.0, "running")])
    assert other.claim() is None
    clock[0] += storages.GRACE
    assert other.waits(True)
    clock[0] += storages.GRACE + 1
    assert gone.is_ours(ended(claimed.number, 0.0))
    assert other.claim() is None
    taken = other.claim()
    assert taken
    assert taken.user_attrs[storages.VALUES] == {"a": 7}
    assert taken.suggest_int("a", 0, 9) == 7
    assert not gone.is_ours(ended(claimed.number, 0.0))
    gone.end(ended(claimed.number, 0.5), [{"val_accuracy": 0.5}])
    assert other.study.trials[claimed.number].state.name == "FAIL"


def test_another_spec_is_refused(url: str) -> None:
    shared(url)
    with pytest.raises(TuneError, match="is of another spec"):
        shared(url, spec="b")


def test_a_study_that_was_never_whole_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shared(url).study.set_user_attr(storages.READY, False)
    monkeypatch.setattr(storages, "PATIENCE", 0.0)
    with pytest.raises(TuneError, match="is not whole"):
        shared(url)


@pytest.mark.parametrize(
    ("where", "why"),
    [
        ("nonsense", "no address"),
        ("sqlite:////no/such/folder/a.db", "sqlite"),
        ("postgresql://me:secret@localhost:1/a", "postgresql"),
    ],
)
def test_a_storage_that_cannot_be_reached(where: str, why: str) -> None:
    with pytest.raises(TuneError, match=why) as error:
        shared(where)
    assert "secret" not in str(error.value)


def test_what_would_be_pickled_is_refused(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, spec=TUNED.replace("EPOCHS", "1"))
    with pytest.raises(TuneError, match="cmaes"):
        studies.prepare_study(
            str(spec),
            storage="sqlite://",
            overrides=["tune={sampler: cmaes, search: {train.learning_rate: {float: [1, 2]}}}"],
        )


def test_the_proxy_of_optuna_will_do(url: str) -> None:
    program = (
        "import socket, sys\n"
        "from optuna.storages import RDBStorage, run_grpc_proxy_server\n"
        "with socket.socket() as free:\n"
        "    free.bind(('localhost', 0))\n"
        "    port = free.getsockname()[1]\n"
        "print(port, flush=True)\n"
        f"run_grpc_proxy_server(RDBStorage({url!r}), host='localhost', port=port)\n"
    )
    pytest.importorskip("grpc")
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], stdout=subprocess.PIPE, text=True
    )
    with server:
        try:
            assert server.stdout
            port = int(server.stdout.readline())
            one, other = shared(f"grpc://localhost:{port}"), shared(f"grpc://localhost:{port}")
            claimed = [each.claim() for each in (one, other, one)]
            assert [each.number for each in claimed if each] == [0, 1, 2]
            one.end(ended(1, 0.5), [{"val_accuracy": 0.5}])
            assert other.study.trials[1].value == 0.5
        finally:
            server.kill()


@pytest.fixture
def machines(tmp_path: Path) -> Iterator[Callable[[str, str, int], subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start(name: str, url: str, epochs: int) -> subprocess.Popen[str]:
        (tmp_path / name).mkdir()
        write_flowers(tmp_path / name, spec=TUNED.replace("EPOCHS", str(epochs)))
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, url],
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


def trials(folder: Path) -> list[Trial]:
    (study,) = folder.glob("runs/flowers/2*")
    return [read_trial(each) for each in trial_folders(study)]


def test_two_machines_on_one_postgresql_make_each_trial_once(
    tmp_path: Path, machines: Callable[[str, str, int], subprocess.Popen[str]]
) -> None:
    with database() as url:
        started = [machines(name, url, 1) for name in ("a", "b")]
        for process in started:
            out, error = process.communicate(timeout=120)
            assert (process.returncode, error) == (0, ""), out
    made = [each for name in ("a", "b") for each in trials(tmp_path / name)]
    assert {each.status for each in made} == {"complete"}
    assert len(made) == len({key(each.values) for each in made}) == 12
    assert len({each.shared for each in made}) == 12
    assert all(each.values["layers.hidden.units"] < 300 for each in made)


def test_a_machine_that_is_killed_leaves_its_trials_to_the_other(
    tmp_path: Path, machines: Callable[[str, str, int], subprocess.Popen[str]]
) -> None:
    with database() as url:
        victim = machines("a", url, 40)
        while len(list(tmp_path.glob("a/runs/flowers/2*/trials/*/history.csv"))) < 3:
            time.sleep(0.02)
            assert victim.poll() is None
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        out, error = machines("b", url, 40).communicate(timeout=120)
    assert error == "", out
    left = [each for each in trials(tmp_path / "a") if each.status == "running"]
    done = [each for name in ("a", "b") for each in trials(tmp_path / name)]
    done = [each for each in done if each.status == "complete"]
    assert left
    assert len(done) == len({key(each.values) for each in done}) == 12
    assert {key(each.values) for each in left} <= {key(each.values) for each in done}
