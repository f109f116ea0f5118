"""What the tests of serving share."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient

from modelspec.serving.application import application
from tests.serving import models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from modelspec.runner.inference.trained_model import TrainedModel

    Serve = Callable[..., AbstractContextManager[TestClient]]


@contextmanager
def served(trained: TrainedModel, **options: Any) -> Iterator[TestClient]:
    """A client of a model, once that can be asked."""
    with TestClient(application(trained, **options)) as client:
        until_ready(client)
        yield client


def until_ready(client: TestClient) -> None:
    """Wait until the model is loaded."""
    while client.get("/ready").json() == {"status": "loading"}:
        time.sleep(0.002)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the data of all models lies."""
    folder = tmp_path_factory.mktemp("served")
    models.write_customers(folder)
    models.write_words(folder)
    models.write_photos(folder)
    models.write_echo(folder)
    return folder


@pytest.fixture(scope="session")
def customers(folder: Path) -> TrainedModel:
    """A model of numbers, classes and dates."""
    return models.model(folder, models.CUSTOMERS)


@pytest.fixture(scope="session")
def words(folder: Path) -> TrainedModel:
    """A model of texts and steps of any length, without masks."""
    return models.model(folder, models.WORDS)


@pytest.fixture(scope="session")
def photos(folder: Path) -> TrainedModel:
    """A model of pictures."""
    return models.model(folder, models.PHOTOS)


@pytest.fixture(scope="module")
def client(customers: TrainedModel) -> Iterator[TestClient]:
    """Asks the model of the customers."""
    with served(customers) as client:
        yield client


@pytest.fixture(scope="module")
def words_client(words: TrainedModel) -> Iterator[TestClient]:
    """Asks the model of texts and steps."""
    with served(words) as client:
        yield client
