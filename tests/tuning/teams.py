"""Workers that train nothing: they answer with a function of the values, and can be killed."""

from __future__ import annotations

import csv
import json
import math
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from modelspec.runner.run.directory import HISTORY
from modelspec.tuning.jobs import EpochDone, JobDone
from modelspec.tuning.record import read_confirmation, read_trial

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelspec.tuning.jobs import Event, Job

EPOCHS = 9
STATE = "state.json"


class Killed(BaseException):
    """The processes are gone, between two instructions."""


def part(*words: object) -> float:
    """A number from 0 to 1 that hangs on words."""
    digest = sha256("/".join(map(str, words)).encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def measured(values: dict[str, Any], seed: int, epoch: int) -> dict[str, float]:
    """What a training measures: better where `n` is near 20 and `lr` near 0.01."""
    far = abs(math.log(values["n"] / 20)) + abs(math.log10(values["lr"] / 0.01))
    noise = part(seed, epoch) / 10
    return {"epoch": float(epoch), "loss": far, "val_loss": far + 3 / epoch + noise}


@dataclass
class _Training:
    job: Job
    values: dict[str, Any]
    seed: int
    history: list[dict[str, float]] = field(default_factory=list)
    asking: bool = False
    pruned: str | None = None


class FakeTeam:
    """Workers of which one takes a step whenever the study waits for them.

    Args:
        count: How many.
        choose: Which of so many takes the step.
        tick: Is called at each moment at which a kill makes a difference.
        fails: Why a training of these values fails, else empty.
    """

    def __init__(
        self,
        count: int,
        choose: Callable[[int], int] = lambda count: 0,
        tick: Callable[[], None] = lambda: None,
        fails: Callable[[dict[str, Any]], str] = lambda values: "",
        measure: Callable[[dict[str, Any], int, int], dict[str, float]] = measured,
    ) -> None:
        self._count, self._choose, self._tick, self._fails = count, choose, tick, fails
        self._measure = measure
        self._trainings: dict[int, _Training] = {}
        self._interrupted = False
        self.started: list[int] = []

    @property
    def free(self) -> int:
        return self._count - len(self._trainings)

    def start(self, job: Job) -> None:
        assert self.free
        self.started.append(job.number)
        values, seed = _of(job)
        training = _Training(job, values, seed)
        state = job.folder / STATE
        if state.is_file():
            training.history = json.loads(state.read_text())
            self._write(job.folder, training.history)
        self._trainings[job.number] = training

    def events(self, timeout: float | None = None) -> list[Event]:
        self._tick()
        able = [each for each in self._trainings.values() if not each.asking]
        if not able:
            return []
        event = self._step(able[self._choose(len(able))])
        self._tick()
        return [event]

    def go_on(self, number: int, go: bool, why: str = "") -> None:
        self._tick()
        training = self._trainings[number]
        assert training.asking
        training.asking = False
        if not go:
            training.pruned = why

    def interrupt(self) -> None:
        self._interrupted = True

    def close(self) -> None:
        self._trainings.clear()

    def _step(self, training: _Training) -> Event:
        history, number = training.history, training.job.number
        if training.pruned is not None:
            return self._ended(training, "pruned", training.pruned)
        if self._interrupted:
            return self._ended(training, "running")
        why = self._fails(training.values)
        if why and len(history) == 2:
            return self._ended(training, "failed", why)
        if len(history) == EPOCHS:
            return self._ended(training, "complete")
        row = self._measure(training.values, training.seed, len(history) + 1)
        history.append(row)
        self._write(training.job.folder, history)
        self._tick()
        (training.job.folder / STATE).write_text(json.dumps(history))
        training.asking = True
        return EpochDone(number, len(history), row)

    def _ended(self, training: _Training, status: Any, why: str = "") -> JobDone:
        del self._trainings[training.job.number]
        return JobDone(training.job.number, status, why, training.history, 1.0)

    def _write(self, folder: Path, history: list[dict[str, float]]) -> None:
        with open(folder / HISTORY, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(history[0]) if history else [])
            writer.writeheader()
            writer.writerows(history)


def _of(job: Job) -> tuple[dict[str, Any], int]:
    """The values and the seed of a job, from the record that is there before it begins."""
    seed = int(job.overrides[-1].removeprefix("train.seed="))
    if "confirm" in str(job.folder):
        trial = read_confirmation(job.folder).trial
        return read_trial(job.folder.parents[1] / "trials" / f"{trial:04d}").values, seed
    return read_trial(job.folder).values, seed
