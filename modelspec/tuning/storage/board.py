"""The trials that machines share, as Optuna's storage holds them."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from modelspec.tuning.proposing.proposal import Known
from modelspec.tuning.quiet_optuna import quiet
from modelspec.tuning.record import trial_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from optuna import Study as OptunaStudy
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial

    from modelspec.tuning.objectives import History
    from modelspec.tuning.record import Trial

BEAT = 10.0
"""Seconds after which a machine says that it is still at its trials."""
GONE = 90.0
"""Seconds without a beat after which the machine of a trial is held to be gone."""
OWNER, BEATS, RECORD, HISTORY, LOST = "owner", "beats", "record", "history", "lost"
"""What is noted beside a trial: who has it, how often that said so, what it is, what its epochs
measured, and why it does not count."""

Turn = Literal["wait", "go", "surplus"]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is noted of a trial.

    Attributes:
        number: From 1; numbers of those that do not count are left out.
        id: By which the storage knows it.
        record: None where it has not been chosen yet.
        running: Whether it has no end.
        lost: Why it does not count, else empty.
    """

    number: int
    id: int
    owner: str
    beats: int
    record: dict[str, Any] | None
    history: History
    running: bool
    lost: str


class Board:
    """The trials of a study that machines share.

    Args:
        storage: Where they are noted.
        study: Optuna's study.
        owner: What this machine's directory of the study is called.
        clock: Seconds that pass.
    """

    def __init__(
        self,
        storage: BaseStorage,
        study: OptunaStudy,
        owner: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._storage, self._study, self._clock = storage, study, clock
        self.owner = owner
        self._seen: dict[int, tuple[int, float]] = {}
        self._beaten = -BEAT

    def entries(self, *, all: bool = False) -> list[Entry]:
        """What is noted, in the order of the numbers; what does not count only where asked."""
        with quiet():
            found = [_entry(each) for each in self._study.get_trials(deepcopy=False)]
        return [each for each in found if all or not each.lost]

    def claim(self) -> Entry:
        """Take the next number."""
        with quiet():
            trial = self._study.ask()
            trial.set_user_attr(OWNER, self.owner)
        return Entry(trial.number + 1, trial._trial_id, self.owner, 0, None, (), True, "")

    def turn(self, mine: Entry, total: int | None) -> Turn:
        """Whether the trial of a number may be chosen: when all before it have been."""
        before = [each for each in self.entries() if each.number < mine.number]
        if total is not None and len(before) >= total:
            return "surplus"
        return "wait" if any(each.running and each.record is None for each in before) else "go"

    def choose(self, mine: Entry, record: dict[str, Any], params: Params) -> None:
        """Note what a number stands for."""
        for name, (value, distribution) in params.items():
            internal = distribution.to_internal_repr(value)
            self._storage.set_trial_param(mine.id, name, internal, distribution)
        self._storage.set_trial_user_attr(mine.id, RECORD, record)

    def lose(self, entry: Entry, why: str) -> None:
        """Let a trial not count; its candidate may be tried again."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        try:
            self._storage.set_trial_user_attr(entry.id, LOST, why)
            self._storage.set_trial_state_values(entry.id, TrialState.FAIL)
        except UpdateFinishedTrialError:
            return  # it has ended meanwhile, or another machine has said the same

    def end(
        self, number: int, record: dict[str, Any], history: History, values: Sequence[float] | None
    ) -> bool:
        """Note what a trial came to. False where others hold it to be lost."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        entry = next(each for each in self.entries(all=True) if each.number == number)
        state = TrialState.COMPLETE if values is not None else TrialState.FAIL
        try:
            self._storage.set_trial_user_attr(entry.id, HISTORY, [dict(row) for row in history])
            self._storage.set_trial_user_attr(entry.id, RECORD, record)
            self._storage.set_trial_state_values(entry.id, state, values)
        except UpdateFinishedTrialError:
            return False
        return True

    def tend(self, say: Callable[[str], object]) -> None:
        """Say that this machine is there, and see which others are gone."""
        now = self._clock()
        if now - self._beaten < BEAT:
            return
        self._beaten = now
        for each in self.entries():
            if not each.running:
                continue
            if each.owner == self.owner:
                self._storage.set_trial_user_attr(each.id, BEATS, each.beats + 1)
            elif self._is_gone(each, now):
                say(f"trial {each.number} is tried again: its machine has not been heard of")
                self.lose(each, "its machine was not heard of")

    def known(self) -> list[Known]:
        """The trials that have been chosen, with their results where they have ended."""
        return [
            Known(trial_of(each.record), each.history if not each.running else (), not each.running)
            for each in self.entries()
            if each.record is not None
        ]

    def _is_gone(self, entry: Entry, now: float) -> bool:
        beats, since = self._seen.get(entry.number, (-1, now))
        if beats != entry.beats:
            since = now
        self._seen[entry.number] = entry.beats, since
        return now - since > GONE


Params = dict[str, tuple[Any, Any]]


def record_of(trial: Trial) -> dict[str, Any]:
    """What is noted of a trial."""
    return asdict(trial)


def _entry(trial: FrozenTrial) -> Entry:
    noted = trial.user_attrs
    return Entry(
        trial.number + 1,
        trial._trial_id,
        noted.get(OWNER, ""),
        noted.get(BEATS, 0),
        noted.get(RECORD),
        noted.get(HISTORY, ()),
        not trial.state.is_finished(),
        noted.get(LOST, ""),
    )
