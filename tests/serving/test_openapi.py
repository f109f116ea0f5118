"""The schema is that of the model, and says of rows what the server says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from modelspec.serving.columns import served_columns
from modelspec.serving.description import description
from modelspec.serving.limits import Limits
from modelspec.serving.openapi import openapi
from tests.serving import models
from tests.serving.conftest import served
from tests.serving.test_application import ROW, ask

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from modelspec.runner.inference.trained_model import TrainedModel


def validator(document: dict[str, Any], name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"#/components/schemas/{name}", **document})


def test_columns_are_typed(customers: TrainedModel) -> None:
    found = {name: each.as_data() for name, each in served_columns(customers).items()}
    assert list(found) == ["minutes", "calls", "plan", "town", "since"]
    assert found["minutes"] == {
        "name": "minutes",
        "kind": "number",
        "inputs": ["numbers"],
        "required": False,
        "missing": "the mean, 171.497",
        "example": 171.5,
    }
    assert (found["plan"]["classes"], found["plan"]["unknown"]) == (["a", "b", "c"], "error")
    assert (found["town"]["kind"], found["town"]["unknown"]) == ("category", "ignore")
    assert found["since"]["kind"] == "date"


def test_outputs_are_typed(customers: TrainedModel) -> None:
    found = {each["name"]: each for each in description(customers, Limits())["outputs"]}
    assert found["leaves"]["columns"] == {"leaves": "string", "leaves_probability_yes": "number"}
    assert found["leaves"]["threshold"] == [0.5]
    assert found["bill"]["columns"] == {"bill": "number"}
    assert found["kind"]["classes"] == ["x", "y", "z"]


@pytest.mark.parametrize("name", ["customers", "words", "photos", "echo", "wide"])
def test_the_example_is_what_the_schema_and_the_model_take(name: str, folder: Path) -> None:
    texts = {
        "customers": models.CUSTOMERS,
        "words": models.WORDS,
        "photos": models.PHOTOS,
        "echo": models.ECHO.replace("STRATEGY", "greedy"),
        "wide": models.IMAGE_TO_IMAGE,
    }
    trained = models.model(folder, texts[name])
    document = openapi(description(trained, Limits()))
    row = {name: each.cell() for name, each in served_columns(trained).items()}
    validator(document, "Request").validate({"rows": [row]})
    with served(trained) as client:
        assert client.get("/openapi.json").json() == document
        answer = ask(client, [row])
        if name == "customers":
            assert answer["warnings"] == []
    validator(document, "Response").validate(answer)
    (said,) = answer["predictions"]
    assert said.keys() == document["components"]["schemas"]["Prediction"]["properties"].keys()


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "calls": [1]},
        {**ROW, "calls": None},
        {**ROW, "other": 1},
        {key: value for key, value in ROW.items() if key != "plan"},
    ],
)
def test_what_the_schema_refuses_the_server_refuses(
    row: dict[str, Any], client: TestClient
) -> None:
    document = client.get("/openapi.json").json()
    assert not validator(document, "Row").is_valid(row)
    answer = client.post("/predict", json={"rows": [row]})
    assert answer.status_code == 422
    validator(document, "Error").validate(answer.json())


def test_the_page_of_documentation_says_the_same(client: TestClient) -> None:
    page = client.get("/docs").text
    for said in ("minutes", "Without a value: the mean, 171.497.", "leaves_probability_yes", "503"):
        assert said in page
