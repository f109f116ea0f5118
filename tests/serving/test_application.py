"""What is answered is what `predict` writes of the same rows."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from modelspec.serving.application import application
from modelspec.serving.limits import Limits
from tests.serving import models
from tests.serving.conftest import served, until_ready

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.runner.inference.trained_model import TrainedModel

ROW = {"minutes": 120.5, "calls": 3, "plan": "a", "town": "köln", "since": "2012-03-11"}
FEW = settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)

rows_of_customers = st.lists(
    st.fixed_dictionaries(
        {
            "minutes": st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(0, 999)),
            "calls": st.one_of(st.integers(0, 9), st.sampled_from(["3", " 4.5 "])),
            "plan": st.sampled_from("abc"),
            "town": st.sampled_from(["bonn", "ulm", "paris", "KÖLN"]),
            "since": st.dates(min_value=date(1900, 1, 1)).map(str),
        }
    ),
    min_size=1,
    max_size=6,
)
rows_of_words = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.lists(st.sampled_from(["good", "day", "rain", "?", "new"]), min_size=1).map(
                " ".join
            ),
            "steps": st.lists(
                st.lists(st.floats(-9, 9), min_size=2, max_size=2), min_size=1, max_size=5
            ),
        }
    ),
    min_size=1,
    max_size=5,
)


def ask(client: TestClient, rows: list[dict[str, Any]], **options: Any) -> dict[str, Any]:
    answer = client.post("/predict", json={"rows": rows, **options})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@FEW
@given(rows=rows_of_customers)
def test_rows_of_a_table(
    rows: list[dict[str, Any]], client: TestClient, customers: TrainedModel, folder: Path
) -> None:
    assert ask(client, rows)["predictions"] == models.predicted(customers, rows, folder)


@FEW
@given(rows=rows_of_words)
def test_rows_of_any_length(
    rows: list[dict[str, Any]], words_client: TestClient, words: TrainedModel, folder: Path
) -> None:
    assert ask(words_client, rows)["predictions"] == models.predicted(words, rows, folder)


@pytest.mark.parametrize("strategy", ["greedy", "beam", "sample"])
def test_sequences(strategy: str, folder: Path) -> None:
    trained = models.model(folder, models.ECHO.replace("STRATEGY", strategy))
    rows = [{"word": word} for word in ("a", "cadb", "bb")]
    with served(trained) as client:
        first = ask(client, rows)["predictions"]
        assert [set(each) for each in first] == [{"letter", "letter_score"}] * 3
        assert first == models.predicted(trained, rows, folder)
        assert ask(client, rows)["predictions"] == first
        assert ask(client, rows[:1])["predictions"] == models.predicted(trained, rows[:1], folder)


def test_an_output_too_wide_for_columns_is_nested(tmp_path: Path) -> None:
    trained = models.model(tmp_path, models.IMAGE_TO_IMAGE)
    picture = [[[row, column, 0] for column in range(60)] for row in range(60)]
    with served(trained) as client:
        (answer,) = ask(client, [{"x": picture}])["predictions"]
    assert answer.keys() == {"y"}
    assert [len(answer["y"]), len(answer["y"][0]), len(answer["y"][0][0])] == [60, 60, 3]
    assert answer["y"][0][0] == [0, 0, 0] != answer["y"][1][2]


def test_what_stands_for_cells_is_said(client: TestClient) -> None:
    row = {**ROW, "minutes": None, "town": "paris"}
    assert ask(client, [ROW, row])["warnings"] == [
        "minutes: 1 of 2 values was missing and is filled with the mean, 171.497 (first at row 2)",
        "town: 1 of 2 values was not known from training, and counts as the id 3 (first at row 2)",
    ]
    del row["minutes"]
    assert "minutes: 1 of 1 value was missing" in ask(client, [row])["warnings"][0]
    assert ask(client, [ROW])["warnings"] == []


def test_thresholds(customers: TrainedModel, client: TestClient, tmp_path: Path) -> None:
    assert ask(client, [ROW], threshold=0)["predictions"][0]["leaves"] == "yes"
    assert ask(client, [ROW], threshold=1)["predictions"][0]["leaves"] == "no"
    for wrong in (-0.1, "0.5", True, [1]):
        assert client.post("/predict", json={"rows": [ROW], "threshold": wrong}).status_code == 422
    with served(customers, threshold=1.0, nodes=["hidden"]) as other:
        (answer,) = ask(other, [ROW])["predictions"]
        assert answer["leaves"] == "no"
        assert {f"hidden_{unit}" for unit in range(6)} <= answer.keys()
    with pytest.raises(ValueError, match="no output says yes or no"):
        application(models.model(tmp_path, models.IMAGE_TO_IMAGE), threshold=0.5)


def test_what_runs_a_server_is_told(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/ready").json() == {"status": "ready"}
    ask(client, [ROW, ROW])
    client.post("/predict", content=b"{", headers={"content-type": "application/json"})
    text = client.get("/metrics").text
    for line in (
        'modelspec_requests_total{status="400"}',
        'modelspec_requests_total{status="200"}',
        'modelspec_batch_rows_bucket{le="2.0"}',
        'modelspec_request_seconds_bucket{le="+Inf"}',
        "modelspec_rows_total",
        "modelspec_queue_length 0.0",
        "modelspec_requests_in_flight 0.0",
        "modelspec_ready 1.0",
    ):
        assert line in text
    assert client.get("/metrics", headers={"accept": "application/openmetrics-text"}).text.endswith(
        "# EOF\n"
    )


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/predict", 405), ("POST", "/", 405), ("GET", "/x", 404)]
)
def test_other_paths_and_methods(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, list(answer.json())) == (status, ["errors"])


def test_pages_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/docs", "/docs.css"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "https://" not in answer.text


def test_it_can_be_mounted(customers: TrainedModel) -> None:
    outer = Starlette(routes=[Mount("/models/a", application(customers))])
    with TestClient(outer, base_url="http://host/models/a") as client:
        assert client.post("/predict", json={"rows": [ROW]}).status_code == 503
        until_ready(client)
        assert len(ask(client, [ROW])["predictions"]) == 1


def test_weights_that_cannot_be_read(customers: TrainedModel, tmp_path: Path) -> None:
    weights = tmp_path / "broken.safetensors"
    weights.write_bytes(b"\x00" * 9)
    with served(replace(customers, weights=weights)) as client:
        assert client.get("/ready").json() == {"status": "failed"}
        answer = client.post("/predict", json={"rows": [ROW]})
        assert answer.status_code == 503
        assert answer.json()["errors"] == [{"message": "the model could not be loaded"}]


def test_bounds_of_a_request(customers: TrainedModel) -> None:
    with served(customers, limits=Limits.of(2, 400)) as client:
        assert ask(client, [ROW, ROW])
        many = client.post("/predict", json={"rows": [ROW] * 3})
        assert (many.status_code, "3 rows" in many.text) == (413, True)
        large = client.post("/predict", json={"rows": [{**ROW, "plan": "a" * 400}]})
        assert (large.status_code, large.headers["connection"]) == (413, "close")
        pieces = (b"[" for _ in range(500))
        chunked = client.post("/predict", content=pieces, headers=JSON)
        assert (chunked.status_code, "more than the 400 bytes" in chunked.text) == (413, True)
        assert json.loads(many.text)["errors"][0]["help"]


JSON = {"content-type": "application/json"}
