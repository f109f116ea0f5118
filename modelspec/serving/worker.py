"""The one thread that has the model."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from modelspec.serving.batch import BatchPredictor
from modelspec.serving.jobs import JobQueue
from modelspec.serving.problems import RequestError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping

    from modelspec.runner.inference.predictor import Predictor
    from modelspec.serving.columns import Column
    from modelspec.serving.jobs import Job
    from modelspec.serving.limits import Limits

_log = logging.getLogger("modelspec.serving")


class ModelWorker:
    """Loads a model in a thread of its own, and answers what waits, all of it at once.

    Nothing waits for a timer: what has come while one batch is computed is the next one.

    Args:
        load: Builds the model; called in the thread.
        columns: Of a row.
        limits: How many rows are computed at once, and how many may wait.

    Attributes:
        failure: Why the model could not be loaded; None if it could, or still may.
        on_batch: Is told how many rows are computed at once.
        on_failure: Is called where the model cannot be loaded.
        on_ready: Is called once it can be asked.
    """

    def __init__(
        self, load: Callable[[], Predictor], columns: Mapping[str, Column], limits: Limits
    ) -> None:
        self._load = load
        self._columns = dict(columns)
        self._limits = limits
        self._queue = JobQueue(limits.waiting)
        self._thread: threading.Thread | None = None
        self._ready = False
        self._closing = False
        self.failure: Exception | None = None
        self.on_batch: Callable[[int], object] = lambda rows: None  # noqa: ARG005
        self.on_failure: Callable[[], object] = lambda: None
        self.on_ready: Callable[[], object] = lambda: None

    @property
    def waiting(self) -> int:
        """How many requests wait."""
        return len(self._queue)

    @property
    def is_ready(self) -> bool:
        """Whether the model can be asked."""
        return self._ready and not self._closing

    @property
    def state(self) -> str:
        """`ready`, `loading`, `closing` or `failed`."""
        if self.failure is not None:
            return "failed"
        return "closing" if self._closing else "ready" if self._ready else "loading"

    def start(self) -> None:
        """Begin to load the model, unless that has begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="model", daemon=True)
            self._thread.start()

    def submit(self, job: Job) -> None:
        """Let a job wait for its answer.

        Raises:
            QueueFullError: There are too many.
        """
        self._queue.put(job)

    def refuse_more(self) -> None:
        """Say from now on that the server is closing. What waits is answered."""
        self._closing = True

    def close(self, timeout: float | None = None) -> None:
        """Answer what waits, and end the thread."""
        self._closing = True
        self._queue.close()
        if self._thread is not None:
            self._thread.join(timeout)

    def _run(self) -> None:
        try:
            predictor = self._load()
            batches = BatchPredictor(predictor, self._columns, self.on_batch)
            self._warm_up(predictor)
        except Exception as error:
            self.failure = error
            self.on_failure()
            return
        self._ready = True
        self.on_ready()
        while jobs := self._queue.take(self._limits.rows):
            batches.run(jobs, _deliver)

    def _warm_up(self, predictor: Predictor) -> None:
        """Ask the example, so that the first request finds all in place."""
        from modelspec.diagnostics import SpecError

        row = {name: column.cell() for name, column in self._columns.items()}
        try:
            predictor.predict(predictor.encode([row]))
        except (SpecError, ValueError, RuntimeError) as error:
            _log.warning("the first request will be slower: the model takes no example: %s", error)


def _deliver(answers: list[tuple[Job, bytes | RequestError]]) -> None:
    """Hand answers to the event loops that wait for them."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Job, bytes | RequestError]]] = {}
    for found in answers:
        by_loop.setdefault(found[0].loop, []).append(found)
    for loop, part in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_set, part)


def _set(answers: list[tuple[Job, bytes | RequestError]]) -> None:
    for job, found in answers:
        if job.answer.done():
            continue
        if isinstance(found, RequestError):
            job.answer.set_exception(found)
        else:
            job.answer.set_result(found)
