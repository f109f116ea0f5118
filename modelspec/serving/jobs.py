"""Requests that wait for the model."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import asyncio


class QueueFullError(Exception):
    """As many rows wait as may."""


@dataclass(slots=True, eq=False)
class Job:
    """The rows of one request.

    Attributes:
        rows: What is asked.
        threshold: Its own, if it has one.
        answer: Gets the body of the answer, or a `RequestError`.
        loop: Where `answer` is waited for.
    """

    rows: list[dict[str, Any]]
    threshold: float | None
    answer: asyncio.Future[bytes]
    loop: asyncio.AbstractEventLoop = field(repr=False)

    @property
    def is_wanted(self) -> bool:
        """Whether somebody still waits for the answer."""
        return not self.answer.done()


class JobQueue:
    """First come, first served; between an event loop and the thread that has the model.

    Args:
        most_rows: The most rows that may wait.
    """

    def __init__(self, most_rows: int) -> None:
        self._most_rows = most_rows
        self._jobs: deque[Job] = deque()
        self._rows = 0
        self._closed = False
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Let a job wait.

        Raises:
            QueueFullError: It is one too many. An empty queue takes any job.
        """
        with self._changed:
            if self._jobs and self._rows + len(job.rows) > self._most_rows:
                raise QueueFullError
            self._jobs.append(job)
            self._rows += len(job.rows)
            self._changed.notify()

    def take(self, most_rows: int) -> list[Job]:
        """All that waits, up to so many rows: at least one job; none once it is closed and empty.

        Waits for the first one, and for no other. Jobs that nobody wants are left out.
        """
        with self._changed:
            while True:
                taken = self._wanted(most_rows)
                if taken or self._closed:
                    return taken
                self._changed.wait()

    def close(self) -> None:
        """Let `take` end once nothing waits."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _wanted(self, most_rows: int) -> list[Job]:
        taken: list[Job] = []
        rows = 0
        while self._jobs and (not taken or rows + len(self._jobs[0].rows) <= most_rows):
            job = self._jobs.popleft()
            self._rows -= len(job.rows)
            if job.is_wanted:
                taken.append(job)
                rows += len(job.rows)
        return taken
