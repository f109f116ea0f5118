"""The server that forks workers: it imports what trainings need, once, and computes nothing."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import traceback
from importlib import import_module
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from modelspec.tuning.workers.launch import Place

if TYPE_CHECKING:
    from typing import NoReturn

IMPORTED = (
    "modelspec.tuning.workers.worker",
    "modelspec.runner.train",
    "modelspec.runner.inference.choose_thresholds",
)
"""What every job imports. None of it starts a thread, which a fork would lose."""


def serve(control: int) -> None:
    """Fork workers until the parent is gone; then they end too.

    Args:
        control: The file descriptor of a socket to the parent.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the parent hears them, and says what to do
    for name in IMPORTED:
        import_module(name)
    gc.collect()
    gc.freeze()  # what is never collected stays shared between the workers
    _Server(socket.socket(fileno=control)).run()


class _Server:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.workers: dict[int, int] = {}

    def run(self) -> None:
        while True:
            content, handles, _, _ = socket.recv_fds(self.control, 65536, 1)
            if not content:
                break
            self._answer(json.loads(content), handles)
        for worker in self.workers.values():
            os.kill(worker, signal.SIGKILL)
        for worker in self.workers.values():
            os.waitpid(worker, 0)

    def _answer(self, request: dict[str, Any], handles: list[int]) -> None:
        if "wait" in request:
            worker = self.workers.pop(request["wait"])
            _, status = os.waitpid(worker, 0)
            self.control.send(str(os.waitstatus_to_exitcode(status)).encode())
            return
        worker = os.fork()
        if not worker:
            self.control.close()
            _work(handles[0], Place(**request["place"]))
        os.close(handles[0])
        self.workers[request["start"]] = worker


def _work(handle: int, place: Place) -> NoReturn:
    """Be a worker, and never return into the server."""
    from modelspec.tuning.workers.worker import work

    code = 1
    try:
        work(Connection(handle), place)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
