"""Requests that are refused: each says what is wrong, and where; none is a server's failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serving.test_application import JSON, ROW

if TYPE_CHECKING:
    from starlette.testclient import TestClient

MANY = settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)
rows = st.dictionaries(st.sampled_from([*ROW, "other"]), values) | st.builds(
    lambda column, value: {**ROW, column: value}, st.sampled_from([*ROW]), values
)


@MANY
@given(
    body=st.binary(max_size=40)
    | st.lists(rows, max_size=3).map(lambda rows: json.dumps({"rows": rows}).encode())
    | values.map(lambda value: json.dumps(value).encode())
)
def test_no_body_makes_the_server_fail(body: bytes, client: TestClient) -> None:
    answer = client.post("/predict", content=body, headers=JSON)
    assert answer.status_code in (200, 400, 413, 422), answer.text
    if answer.status_code != 200:
        assert all(each["message"] for each in answer.json()["errors"])


@MANY
@given(text=values, steps=values)
def test_no_sequence_does(text: Any, steps: Any, words_client: TestClient) -> None:
    body = json.dumps({"rows": [{"text": text, "steps": steps}]})
    answer = words_client.post("/predict", content=body, headers=JSON)
    assert answer.status_code in (200, 400, 422), answer.text


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON: Expecting value"),
        (b'{"rows": [', "no JSON"),
        (b'{"rows": [{"a": 1, "a": 2}]}', "the key `a` is there twice"),
        (b'{"rows": [{"a": NaN}]}', "`NaN` is no number of JSON"),
        (b'{"rows": [{"a": -Infinity}]}', "`-Infinity` is no number"),
        (b'{"rows": [{"a": "\xff"}]}', "not UTF-8: byte 18 is 0xff"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"rows": [{"a": ' + b"9" * 5_000 + b"}]}", "too many digits"),
    ],
)
def test_what_is_no_json(body: bytes, said: str, client: TestClient) -> None:
    answer = client.post("/predict", content=body, headers=JSON)
    assert (answer.status_code, said in answer.json()["errors"][0]["message"]) == (400, True)


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ({"calls": [3]}, "calls", "`calls` is a list, not a number"),
        ({"calls": 1e999}, "calls", "too large"),
        ({"calls": 2**64}, "calls", "too large"),
        ({"calls": "three"}, "calls", "`calls` is `three`, not a number"),
        ({"calls": None}, "calls", "`calls` has no value"),
        ({"plan": "d"}, "plan", "`plan` is `d`, which is no class"),
        ({"plan": {"a": 1}}, "plan", "`plan` is an object, not a class"),
        ({"plan": "\ud800"}, "plan", "half of a character"),
        ({"since": "yesterday"}, "since", "no date"),
        ({"cals": 3}, "cals", "there is no column `cals`"),
        ({"leaves": "no"}, "leaves", "there is no column `leaves`"),
    ],
)
def test_a_cell_is_named(row: dict[str, Any], column: str, said: str, client: TestClient) -> None:
    body = json.dumps({"rows": [ROW, {**ROW, **row}]}).replace("Infinity", "1e999")
    answer = client.post("/predict", content=body, headers=JSON)
    (problem,) = answer.json()["errors"]
    assert (answer.status_code, problem["row"], problem["column"]) == (422, 2, column)
    assert said in problem["message"]


def test_what_a_request_lacks(client: TestClient) -> None:
    def errors(content: Any) -> list[dict[str, Any]]:
        answer = client.post("/predict", json=content)
        assert answer.status_code == 422
        found: list[dict[str, Any]] = answer.json()["errors"]
        return found

    assert errors([ROW])[0]["message"].startswith("the body is no object with `rows`")
    assert errors({"rows": []})[0]["message"] == "`rows` is empty"
    assert errors({"rows": ROW})[0]["message"] == "`rows` is an object, not a list of rows"
    assert errors({"rows": [3]}) == [{"message": "row 1 is a number, not an object", "row": 1}]
    assert errors({"rows": [ROW], "treshold": 1})[0]["help"] == "did you mean `threshold`?"
    missing = {key: value for key, value in ROW.items() if key not in ("calls", "minutes")}
    assert errors({"rows": [missing]}) == [
        {"message": "the column `calls` is missing", "row": 1, "column": "calls"}
    ]
    assert len(errors({"rows": [{}] * 64})) == 20
    odd = errors({"rows": [{f"key{place}": 1 for place in range(60)}]})
    assert [each["column"] for each in odd[:20]] == [f"key{place}" for place in range(20)]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"content-type": "text/plain"}, "declared as `text/plain`"),
        ({}, "declares no type"),
        ({**JSON, "content-encoding": "gzip"}, "compressed"),
    ],
)
def test_other_types(headers: dict[str, str], said: str, client: TestClient) -> None:
    answer = client.post("/predict", content=b"{}", headers=headers)
    assert (answer.status_code, said in answer.text) == (415, True)


def test_columns_of_lists_are_alike(words_client: TestClient) -> None:
    rows = [{"text": "a day", "steps": [[1, 2]]}, {"text": "a day", "steps": "1 2"}]
    answer = words_client.post("/predict", json={"rows": rows})
    assert answer.json()["errors"] == [
        {
            "message": "`steps` is a list in some rows, and text in others",
            "help": "send lists in all rows",
            "row": 2,
            "column": "steps",
        }
    ]
