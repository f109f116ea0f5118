"""Requests that are computed together: no answer depends on what it was computed with."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelspec.runner.inference.predictor import Predictor
from modelspec.serving.batch import BatchPredictor
from modelspec.serving.columns import served_columns
from modelspec.serving.jobs import Job
from modelspec.serving.problems import RequestError
from tests.serving import models
from tests.serving.test_application import ROW, rows_of_customers, rows_of_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from modelspec.runner.inference.trained_model import TrainedModel

    Answer = dict[str, Any] | RequestError
    Ask = Callable[..., list[Answer]]

FEW = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
ROUNDING = {"bill": 1e-4}
"""Of float32 numbers: in units of which the training rows have 17 in a standard deviation; of
others, near 1, it is 2e-6."""


class Batches:
    """Runs jobs of one model, and notes how many rows were computed at once."""

    def __init__(self, trained: TrainedModel) -> None:
        self.rows: list[int] = []
        self.predictor = Predictor(trained)
        self._batches = BatchPredictor(self.predictor, served_columns(trained), self.rows.append)

    def __call__(self, *requests: list[dict[str, Any]], threshold: float | None = None) -> Any:
        """The answers to requests that came together, in their order."""
        loop = asyncio.new_event_loop()
        jobs = [Job(rows, threshold, loop.create_future(), loop) for rows in requests]
        found: dict[Job, bytes | RequestError] = {}
        self.rows.clear()
        self._batches.run(jobs, lambda answers: found.update(dict(answers)))
        loop.close()
        answers = [found[job] for job in jobs]
        return [each if isinstance(each, RequestError) else json.loads(each) for each in answers]


@pytest.fixture(scope="module")
def customers_batches(customers: TrainedModel) -> Batches:
    return Batches(customers)


@pytest.fixture(scope="module")
def words_batches(words: TrainedModel) -> Batches:
    return Batches(words)


def check_alike(batches: Batches, requests: list[list[dict[str, Any]]]) -> None:
    """Whether requests are answered together as they are alone."""
    together = batches(*requests)
    assert sum(batches.rows) == sum(map(len, requests))
    for request, answer in zip(requests, together, strict=True):
        (alone,) = batches(request)
        assert answer["warnings"] == alone["warnings"]
        for row, wanted in zip(answer["predictions"], alone["predictions"], strict=True):
            assert row == {
                name: pytest.approx(value, abs=ROUNDING.get(name, 2e-6))
                if isinstance(value, float)
                else value
                for name, value in wanted.items()
            }


@FEW
@given(requests=st.lists(rows_of_customers, min_size=2, max_size=5))
def test_tables(requests: list[list[dict[str, Any]]], customers_batches: Batches) -> None:
    check_alike(customers_batches, requests)
    customers_batches(*requests)
    assert len(customers_batches.rows) == 1


@FEW
@given(requests=st.lists(rows_of_words, min_size=2, max_size=5))
def test_padding_of_others_changes_nothing(
    requests: list[list[dict[str, Any]]], words_batches: Batches
) -> None:
    check_alike(words_batches, requests)


def test_only_equal_lengths_are_joined(words_batches: Batches) -> None:
    def asked(words: int, steps: int) -> list[dict[str, Any]]:
        return [{"text": "good " * words, "steps": [[1, 2]] * steps}]

    words_batches(asked(4, 2), asked(4, 2), asked(5, 2), asked(4, 3), asked(4, 2))
    assert sorted(words_batches.rows) == [1, 1, 3]
    words_batches(asked(1, 2), asked(3, 2))
    assert words_batches.rows == [2], "the convolution takes at least three words"


def test_a_bad_row_fails_its_own_request(customers_batches: Batches) -> None:
    bad = [ROW, {**ROW, "plan": "zzz"}]
    good, refused, other = customers_batches([ROW], bad, [ROW, ROW])
    assert isinstance(refused, RequestError)
    assert [(each.row, each.column) for each in refused.problems] == [(2, "plan")]
    assert (len(good["predictions"]), len(other["predictions"])) == (1, 2)
    assert customers_batches.rows == [3]


def test_what_the_model_fails_on_is_tried_alone(
    customers: TrainedModel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    batches = Batches(customers)
    predict = batches.predictor.predict

    def fails(arrays: Any, threshold: float | None = None) -> Any:
        if arrays.rows != 1:
            raise RuntimeError("out of memory")
        return predict(arrays, threshold)

    monkeypatch.setattr(batches.predictor, "predict", fails)
    first, second, third = batches([ROW], [ROW, ROW], [ROW])
    assert first == third
    assert isinstance(second, RequestError)
    assert second.status == 500
    assert "out of memory" not in second.body.decode()
    assert "out of memory" in caplog.text


@pytest.mark.parametrize(("strategy", "joined"), [("greedy", 1), ("beam", 1), ("sample", 3)])
def test_what_is_drawn_is_not_joined(strategy: str, joined: int, folder: Path) -> None:
    batches = Batches(models.model(folder, models.ECHO.replace("STRATEGY", strategy)))
    requests = [[{"word": "abc"}], [{"word": "bcd"}], [{"word": "dab"}]]
    together = batches(*requests)
    assert len(batches.rows) == joined
    for request, answer in zip(requests, together, strict=True):
        (alone,) = batches(request)
        assert [each["letter"] for each in answer["predictions"]] == [
            each["letter"] for each in alone["predictions"]
        ]


def test_tokens_that_are_numbers_are_not_joined(folder: Path) -> None:
    from modelspec.serving.batch import joins

    trained = models.model(folder, models.ECHO.replace("STRATEGY", "greedy"))
    features = trained.preprocessing.features
    assert joins(trained.graph, features)
    others = {name: each for name, each in features.items() if name != "letter"}
    assert not joins(trained.graph, others)


def test_thresholds_stay_with_their_requests(customers_batches: Batches) -> None:
    loop = asyncio.new_event_loop()
    jobs = [Job([ROW], each, loop.create_future(), loop) for each in (0.0, 1.0, None)]
    found: dict[Job, Any] = {}
    customers_batches._batches.run(jobs, lambda answers: found.update(dict(answers)))
    loop.close()
    says = [json.loads(found[job])["predictions"][0]["leaves"] for job in jobs[:2]]
    assert says == ["yes", "no"]
