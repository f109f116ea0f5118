"""Machines that share a study: no candidate twice, none too many, lost ones tried again."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.language.tune import Confirm
from modelspec.tuning.errors import StorageError
from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proposing.distributions import Coding
from modelspec.tuning.proposing.pruning import Pruning
from modelspec.tuning.record import Trial
from modelspec.tuning.results.study_results import read_results
from modelspec.tuning.space.axes import key
from modelspec.tuning.storage import shared_confirming, shared_trials
from modelspec.tuning.storage.board import BEAT, GONE, Board, record_of
from modelspec.tuning.storage.connect import open_storage
from modelspec.tuning.storage.shared_confirming import SharedConfirming
from modelspec.tuning.storage.shared_study import Shared, join_study, wanted_total
from modelspec.tuning.storage.shared_trials import SharedTrials
from modelspec.tuning.study.folder import read_known
from modelspec.tuning.trials import loop as trial_loop
from modelspec.tuning.trials.job_factory import Jobs
from modelspec.tuning.trials.watcher import Unwatched

from ..study.test_kills import Runs, fails, space
from ..teams import EPOCHS, FakeTeam

if TYPE_CHECKING:
    from pathlib import Path

ONE = Objectives(("val_loss",), (False,))


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (trial_loop, shared_trials, shared_confirming):
        monkeypatch.setattr(module, "POLL", 0.01)
    return f"sqlite:///{tmp_path / 'shared.db'}"


def joined(url: str, name: str = "s", **what: Any) -> Shared:
    return join_study(open_storage(url), name, ONE, {"seed": 3} | what, 10)


def machine(folder: Path, url: str, rule: str, trials: int | None, seed: int) -> list[int]:
    """One machine's part of a study, from its begin to its end. Gives the jobs that it started."""
    runs = Runs(folder, rule, workers=1)
    runs.study.shared = folder.name
    shared = joined(url)
    team = FakeTeam(2, Random(seed).randrange, fails=fails)
    jobs = Jobs(folder, runs.study, "val_loss")
    rest: tuple[Any, ...] = (jobs, team, Unwatched(), lambda: False)
    known = read_known(folder, shared=True)
    pruning = Pruning("hyperband", ONE, EPOCHS)
    board = shared.board(folder.name)
    first = (folder, runs.study, ONE)
    loop = SharedTrials(board, Coding(space(rule)), *first, known, runs.proposer(), pruning, *rest)
    loop.run(trials)
    all_trials = [each.trial for each in loop.known]
    repeats = shared.confirm_board(folder.name)
    SharedConfirming(repeats, *first, all_trials, *rest).run(Confirm(top=2, seeds=2))
    return team.started


@pytest.mark.parametrize(("rule", "trials"), [("tpe", 10), ("nsga2", 9)])
def test_machines_share_the_trials(rule: str, trials: int, url: str, tmp_path: Path) -> None:
    joined(url)
    folders = [tmp_path / name for name in ("a", "b", "c")]
    with ThreadPoolExecutor(3) as pool:
        started = list(
            pool.map(lambda each: machine(each[1], url, rule, trials, each[0]), enumerate(folders))
        )
    counted = Counter(job for each in started for job in each)
    assert set(counted.values()) == {1}
    assert len([number for number in counted if number < 1_000_000]) == trials
    assert len([number for number in counted if number > 1_000_000]) == 4
    results = [read_results(each) for each in folders]
    values = [key(each.values) for each in results[0].trials]
    assert len(values) == len(set(values)) == trials
    assert len({each.best and each.best.number for each in results}) == 1
    assert all(len(each.confirmations) == 4 for each in results)


def test_a_trial_of_a_machine_that_is_gone_is_tried_again(url: str) -> None:
    seconds = [0.0]
    shared = joined(url)
    boards = [
        Board(shared.storage, shared.trials, owner, lambda: seconds[0]) for owner in ("a", "b")
    ]
    mine, other = boards
    gone, alive = other.claim(), mine.claim()
    assert (mine.turn(gone, 1), mine.turn(alive, 1)) == ("go", "surplus")
    assert mine.turn(alive, 2) == "wait"
    said: list[str] = []
    while seconds[0] < GONE:
        mine.tend(said.append)
        assert not said
        seconds[0] += BEAT
    mine.tend(said.append)
    mine.tend(said.append)
    seconds[0] += BEAT
    mine.tend(said.append)
    assert len(said) == 1
    assert [each.number for each in mine.entries()] == [2]
    assert mine.turn(alive, 1) == "go"


def test_what_ends_after_it_was_lost_does_not_count(url: str) -> None:
    shared = joined(url)
    board = shared.board("a")
    claimed = board.claim()

    record = record_of(Trial(number=1, values={}, seed=1, parameters=1))
    board.choose(claimed, record, {})
    board.lose(claimed, "gone")
    board.lose(claimed, "gone")
    assert not board.end(1, record, (), [1.0])
    assert board.known() == []


def test_another_study_of_the_same_name_is_refused(url: str) -> None:
    joined(url)
    assert wanted_total(joined(url), None) == 10
    assert wanted_total(joined(url), 12) == 12
    assert wanted_total(joined(url), None) == 12
    with pytest.raises(StorageError, match=r"`seed` was 3, is 4.*`--name`"):
        joined(url, seed=4)
    joined(url, name="t", seed=4)
    joined(url, name="u", spec="train: {epochs: 3}\n", data={"train": 1})
    said = r"another one: `rows.train` was 1, is 2, `train.epochs` was 3, is 4; give"
    with pytest.raises(StorageError, match=said):
        joined(url, name="u", spec="train: {epochs: 4}\n", data={"train": 2})


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://me:secret@there/x", "`mysql://me:PASSWORD@there/x` is no storage"),
        ("runs/digits", "is no storage"),
        ("sqlite:////nowhere/at/all.db", "cannot be used: unable to open"),
        ("http://[", "is no URL"),
    ],
)
def test_what_is_no_storage(url: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.tuning.storage.connect.OPEN_AGAIN", 0.0)
    with pytest.raises(StorageError) as raised:
        open_storage(url)
    assert said in str(raised.value)
    assert "secret" not in str(raised.value)
