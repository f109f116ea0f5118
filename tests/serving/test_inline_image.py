"""A picture in a cell gives the numbers of the same picture in a file; a path is never opened."""

from __future__ import annotations

import base64
import builtins
import io
import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from modelspec.runner.inference.predictor import Predictor
from tests.serving.conftest import served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

    from modelspec.runner.inference.trained_model import TrainedModel


@pytest.fixture(scope="module")
def client(photos: TrainedModel) -> Iterator[TestClient]:
    with served(photos) as client:
        yield client


def error(client: TestClient, photo: Any) -> dict[str, Any]:
    answer = client.post("/predict", json={"rows": [{"photo": photo}]})
    assert answer.status_code == 422, answer.text
    (found,) = answer.json()["errors"]
    assert (found["row"], found["column"]) == (1, "photo")
    return found


def test_it_is_that_of_a_file(client: TestClient, photos: TrainedModel, folder: Path) -> None:
    files = [folder / "photos" / f"{row}.png" for row in range(3)]
    texts = [base64.b64encode(file.read_bytes()).decode() for file in files]
    texts[1] = f"data:image/png;base64,{texts[1]}"
    texts[2] = "\n".join([texts[2][:40], texts[2][40:]])
    answer = client.post("/predict", json={"rows": [{"photo": text} for text in texts]}).json()
    predictor = Predictor(photos)
    columns = predictor.predict(predictor.encode([{"photo": str(file)} for file in files]))
    assert [each["kind"] for each in answer["predictions"]] == columns["kind"].tolist()
    assert [each["kind_probability_a"] for each in answer["predictions"]] == pytest.approx(
        columns["kind_probability"].values[:, 0].tolist(), abs=1e-7
    )


def test_a_path_is_refused_unopened(
    client: TestClient, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "abcd").write_bytes((folder / "photos" / "0.png").read_bytes())
    monkeypatch.chdir(folder)
    looked: list[str] = []
    for module, name in ((os, "stat"), (os, "open"), (io, "open"), (builtins, "open")):
        known = getattr(module, name)

        def watched(path: object, *rest: Any, known: Any = known, **more: Any) -> Any:
            looked.append(str(path))
            return known(path, *rest, **more)

        monkeypatch.setattr(module, name, watched)
    for path in ("photos/0.png", str(folder / "photos" / "0.png"), "file:///etc/passwd", "../x"):
        assert "no base64, and paths are not opened" in error(client, path)["message"]
    assert "none of PNG" in error(client, "abcd")["message"], "base64 that is a file's name too"
    assert not [path for path in looked if path.endswith((".png", "abcd", "passwd", "/x"))]


@pytest.mark.parametrize("photo", [3, ["a"], {"a": 1}, True])
def test_other_types(photo: Any, client: TestClient) -> None:
    assert "not a picture, as base64" in error(client, photo)["message"]


def test_a_data_url_must_be_base64(client: TestClient) -> None:
    assert "its data URL is not base64" in error(client, "data:image/png,abc")["message"]
    assert error(client, "data:image/png;base64,")["message"]


def test_nothing_else_stands_in_base64(client: TestClient, folder: Path) -> None:
    text = base64.b64encode((folder / "photos" / "0.png").read_bytes()).decode()
    assert "no base64" in error(client, f"{text[:20]}!?*{text[20:]}")["message"]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.integers(0, 80), value=st.binary(min_size=1, max_size=6))
def test_a_broken_picture_is_a_finding(
    place: int, value: bytes, client: TestClient, folder: Path
) -> None:
    content = bytearray((folder / "photos" / "0.png").read_bytes())
    content[place : place + len(value)] = value
    text = base64.b64encode(content).decode()
    answer = client.post("/predict", json={"rows": [{"photo": text}]})
    assert answer.status_code in (200, 422), answer.text
