"""`POST /predict`: a request from its first byte to its answer."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter
from typing import TYPE_CHECKING

from modelspec.serving.body import BodyReader, ClientGoneError, parsed
from modelspec.serving.jobs import Job, QueueFullError
from modelspec.serving.problems import Problem, RequestError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from modelspec.serving.cells import RowChecker
    from modelspec.serving.limits import Limits
    from modelspec.serving.metrics import Metrics
    from modelspec.serving.worker import ModelWorker

_log = logging.getLogger("modelspec.serving")
CLIENT_GONE = 499
"""What a request is counted as whose client left before the answer."""
_RETRY = {"loading": 5, "closing": 5}
_SAID = {
    "loading": "the model is being loaded",
    "closing": "the server is closing",
    "failed": "the model could not be loaded",
}


class PredictEndpoint:
    """An ASGI application of its own: what a framework does with a request took longer than this.

    Args:
        worker: Has the model.
        checker: Knows its rows.
        limits: How much a request may hold.
        metrics: Counts.
    """

    def __init__(
        self, worker: ModelWorker, checker: RowChecker, limits: Limits, metrics: Metrics
    ) -> None:
        self._worker = worker
        self._checker = checker
        self._metrics = metrics
        self._reader = BodyReader(limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        begun = perf_counter()
        self._metrics.in_flight.inc()
        status = 500
        try:
            body = await self._answer(scope, receive)
            status = 200
            await respond(send, 200, body, {})
        except RequestError as error:
            status = error.status
            await respond(send, error.status, error.body, error.headers)
        except (ClientGoneError, asyncio.CancelledError) as error:
            status = CLIENT_GONE
            if isinstance(error, asyncio.CancelledError):
                raise
        except Exception as error:
            _log.error("a request failed", exc_info=error)
            refused = RequestError(500, Problem("the server failed; its log says how"))
            await respond(send, 500, refused.body, refused.headers)
        finally:
            self._metrics.in_flight.dec()
            self._metrics.count(int(status), perf_counter() - begun)

    async def _answer(self, scope: Scope, receive: Receive) -> bytes:
        self._worker.start()
        self._check_ready()
        body = await self._reader.read(scope, receive)
        try:
            rows, threshold = self._checker.request(parsed(body))
            answer = await self._predicted(Job(rows, threshold, *_future()), receive)
        finally:
            self._reader.release(len(body))
        self._metrics.rows.inc(len(rows))
        return answer

    def _check_ready(self) -> None:
        state = self._worker.state
        if state != "ready":
            retry_after = _RETRY.get(state, 0)
            raise RequestError(503, Problem(_SAID[state]), retry_after=retry_after, close=True)

    async def _predicted(self, job: Job, receive: Receive) -> bytes:
        """The answer to a job, which is given up once its client has gone."""
        try:
            self._worker.submit(job)
        except QueueFullError:
            said = "as many rows wait for the model as may"
            raise RequestError(503, Problem(said, "try again"), retry_after=1) from None
        gone = asyncio.ensure_future(_disconnected(receive))
        gone.add_done_callback(lambda _: job.answer.cancel())
        try:
            return await job.answer
        except asyncio.CancelledError:
            if gone.done() and not gone.cancelled():
                raise ClientGoneError from None
            raise
        finally:
            gone.cancel()


async def _disconnected(receive: Receive) -> None:
    """Wait until the client has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _future() -> tuple[asyncio.Future[bytes], asyncio.AbstractEventLoop]:
    loop = asyncio.get_running_loop()
    return loop.create_future(), loop


async def respond(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    """Send an answer of JSON."""
    told = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
    ]
    told += [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": int(status), "headers": told})
    await send({"type": "http.response.body", "body": body})
