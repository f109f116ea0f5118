"""The ASGI application of a trained model."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from modelspec.data.decisions import with_threshold
from modelspec.diagnostics.extras import require
from modelspec.serving import openapi
from modelspec.serving.cells import RowChecker
from modelspec.serving.columns import served_columns
from modelspec.serving.description import description
from modelspec.serving.docs_page import STYLE, docs_page
from modelspec.serving.inline_image import with_inline_images
from modelspec.serving.limits import Limits
from modelspec.serving.metrics import Metrics
from modelspec.serving.page.files import PageFile, page_files
from modelspec.serving.predict_endpoint import PredictEndpoint
from modelspec.serving.problems import Problem, RequestError
from modelspec.serving.worker import ModelWorker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    from modelspec.runner.inference.predictor import Predictor
    from modelspec.runner.inference.trained_model import TrainedModel

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load: only what this server sends. No script stands in a page."""
_SAFE = {"x-content-type-options": "nosniff", "content-security-policy": POLICY}


def application(
    trained: TrainedModel,
    *,
    limits: Limits | None = None,
    nodes: Sequence[str] = (),
    threshold: float | None = None,
    device: str = "auto",
    threads: int | None = None,
) -> Starlette:
    """A trained model as an ASGI application, which loads it when it is started or first asked.

    Args:
        trained: The model.
        limits: How much a request may hold, and how much may wait.
        nodes: Paths of inner nodes whose values are answered too.
        threshold: From which probability on outputs of yes or no say yes.
        device: Where to compute.
        threads: Of the CPU; by default what `predict` takes.

    Returns:
        The application. Its `state.worker` has the model.

    Raises:
        MissingPackageError: The extra `serve` is not installed.
        ValueError: The threshold decides nothing, or is none.
    """
    require("starlette", "`serve`")
    from starlette.applications import Starlette
    from starlette.exceptions import HTTPException

    limits = limits or Limits()
    if threshold is not None:
        known = with_threshold(trained.graph, trained.preprocessing, threshold)
        trained = replace(trained, preprocessing=known)
    trained = with_inline_images(trained)
    columns = served_columns(trained)
    about = description(trained, limits, columns.values())
    load = partial(_load, trained, tuple(nodes), device, threads)
    worker = ModelWorker(load, columns, limits)
    metrics = Metrics(lambda: worker.waiting, lambda: worker.is_ready)
    worker.on_batch = metrics.batch_rows.observe
    checker = RowChecker(columns, limits, threshold=about["threshold"])
    predict = PredictEndpoint(worker, checker, limits, metrics)
    found = Starlette(
        routes=_routes(worker, metrics, predict, about),
        lifespan=partial(_lifespan, worker),
        exception_handlers={HTTPException: _refuse},
    )
    found.state.worker = worker
    return found


def _load(
    trained: TrainedModel, nodes: tuple[str, ...], device: str, threads: int | None
) -> Predictor:
    """Build the model, in the thread that is to compute with it."""
    from modelspec.runner.inference.predictor import Predictor
    from modelspec.runner.inference.threads import set_threads

    set_threads(threads, trained)
    return Predictor(trained, nodes=nodes, device=device)


@asynccontextmanager
async def _lifespan(worker: ModelWorker, app: Starlette) -> AsyncIterator[None]:  # noqa: ARG001
    worker.start()
    yield
    worker.close()


def _routes(
    worker: ModelWorker, metrics: Metrics, predict: PredictEndpoint, about: dict[str, Any]
) -> list[Route]:
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

    async def health(request: Request) -> Response:  # noqa: ARG001
        return JSONResponse({"status": "alive"})

    async def ready(request: Request) -> Response:  # noqa: ARG001
        worker.start()
        state = worker.state
        return JSONResponse({"status": state}, 200 if state == "ready" else 503)

    async def measured(request: Request) -> Response:
        body, media_type = metrics.exposition(request.headers.get("accept", ""))
        return Response(body, media_type=media_type)

    document = openapi.openapi(about)
    files = dict(page_files(about))
    files["/docs"], files["/docs.css"] = docs_page(document, about), STYLE
    files["/openapi.json"] = PageFile("application/json", json.dumps(document).encode())
    return [
        Route(openapi.PREDICT, predict, methods=["POST"]),
        Route(openapi.HEALTH, health),
        Route(openapi.READY, ready),
        Route(openapi.METRICS, measured),
        *(Route(path, _sends(file)) for path, file in files.items()),
    ]


def _sends(file: PageFile) -> Callable[[Request], Awaitable[Response]]:
    """What answers with a file that is in memory."""
    from starlette.responses import Response

    async def send(request: Request) -> Response:  # noqa: ARG001
        headers = {**_SAFE, "cache-control": "no-cache", "content-type": file.media_type}
        return Response(file.content, headers=headers)

    return send


async def _refuse(request: Request, error: Exception) -> Response:  # noqa: ARG001
    """A path or a method that there is not, as other refusals are answered."""
    from starlette.exceptions import HTTPException
    from starlette.responses import Response

    assert isinstance(error, HTTPException)
    refused = RequestError(error.status_code, Problem(error.detail.lower()))
    headers = {**(error.headers or {}), "content-type": "application/json"}
    return Response(refused.body, error.status_code, headers=headers)
