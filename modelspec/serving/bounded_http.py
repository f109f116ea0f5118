"""HTTP whose heads are bounded: a server reads of them what a request needs, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from modelspec.serving.body import SECONDS
from modelspec.serving.problems import Problem, RequestError

if TYPE_CHECKING:
    import asyncio

HEAD = 65_536
"""The most bytes of the first line and the headers of a request, apart from those that its first
packet brings; and of what follows a body."""


class BoundedHttpProtocol(HttpToolsProtocol):
    """A connection that is given up where a head is too long, or does not end in time.

    Attributes:
        seconds: How long a head may take.
    """

    seconds: float = SECONDS
    _waiting: asyncio.TimerHandle | None = None
    _unread = 0
    _understood = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a head, and not for ever."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to no body."""
        self._understood = False
        super().data_received(data)
        self._unread = 0 if self._understood else self._unread + len(data)
        if self._unread > HEAD:
            said = f"the head of the request has more than the {HEAD:,} bytes that are allowed"
            self._refuse(RequestError(431, Problem(said)))

    def on_message_begin(self) -> None:
        """A head begins."""
        self._understood = True
        self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """It is whole."""
        self._understood = True
        self._stop_waiting()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of a body, which its reader counts."""
        self._understood = True
        super().on_body(body)

    def _wait(self) -> None:
        self._stop_waiting()
        self._waiting = self.loop.call_later(self.seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        said = f"the head of the request was not whole after {self.seconds:g} seconds"
        self._refuse(RequestError(408, Problem(said)))

    def _refuse(self, error: RequestError) -> None:
        """Answer without the application, and close the connection."""
        if self.transport.is_closing():
            return
        body, status = error.body, error.status
        headers: dict[str, Any] = {
            "content-type": "application/json",
            "content-length": len(body),
            "connection": "close",
        }
        lines = [f"HTTP/1.1 {int(status)} {status.phrase}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()
