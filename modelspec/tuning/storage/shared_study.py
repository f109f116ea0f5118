"""A study that several machines share: joined, run, and its test rows measured by one of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report
from modelspec.runner.run.diff import difference_text, differences
from modelspec.source import parse
from modelspec.tuning.errors import StorageError
from modelspec.tuning.quiet_optuna import quiet
from modelspec.tuning.record import (
    confirm_folder,
    read_confirmation,
    read_trial,
    trial_folder,
    write_confirmation,
    write_trial,
)
from modelspec.tuning.results.study_results import read_results
from modelspec.tuning.storage.board import GONE, Board

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from optuna import Study as OptunaStudy
    from optuna.storages import BaseStorage

    from modelspec.tuning.objectives import Objectives
    from modelspec.tuning.record import Confirmation, Study
    from modelspec.tuning.results.study_results import StudyResults
    from modelspec.tuning.trials.watcher import StudyWatcher

WHAT, TOTAL, TEST = "modelspec", "trials", "test"
"""What is noted beside a study: what it is, how many trials it is to have, and what the test rows
say."""
CONFIRM = "-confirm"
SHOWN = 5
_CALLED = {"data": "rows"}
"""What is called otherwise beside a spec, which has keys of the same names."""


@dataclass(frozen=True, slots=True)
class Shared:
    """A study as a storage holds it.

    Attributes:
        trials: Optuna's study of the trials.
        repeats: Optuna's study of those that are trained again.
    """

    storage: BaseStorage
    trials: OptunaStudy
    repeats: OptunaStudy

    def board(self, owner: str) -> Board:
        """The trials."""
        return Board(self.storage, self.trials, owner)

    def confirm_board(self, owner: str) -> Board:
        """Those that are trained again."""
        return Board(self.storage, self.repeats, owner)


def join_study(
    storage: BaseStorage,
    name: str,
    objectives: Objectives,
    what: dict[str, Any],
    total: int | None,
) -> Shared:
    """Begin a study, or join those that are at it.

    Args:
        storage: Where it is noted.
        name: What it is called there.
        objectives: What is to become best.
        what: All that has to be the same on all machines.
        total: How many trials there are to be, as this machine was told.

    Raises:
        StorageError: There is another study of this name.
    """
    with quiet():
        study, began = _study(storage, name, objectives)
        repeats, _ = _study(storage, f"{name}{CONFIRM}", objectives)
    if began:
        study.set_user_attr(TOTAL, total)
        study.set_user_attr(WHAT, what)
    _check_same(study, name, what)
    return Shared(storage, study, repeats)


def _study(storage: BaseStorage, name: str, objectives: Objectives) -> tuple[OptunaStudy, bool]:
    """Optuna's study of a name, and whether it was made now."""
    import optuna

    sampler = optuna.samplers.RandomSampler()
    up, down = optuna.study.StudyDirection.MAXIMIZE, optuna.study.StudyDirection.MINIMIZE
    directions = [up if higher else down for higher in objectives.higher]
    try:
        made = optuna.create_study(
            storage=storage, study_name=name, sampler=sampler, directions=directions
        )
    except optuna.exceptions.DuplicatedStudyError:
        return optuna.load_study(storage=storage, study_name=name, sampler=sampler), False
    return made, True


def _check_same(study: OptunaStudy, name: str, what: dict[str, Any]) -> None:
    end = time.monotonic() + GONE
    while (noted := study.user_attrs.get(WHAT)) is None:
        if time.monotonic() > end:
            raise StorageError(f"the storage has a study `{name}` that is none of modelspec's")
        time.sleep(0.2)
    changed = [difference_text(*each) for each in differences(_read(noted), _read(what))]
    if changed:
        more = f", and {len(changed) - SHOWN} more" if len(changed) > SHOWN else ""
        raise StorageError(
            f"the study `{name}` of this storage is another one: "
            f"{', '.join(changed[:SHOWN])}{more}; give this one a `--name` of its own"
        )


def _read(what: dict[str, Any]) -> dict[str, Any]:
    """What a study is, with its spec read, so that what differs in it can be named."""
    document = parse(what.get("spec", ""), "spec", Report())
    spec = document.data if document is not None else None
    rest = {_CALLED.get(name, name): value for name, value in what.items() if name != "spec"}
    return rest | (spec if isinstance(spec, dict) else {})


def wanted_total(shared: Shared, said: int | None) -> int | None:
    """How many trials there are to be: as it was said here, else when the study began."""
    noted: int | None = shared.trials.user_attrs.get(TOTAL)
    if said is not None and said != noted:
        shared.trials.set_user_attr(TOTAL, said)
        return said
    return noted


def measure_shared(
    shared: Shared,
    study: Study,
    folder: Path,
    watch: StudyWatcher,
    measure: Callable[[], None],
    *,
    patience: float = GONE,
) -> None:
    """Let the machine that has the best run measure the test rows, once; wait for what it says.

    Args:
        shared: The study.
        study: As this machine has it.
        folder: Its directory.
        watch: Is told where that machine says nothing.
        measure: Measures the rows by the best run, and notes it in the directory.
        patience: How many seconds to wait.
    """
    results = read_results(folder)
    if results.best is None:
        return
    repeat = results.best_repeat
    board = shared.board(study.shared) if repeat is None else shared.confirm_board(study.shared)
    mine = any(
        each.owner == study.shared and each.record is not None and _is(each.record, repeat, results)
        for each in board.entries()
    )
    if mine and TEST not in shared.trials.user_attrs:
        measure()
        shared.trials.set_user_attr(TEST, read_results(folder).test)
        return
    end = time.monotonic() + patience
    while (test := shared.trials.user_attrs.get(TEST)) is None:
        if time.monotonic() > end:
            watch.on_message("the machine that has the best run has not measured its test rows")
            return
        time.sleep(0.5)
    if repeat is not None:
        path = confirm_folder(folder, repeat.trial, repeat.repeat)
        found = read_confirmation(path)
        found.test = test
        write_confirmation(path, found)
    else:
        path = trial_folder(folder, results.best.number)
        trial = read_trial(path)
        trial.test = test
        write_trial(path, trial)


def _is(record: dict[str, Any], repeat: Confirmation | None, results: StudyResults) -> bool:
    if repeat is None:
        return results.best is not None and bool(record["number"] == results.best.number)
    return bool((record["trial"], record["repeat"]) == (repeat.trial, repeat.repeat))
