"""A study's workers, as the parent sees them."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from modelspec.runner.process.cpu_threads import available_cores
from modelspec.tuning.jobs import EpochDone, JobDone
from modelspec.tuning.workers.endings import how_it_ended, killed
from modelspec.tuning.workers.errors import WorkerError
from modelspec.tuning.workers.launch import Place
from modelspec.tuning.workers.messages import Begun, GoOn, Interrupt, Said, receive, send

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from modelspec.tuning.jobs import Event, Job
    from modelspec.tuning.workers.launch import Launcher, Process
    from modelspec.tuning.workers.messages import Message

GRACE = 0.5
"""Seconds until a worker that was killed is said to have failed: what kills all processes of a
study may come to the parent last, and then no trial has failed."""


def share_of_cores(count: int) -> int:
    """How many threads each of some workers has, at least one."""
    return max(1, available_cores() // count)


@dataclass(slots=True)
class _Slot:
    """A place for a worker, with what it is at.

    Attributes:
        used: Whether its process has had a job before.
        begun: Whether it has begun with this one.
    """

    place: Place
    process: Process | None = None
    used: bool = False
    job: Job | None = None
    begun: bool = False


class Workers:
    """Processes that train jobs, each one job after the other.

    They begin to import torch at once, in the background; the caller need not have it imported.
    A worker that dies fails its job, and another one takes its place. All end when the caller
    does, however it ends; what they train can be gone on with.

    Args:
        count: How many.
        device: For jobs that say `auto`.
        threads: Of the CPU, the most that a job takes that says nothing of them; a small model
            takes one. By default the cores are shared out evenly.
        say: Takes each line that is to be told, once.
        launcher: Starts the processes.
    """

    def __init__(
        self,
        count: int,
        *,
        device: str = "auto",
        threads: int | None = None,
        say: Callable[[str], object] = print,
        launcher: Launcher | None = None,
    ) -> None:
        threads = threads or share_of_cores(count)
        self._slots = [_Slot(Place(index, device, threads)) for index in range(count)]
        self._say = say
        self._said: set[str] = set()
        self._launcher = launcher or _new_launcher()
        self._interrupted = False

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def free(self) -> int:
        """How many have nothing to do."""
        return sum(slot.job is None for slot in self._slots)

    def start(self, job: Job) -> None:
        """Give a free worker a job.

        Raises:
            WorkerError: The worker cannot be started.
            StopIteration: None is free.
        """
        self._interrupted = False
        self._start(next(slot for slot in self._slots if slot.job is None), job)

    def events(self, timeout: float | None = None) -> list[Event]:
        """Wait for what the workers report next.

        Args:
            timeout: How many seconds at most; None for as long as it takes.

        Returns:
            Nothing where the time is over, or no worker has anything to do. Each `EpochDone` is
            to be answered with `go_on`, also after `interrupt`.

        Raises:
            WorkerError: No worker can be started.
        """
        end = None if timeout is None else time.monotonic() + timeout
        found: list[Event] = []
        while not found:
            busy = {
                slot.process.connection: slot
                for slot in self._slots
                if slot.job is not None and slot.process is not None
            }
            left = None if end is None else max(0.0, end - time.monotonic())
            ready = wait(list(busy), left) if busy else []
            if not ready:
                return found
            for connection in ready:
                event = self._event(busy[connection])  # type: ignore[index]
                if event is not None:
                    found.append(event)
        return found

    def go_on(self, number: int, go: bool, why: str = "") -> None:
        """Answer an `EpochDone`.

        Args:
            number: Of its job.
            go: False ends the training, which is then `pruned`.
            why: It is ended.
        """
        for slot in self._slots:
            if slot.job is not None and slot.job.number == number and slot.process is not None:
                _sent(slot.process, GoOn(go, why))

    def interrupt(self) -> None:
        """Ask all workers to save and leave their jobs, which end with `running`."""
        self._interrupted = True
        for slot in self._slots:
            if slot.job is not None and slot.process is not None:
                _sent(slot.process, Interrupt())

    def close(self) -> None:
        """End all workers at once. A job that one is at can be gone on with."""
        for slot in self._slots:
            if slot.process is not None:
                slot.process.connection.close()
            slot.process = slot.job = None
        self._launcher.close()

    def _start(self, slot: _Slot, job: Job) -> None:
        slot.used = slot.process is not None
        if slot.process is None:
            slot.process = self._launcher.launch(slot.place)
        slot.job, slot.begun = job, False
        _sent(slot.process, job)

    def _event(self, slot: _Slot) -> Event | None:
        """What a worker reports, if it is a matter of the study."""
        assert slot.process is not None
        try:
            message: Message = receive(slot.process.connection)
        except (EOFError, OSError):
            return self._died(slot)
        if isinstance(message, Begun):
            slot.begun = True
        elif isinstance(message, Said) and message.text not in self._said:
            self._said.add(message.text)
            self._say(message.text)
        elif isinstance(message, JobDone):
            slot.job = None
            return message
        elif isinstance(message, EpochDone):
            return message
        return None

    def _died(self, slot: _Slot) -> JobDone | None:
        job, code = slot.job, self._reap(slot)
        assert job is not None
        if not slot.begun and slot.used:
            self._start(slot, job)  # it had died with nothing to do
            return None
        if not slot.begun and (code is None or code >= 0):
            log = self._launcher.log().strip().rpartition("\n")[2]
            raise WorkerError(f"no worker process can be started: {log or how_it_ended(code)}")
        if self._interrupted:
            return JobDone(job.number, "running", how_it_ended(code))
        if killed(code):
            time.sleep(GRACE)
        return JobDone(job.number, "failed", how_it_ended(code))

    def _reap(self, slot: _Slot) -> int | None:
        assert slot.process is not None
        slot.process.connection.close()
        code = slot.process.exit_code()
        slot.process = slot.job = None
        return code


def _new_launcher() -> Launcher:
    """The best way of this system to start workers."""
    if sys.platform == "linux":
        from modelspec.tuning.workers.fork_server import ForkServer

        return ForkServer()
    from modelspec.tuning.workers.spawn import Spawner

    return Spawner()


def _sent(process: Process, message: Message) -> bool:
    """Send a message. False where the worker has died, which `events` will tell."""
    try:
        send(process.connection, message)
    except OSError:
        return False
    return True
