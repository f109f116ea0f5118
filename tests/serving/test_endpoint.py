"""The endpoint seen from its protocol: many at once, those that leave, those that are slow."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from modelspec.serving.application import application
from modelspec.serving.body import BodyReader, ClientGoneError
from modelspec.serving.limits import Limits
from modelspec.serving.problems import RequestError
from tests.serving.test_application import ROW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.applications import Starlette

    from modelspec.runner.inference.trained_model import TrainedModel

BODY = json.dumps({"rows": [ROW]}).encode()
HEADERS = [(b"content-type", b"application/json")]
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/predict",
    "headers": HEADERS,
    "query_string": b"",
    "root_path": "",
}


def saying(*messages: dict[str, Any], last: str = "wait") -> Callable[[], Awaitable[Any]]:
    """A client that says this, and then waits, or leaves."""
    left = list(messages)

    async def receive() -> dict[str, Any]:
        if left:
            return left.pop(0)
        if last == "wait":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"}

    return receive


def body(content: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


async def answer(app: Starlette, receive: Callable[[], Awaitable[Any]]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    await app({**SCOPE}, receive, send)
    return sent


async def ready(app: Starlette) -> None:
    app.state.worker.start()
    while app.state.worker.state == "loading":
        await asyncio.sleep(0.002)


class Held:
    """Holds the model until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from modelspec.serving.batch import BatchPredictor

        self.jobs: list[int] = []
        self._free = threading.Event()
        known = BatchPredictor.run

        def run(batches: Any, jobs: Any, deliver: Any) -> None:
            self.jobs.append(len(jobs))
            assert self._free.wait(20)
            known(batches, jobs, deliver)

        monkeypatch.setattr(BatchPredictor, "run", run)

    async def taken(self, batches: int) -> None:
        """Wait until the model has so many batches."""
        while len(self.jobs) < batches:
            await asyncio.sleep(0.002)

    def let_go(self) -> None:
        self._free.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    return Held(monkeypatch)


def test_what_waits_is_one_batch(customers: TrainedModel, held: Held) -> None:
    async def main() -> None:
        app = application(customers)
        await ready(app)
        first = asyncio.ensure_future(answer(app, saying(body(BODY))))
        await held.taken(1)
        others = [asyncio.ensure_future(answer(app, saying(body(BODY)))) for _ in range(7)]
        while app.state.worker.waiting < 7:
            await asyncio.sleep(0.002)
        held.let_go()
        found = await asyncio.gather(first, *others)
        assert [sent[0]["status"] for sent in found] == [200] * 8
        assert held.jobs == [1, 7]
        app.state.worker.close()

    asyncio.run(main())


def test_who_leaves_costs_nothing(customers: TrainedModel, held: Held) -> None:
    async def main() -> None:
        app = application(customers)
        await ready(app)
        first = asyncio.ensure_future(answer(app, saying(body(BODY))))
        await held.taken(1)
        assert await answer(app, saying(body(BODY), last="leave")) == []
        half = {**body(BODY[:5]), "more_body": True}
        assert await answer(app, saying(half, last="leave")) == []
        held.let_go()
        assert (await first)[0]["status"] == 200
        assert (await answer(app, saying(body(BODY))))[0]["status"] == 200
        assert held.jobs == [1, 1], "the job of who left was not computed"
        app.state.worker.close()

    asyncio.run(main())


def test_a_full_queue_is_refused(customers: TrainedModel, held: Held) -> None:
    async def main() -> None:
        app = application(customers, limits=Limits(rows=1, waiting=2))
        await ready(app)
        tasks = [asyncio.ensure_future(answer(app, saying(body(BODY))))]
        await held.taken(1)
        tasks += [asyncio.ensure_future(answer(app, saying(body(BODY)))) for _ in range(2)]
        while app.state.worker.waiting < 2:
            await asyncio.sleep(0.002)
        start, said = await answer(app, saying(body(BODY)))
        assert (start["status"], dict(start["headers"])[b"retry-after"]) == (503, b"1")
        assert json.loads(said["body"])["errors"][0]["help"] == "try again"
        held.let_go()
        assert [sent[0]["status"] for sent in await asyncio.gather(*tasks)] == [200] * 3
        app.state.worker.close()

    asyncio.run(main())


def test_a_server_that_closes_refuses(customers: TrainedModel) -> None:
    async def main() -> None:
        app = application(customers)
        await ready(app)
        app.state.worker.refuse_more()
        start, said = await answer(app, saying(body(BODY)))
        headers = dict(start["headers"])
        assert (start["status"], headers[b"connection"]) == (503, b"close")
        assert b"the server is closing" in said["body"]
        app.state.worker.close(20)

    asyncio.run(main())


def test_bodies_are_counted_together() -> None:
    async def main() -> None:
        reader = BodyReader(Limits(body=60, memory=109))
        first = await reader.read({"headers": HEADERS}, saying(body(b"x" * 50)))
        with pytest.raises(RequestError, match="as many bytes") as refused:
            await reader.read({"headers": HEADERS}, saying(body(b"x" * 60)))
        assert refused.value.status == 503
        with pytest.raises(RequestError, match="more than the 60 bytes"):
            await reader.read({"headers": HEADERS}, saying(*[body(b"x" * 7, more=True)] * 20))
        with pytest.raises(ClientGoneError):
            await reader.read({"headers": HEADERS}, saying(body(b"x", more=True), last="leave"))
        assert reader.held == len(first) == 50
        reader.release(len(first))
        assert reader.held == 0

    asyncio.run(main())


def test_a_declared_length_is_believed_only_where_it_is_too_long() -> None:
    async def main() -> None:
        reader = BodyReader(Limits(body=60))

        async def never() -> Any:
            raise AssertionError("nothing was to be read")

        with pytest.raises(RequestError, match="more than the 60 bytes"):
            await reader.read({"headers": [*HEADERS, (b"content-length", b"61")]}, never)
        lie = {"headers": [*HEADERS, (b"content-length", b"3")]}
        with pytest.raises(RequestError, match="more than the 60 bytes"):
            await reader.read(lie, saying(body(b"x" * 61)))

    asyncio.run(main())


def test_a_body_that_does_not_come() -> None:
    async def main() -> None:
        reader = BodyReader(Limits(), seconds=0.01)
        with pytest.raises(RequestError, match="not whole") as refused:
            await reader.read({"headers": HEADERS}, saying(body(b"{", more=True)))
        assert (refused.value.status, reader.held) == (408, 0)

    asyncio.run(main())


def test_what_is_answered_holds_no_memory(customers: TrainedModel) -> None:
    async def main() -> None:
        app = application(customers, limits=Limits(memory=len(BODY) + 1))
        await ready(app)
        for _ in range(3):
            assert (await answer(app, saying(body(BODY))))[0]["status"] == 200
        app.state.worker.close()

    asyncio.run(main())
