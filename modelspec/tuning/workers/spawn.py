"""Workers that each start anew, and import torch themselves: where forking is no safe way."""

from __future__ import annotations

import multiprocessing
import sys
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from modelspec.tuning.workers.launch import Place


class Spawner:
    """Starts each worker as a new Python."""

    def __init__(self) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._started: list[BaseProcess] = []

    def launch(self, place: Place) -> SpawnedProcess:
        """Start a worker."""
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, place), daemon=True)
        with theirs, _without_main():
            process.start()
        self._started.append(process)
        return SpawnedProcess(ours, process)

    def log(self) -> str:
        """Nothing: what they print goes to the terminal."""
        return ""

    def close(self) -> None:
        """End all workers."""
        for process in self._started:
            process.kill()
        for process in self._started:
            process.join()


class SpawnedProcess:
    """A worker of its own Python."""

    def __init__(self, connection: Connection, process: BaseProcess) -> None:
        self.connection = connection
        self._process = process

    def exit_code(self) -> int | None:
        """Wait until it has ended: below 0 by which signal; None where that is not known."""
        self._process.join()
        return self._process.exitcode


def _work(connection: Connection, place: Place) -> None:
    import signal

    from modelspec.tuning.workers.worker import work

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    work(connection, place)


@contextmanager
def _without_main() -> Iterator[None]:
    """Keep a worker from running the user's script again, which it needs nothing of."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
