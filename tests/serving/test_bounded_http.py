"""Heads of requests that are too long, or do not end."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn

from modelspec.serving.bounded_http import HEAD, BoundedHttpProtocol
from modelspec.serving.predict_endpoint import respond

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += bytes(data)

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed


async def _count(scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await respond(send, 200, json.dumps(len(body)).encode(), {})


async def _answer(*packets: bytes, seconds: float = 30) -> tuple[bytes, bool]:
    """What is answered to packets, and whether the connection was closed."""
    config = uvicorn.Config(_count, lifespan="off", log_config=None)
    config.load()
    state = uvicorn.server.ServerState()
    connection = BoundedHttpProtocol(config, state, {})
    connection.seconds = seconds
    transport = Transport()
    connection.connection_made(transport)
    for packet in packets:
        if not transport.closed:
            connection.data_received(packet)
        await asyncio.sleep(0)
    while seconds < 1 and not transport.closed:
        await asyncio.sleep(seconds / 4)
    closed = transport.closed
    if closed:
        connection.connection_lost(None)
    while state.tasks:
        await asyncio.sleep(0)
    if not closed:
        connection.connection_lost(None)
    return transport.written, closed


LONG = [b"a" * (HEAD // 4)] * 8
START = b"POST / HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize(
    "packets",
    [
        [b"POST /", *LONG],
        [START + b"x: ", *LONG],
        [START, *(b"x-%d: " % place + each + b"\r\n" for place, each in enumerate(LONG))],
        [START + b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\nx: ", *LONG],
    ],
    ids=["line", "header", "headers", "trailer"],
)
def test_a_long_head_is_refused(packets: list[bytes]) -> None:
    written, closed = asyncio.run(_answer(*packets))
    assert closed
    head, _, body = written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 431 Request Header Fields Too Large")
    assert "65,536 bytes" in json.loads(body)["errors"][0]["message"]


def test_a_long_body_is_no_head() -> None:
    length = sum(map(len, LONG))
    start = START + b"content-length: %d\r\n\r\n" % length
    written, closed = asyncio.run(_answer(start, *LONG))
    assert written.startswith(b"HTTP/1.1 200")
    assert written.endswith(str(length).encode())
    assert not closed


def test_a_head_that_does_not_end_is_given_up() -> None:
    written, closed = asyncio.run(_answer(START, seconds=0.01))
    assert written.startswith(b"HTTP/1.1 408 Request Timeout")
    assert closed
    assert asyncio.run(_answer(seconds=0.01))[0].startswith(b"HTTP/1.1 408")
