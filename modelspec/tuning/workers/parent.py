"""The study, as a worker sees it."""

from __future__ import annotations

import os
import queue
import signal
import threading
from typing import TYPE_CHECKING

from modelspec.tuning.jobs import EpochDone, Job
from modelspec.tuning.workers.messages import GoOn, Interrupt, Said, receive, send

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from modelspec.tuning.workers.messages import Message


class Parent:
    """The study, as a worker sees it.

    Attributes:
        received: Set while the job is to be saved and left; as of `StopSignals`.
    """

    def __init__(self, connection: Connection) -> None:
        self.received: signal.Signals | None = None
        self._connection = connection
        self._jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[GoOn] = queue.SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def next_job(self) -> Job:
        """Wait for a job."""
        return self._jobs.get()

    def ask(self, number: int, row: dict[str, float]) -> str | None:
        """Report an epoch, and wait for the answer: why to end, or None to go on."""
        rest = {key: value for key, value in row.items() if key != "epoch"}
        self.send(EpochDone(number, int(row["epoch"]), rest))
        answer = self._answers.get()
        return None if answer.go else answer.why

    def say(self, text: str) -> None:
        """Have something told to the user."""
        self.send(Said(text))

    def send(self, message: Message) -> None:
        """Send a message; without a parent, end."""
        try:
            send(self._connection, message)
        except OSError:
            os._exit(0)

    def _listen(self) -> None:
        """Take in what the parent sends, in another thread than what is trained."""
        while True:
            try:
                message = receive(self._connection)
            except (EOFError, OSError):
                os._exit(0)
            if isinstance(message, Job):
                self.received = None
                self._jobs.put(message)
            elif isinstance(message, GoOn):
                self._answers.put(message)
            elif isinstance(message, Interrupt):
                self.received = signal.SIGINT
