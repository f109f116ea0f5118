"""The body of a request: read while it is counted, and taken as strict JSON."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from modelspec.serving.problems import Problem, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope

    from modelspec.serving.limits import Limits

SECONDS = 30
"""A body that takes longer to come is given up."""
_JSON = "application/json"


class ClientGoneError(Exception):
    """The client closed the connection before its request was whole."""


class BodyReader:
    """Reads bodies, and knows how many bytes of them there are at once.

    Args:
        limits: How long one may be, and all of them together.
        seconds: How long one may take.
    """

    def __init__(self, limits: Limits, seconds: float = SECONDS) -> None:
        self._limits = limits
        self._seconds = seconds
        self.held = 0

    async def read(self, scope: Scope, receive: Receive) -> bytes:
        """The whole body; what it takes of the memory is given back by `release`.

        Raises:
            RequestError: It is of another type, too long, too slow, or there are too many.
            ClientGoneError: It ended half-way.
        """
        headers = _headers(scope)
        self._check_headers(headers)
        chunks: list[bytes] = []
        try:
            async with asyncio.timeout(self._seconds):
                await self._collect(receive, chunks)
        except TimeoutError:
            self.release(sum(map(len, chunks)))
            said = f"the body was not whole after {self._seconds:g} seconds"
            raise RequestError(408, Problem(said), close=True) from None
        except BaseException:
            self.release(sum(map(len, chunks)))
            raise
        return b"".join(chunks)

    def release(self, count: int) -> None:
        """So many bytes are no longer held."""
        self.held -= count

    async def _collect(self, receive: Receive, chunks: list[bytes]) -> None:
        total, more = 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientGoneError
            chunk, more = message.get("body", b""), message.get("more_body", False)
            total += len(chunk)
            self.held += len(chunk)
            chunks.append(chunk)
            if total > self._limits.body:
                raise self._too_long()
            if self.held > self._limits.memory:
                said = "the server holds as many bytes of requests as it may"
                raise RequestError(503, Problem(said), retry_after=1, close=True)

    def _check_headers(self, headers: dict[bytes, bytes]) -> None:
        """Refuse what need not be read."""
        given = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip()
        if given.lower() != _JSON:
            said = f"the body is declared as `{given}`" if given else "the body declares no type"
            help = f"send JSON with the header `content-type: {_JSON}`"
            raise RequestError(415, Problem(said, help), close=True)
        if headers.get(b"content-encoding", b"identity").lower() != b"identity":
            said = "the body is compressed"
            raise RequestError(415, Problem(said, "send it as it is"), close=True)
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > self._limits.body:
            raise self._too_long()

    def _too_long(self) -> RequestError:
        said = f"the body has more than the {self._limits.body:,} bytes that are allowed"
        help = "send fewer rows at once, or start the server with a larger `--max-body`"
        return RequestError(413, Problem(said, help), close=True)


def _headers(scope: Scope) -> dict[bytes, bytes]:
    return dict(scope["headers"])


def parsed(body: bytes) -> Any:
    """JSON data of which every reader makes the same.

    Raises:
        RequestError: It is no JSON, no UTF-8, nested too deeply, has a key twice, or has what JSON
            has not: NaN, and what is infinite.
    """
    try:
        text = body.decode("utf-8")
        return json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        said = f"the body is not UTF-8: byte {error.start + 1} is 0x{body[error.start]:02x}"
    except RecursionError:
        said = "the body is nested too deeply"
    except json.JSONDecodeError as error:
        said = f"the body is no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
    except ValueError as error:
        long = "integer string conversion" in str(error)
        said = "a number has too many digits" if long else f"the body is no JSON: {error}"
    raise RequestError(400, Problem(said))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"the key `{next(_repeated(pairs))}` is there twice")
    return found


def _repeated(pairs: list[tuple[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            yield name
        seen.add(name)


def _no_constant(name: str) -> None:
    raise ValueError(f"`{name}` is no number of JSON; `null` stands for a missing value")
