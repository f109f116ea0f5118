"""A study that several machines work on, in a database that they share, by Optuna's storages.

Each trial that may be made is a waiting trial there, which Optuna gives to one machine only. What
stands beside a trial is plain JSON; a sampler that would pickle anything is refused before.
"""

from __future__ import annotations

import os
import socket
import time
from contextlib import contextmanager
from random import uniform
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from modelspec.diagnostics.extras import MissingPackageError, is_missing, require
from modelspec.tuning.errors import TuneError
from modelspec.tuning.proposing.samplers import quiet
from modelspec.tuning.space import key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from optuna import Study as OptunaStudy
    from optuna.storages import BaseStorage
    from optuna.trial import FrozenTrial
    from optuna.trial import Trial as OptunaTrial

    from modelspec.tuning.objectives import History, Objectives
    from modelspec.tuning.record import Trial
    from modelspec.tuning.space import Values

SLOT, VALUES, WHO, BEAT = "slot", "values", "machine", "beat"
"""What stands beside a trial: that it is one to be made, of what, by whom, and its heartbeat."""
SPEC, READY = "spec", "ready"
"""What stands beside the study: what it searches, and that all its trials are there."""
EVERY = 5.0
"""Seconds between heartbeats."""
GRACE = 60.0
"""Seconds without a heartbeat after which a trial is given to another machine."""
TRIES = 5
"""How often a database is opened that another machine opens for the first time as well."""
_ERRORS = (ImportError, OSError, RuntimeError)
_LIBRARIES = ("grpc", "sqlalchemy", "optuna", "psycopg", "sqlite3")
PATIENCE = 30.0
"""Seconds in which whoever makes a study has filled it."""


class SharedStudy:
    """A study in a storage.

    Args:
        url: As SQLAlchemy writes it, `postgresql://HOST/DATABASE`; `grpc://HOST:PORT` for Optuna's
            proxy.
        name: What the study is called there. The first machine makes it.
        spec: What is searched, as text that is the same on all machines.
        objectives: What is to become best.
        total: How many trials all machines make together.
        params: What Optuna is told of values.

    Raises:
        TuneError: The storage cannot be reached, or its study of this name is another one.
    """

    def __init__(
        self,
        url: str,
        name: str,
        *,
        spec: str,
        objectives: Objectives,
        total: int,
        params: Callable[[Values], dict[str, Any]],
    ) -> None:
        self._objectives = objectives
        self._params = params
        self._who = f"{socket.gethostname()}/{os.getpid()}"
        self._beaten = 0.0
        self._beats = 0
        self._seen: dict[int, tuple[Any, float]] = {}
        with quiet(), _reachable(url):
            self._storage = _storage(url)
            self.study = self._open(name, spec, total)
            self._id = self._storage.get_study_id_from_name(name)

    def _open(self, name: str, spec: str, total: int) -> OptunaStudy:
        import optuna

        up, down = optuna.study.StudyDirection.MAXIMIZE, optuna.study.StudyDirection.MINIMIZE
        directions = [up if higher else down for higher in self._objectives.higher]
        try:
            study = optuna.create_study(
                storage=self._storage, study_name=name, directions=directions
            )
        except optuna.exceptions.DuplicatedStudyError:
            return self._found(name, spec)
        study.set_user_attr(SPEC, spec)
        for _ in range(total):
            study.enqueue_trial({}, user_attrs={SLOT: True})
        study.set_user_attr(READY, True)
        return study

    def _found(self, name: str, spec: str) -> OptunaStudy:
        """The study that another machine has made."""
        import optuna

        study = optuna.load_study(study_name=name, storage=self._storage)
        end = time.monotonic() + PATIENCE
        while not study.user_attrs.get(READY):
            if time.monotonic() > end:
                raise TuneError(
                    f"the study `{name}` of this storage is not whole: the machine that began it "
                    "was ended; take another `--name`"
                )
            time.sleep(0.1)
        if study.user_attrs.get(SPEC) != spec:
            raise TuneError(
                f"the study `{name}` of this storage is of another spec; take another `--name`"
            )
        return study

    def claim(self) -> OptunaTrial | None:
        """A trial to make, which nobody else has; None where there is none now."""
        from optuna.trial import TrialState

        if not self.study.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            self._take_over()
            return None
        trial = self.study.ask()
        if SLOT not in trial.user_attrs:  # another machine was quicker with the last one
            self.study.tell(trial, state=TrialState.FAIL)
            return None
        trial.set_user_attr(WHO, self._who)
        trial.set_user_attr(BEAT, self._beats)
        return trial

    def give_back(self, trial: OptunaTrial) -> None:
        """Let a trial be made with other values."""
        from optuna.trial import TrialState

        trial.set_user_attr(VALUES, None)
        self.study.tell(trial, state=TrialState.FAIL)
        self.add_slot()

    def add_slot(self) -> None:
        """Let one more trial be made, in the place of one that could not be."""
        self.study.enqueue_trial({}, user_attrs={SLOT: True})

    def is_first(self, trial: OptunaTrial, values: Values) -> bool:
        """Note what a trial tries. False where another machine tries the same."""
        trial.set_user_attr(VALUES, values)
        others = [each for each in self._trials() if each.number != trial.number]
        return key(values) not in {key(each) for each in map(_values, others) if each is not None}

    def tried(self) -> list[Values]:
        """All values that are or were tried, or rejected, on any machine."""
        return [values for each in self._trials() if (values := _values(each)) is not None]

    def beat(self, running: Iterable[Trial]) -> None:
        """Say that these trials are being trained."""
        if time.monotonic() < self._beaten + EVERY:
            return
        self._beaten = time.monotonic()
        self._beats += 1
        with _reachable():
            for trial in running:
                if trial.shared is not None and self.is_ours(trial):
                    self._storage.set_trial_user_attr(self._key(trial.shared), BEAT, self._beats)

    def is_ours(self, trial: Trial) -> bool:
        """Whether nobody has taken a trial over."""
        if trial.shared is None:
            return True
        found = self._storage.get_trial(self._key(trial.shared))
        return not found.state.is_finished()

    def end(self, trial: Trial, history: History) -> None:
        """Say what a trial came to."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        if trial.shared is None:
            return
        values = [trial.objectives.get(name) for name in self._objectives.names]
        told: dict[str, Any] = {"state": TrialState.FAIL}
        if trial.status == "pruned" and not self._objectives.several:
            told = {"state": TrialState.PRUNED}
        elif trial.status != "failed" and None not in values:
            told = {"values": values}
        with quiet(), _reachable():
            try:
                if not self._objectives.several:
                    for epoch, value in self._objectives.curve(history).items():
                        where = self._key(trial.shared)
                        self._storage.set_trial_intermediate_value(where, epoch, value)
                self.study.tell(trial.shared, **told)
            except (UpdateFinishedTrialError, ValueError):
                return  # it was taken for dead, and is done again elsewhere

    def waits(self, more: bool) -> bool:
        """Whether others train something, or, with `more`, there is something left to train."""
        from optuna.trial import TrialState

        with _reachable():
            self._take_over()
            states = (TrialState.RUNNING, TrialState.WAITING) if more else (TrialState.RUNNING,)
            return bool(self.study.get_trials(deepcopy=False, states=states))

    def best_is_ours(self, trials: Iterable[Trial]) -> bool:
        """Whether one of these trials is the best of all machines."""
        with _reachable():
            best = min((each.number for each in self.study.best_trials), default=None)
        return best is not None and any(each.shared == best for each in trials)

    def _take_over(self) -> None:
        """Give trials whose machine is gone to whoever asks next, with the same values."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        for each in self._trials():
            beat = each.user_attrs.get(BEAT)
            if each.state is not TrialState.RUNNING or SLOT not in each.user_attrs:
                continue
            before, since = self._seen.get(each.number, (None, 0.0))
            if before != (beat,):
                self._seen[each.number] = ((beat,), time.monotonic())
            elif time.monotonic() - since > GRACE and each.user_attrs.get(WHO) != self._who:
                try:
                    self.study.tell(each.number, state=TrialState.FAIL)
                except (UpdateFinishedTrialError, ValueError):
                    continue
                self._again(_values(each))

    def _again(self, values: Values | None) -> None:
        if values is None:
            self.add_slot()
        else:
            self.study.enqueue_trial(self._params(values), user_attrs={SLOT: True, VALUES: values})

    def _trials(self) -> list[FrozenTrial]:
        return self.study.get_trials(deepcopy=False)

    def _key(self, number: int) -> int:
        return self._storage.get_trial_id_from_study_id_trial_number(self._id, number)


def _values(trial: FrozenTrial) -> Values | None:
    return trial.user_attrs.get(VALUES)


def _storage(url: str) -> BaseStorage:
    from optuna.storages import GrpcStorageProxy

    parts = urlsplit(url)
    if parts.scheme == "grpc":
        require("grpc", "`--storage grpc://`")
        proxy = GrpcStorageProxy(host=parts.hostname or "localhost", port=parts.port or 13000)
        proxy.wait_server_ready(timeout=PATIENCE)
        return proxy
    if parts.scheme in ("postgresql", "postgres") and is_missing("psycopg2"):
        url = url.replace(f"{parts.scheme}:", "postgresql+psycopg:", 1)
    return _database(url)


def _database(url: str) -> BaseStorage:
    """A database, whose tables another machine may be about to make."""
    from optuna.storages import RDBStorage
    from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

    for _ in range(TRIES):
        try:
            return RDBStorage(url)
        except (IntegrityError, OperationalError, ProgrammingError) as error:
            if any(text in str(error) for text in ("connect", "does not exist", "unable to open")):
                raise
            time.sleep(uniform(0.1, 0.5))
    return RDBStorage(url)


@contextmanager
def _reachable(url: str = "") -> Iterator[None]:
    """What a storage cannot do, as an error without the address, which may hold a password."""
    from sqlalchemy.exc import ArgumentError

    try:
        yield
    except (TuneError, MissingPackageError):
        raise
    except Exception as error:
        if not (isinstance(error, _ERRORS) or type(error).__module__.startswith(_LIBRARIES)):
            raise
        line = str(error).strip().partition("\n")[0]
        what = "is no address of a storage" if isinstance(error, ArgumentError) else "fails"
        where = f"`{urlsplit(url).scheme}://...`" if url else "the storage"
        raise TuneError(f"{where} {what}: {line}") from error
