"""Workers forked by a server that has imported torch once. Linux."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from modelspec.tuning.workers.launch import Place

CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from modelspec.tuning.workers.serve import serve; serve(int(sys.argv[2]))"
)
"""The server knows where modules lie as this process does, and nothing of its `__main__`."""
PATIENCE = 10.0
"""Seconds until a server that does not end is killed."""


class ForkServer:
    """Starts at once, and imports torch while the parent does something else.

    It is a session of its own: a Ctrl-C of the terminal goes to the parent alone, which tells the
    workers. It ends, and all workers with it, when the parent does, however that ends.
    """

    def __init__(self) -> None:
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._count = 0
        self._begin()

    def _begin(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-c", CODE, json.dumps(sys.path), str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                start_new_session=True,
            )

    def launch(self, place: Place) -> ForkedProcess:
        """Start a worker."""
        if self._server.poll() is not None:
            self._control.close()
            self._begin()
        ours, theirs = socket.socketpair()
        self._count += 1
        request = json.dumps({"start": self._count, "place": place.as_data()})
        with theirs, suppress(OSError):  # without a server nobody will be at the other end
            socket.send_fds(self._control, [request.encode()], [theirs.fileno()])
        return ForkedProcess(Connection(ours.detach()), self._control, self._count)

    def log(self) -> str:
        """What the server and its workers have printed."""
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def close(self) -> None:
        """End the server and all workers."""
        self._control.close()
        if not self._count:
            self._server.kill()  # it may still be importing, for nobody
        try:
            self._server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()
        self._log.close()


class ForkedProcess:
    """A worker that the server has forked, or will when it has imported torch."""

    def __init__(self, connection: Connection, control: socket.socket, number: int) -> None:
        self.connection = connection
        self._control = control
        self._number = number

    def exit_code(self) -> int | None:
        """Wait until it has ended: below 0 by which signal; None where the server is gone too."""
        try:
            self._control.send(json.dumps({"wait": self._number}).encode())
            answer = self._control.recv(1024)
        except OSError:
            return None
        return int(answer) if answer else None
