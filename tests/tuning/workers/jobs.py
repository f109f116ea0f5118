"""Jobs for the tests, and the study's side of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.jobs import EpochDone, Job, JobDone

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from modelspec.tuning.workers import Workers
    from modelspec.tuning.workers.messages import Message


def job(spec: Path, number: int, *overrides: str, monitor: str | None = None) -> Job:
    """A job of its own seed, on the CPU."""
    return Job(
        number=number,
        folder=spec.parent / "trials" / f"{number:04d}",
        file=str(spec),
        overrides=(f"train.seed={number}", *overrides),
        monitor=monitor,
        device="cpu",
    )


class Study:
    """What a job asks and tells, without a process between.

    Args:
        answer: Says to the row of an epoch why the job is to end, or None.
    """

    def __init__(self, answer: Callable[[dict[str, float]], str | None] | None = None) -> None:
        self.received: signal.Signals | None = None
        self.asked: list[dict[str, float]] = []
        self.said: list[str] = []
        self._answer = answer or (lambda row: None)

    def ask(self, number: int, row: dict[str, float]) -> str | None:
        assert number
        self.asked.append(dict(row))
        return self._answer(row)

    def say(self, text: str) -> None:
        self.said.append(text)

    def send(self, message: Message) -> None:
        raise AssertionError(message)


def run_all(workers: Workers, jobs: Iterable[Job]) -> dict[int, JobDone]:
    """Train jobs, all of which go on to their end."""
    left, done = list(jobs), {}
    count = len(left)
    while len(done) < count:
        while workers.free and left:
            workers.start(left.pop(0))
        for event in workers.events(60):
            if isinstance(event, EpochDone):
                workers.go_on(event.number, go=True)
            else:
                done[event.number] = event
    return done
