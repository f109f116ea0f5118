"""Problems with their places."""

import json
from typing import Any

import pytest

from modelspec.diagnostics import Diagnostic, Span
from modelspec.serving.columns import Column
from modelspec.serving.problems import Problem, RequestError, problems_of


def test_a_problem_of_a_whole_column_has_no_row() -> None:
    whole = Diagnostic("MS803", "`a` of `rows` holds lists of text", Span("rows", 1))
    cell = Diagnostic("MS803", "`a` has no value at rows 2 and 3 of `rows`", Span("rows", 2))
    columns = {"a": Column(name="a", kind="number", example=2.5)}
    found = problems_of([whole, cell], columns, rows=3)
    assert [(each.row, each.column) for each in found] == [(0, "a"), (2, "a")]
    assert problems_of([whole], columns, rows=1)[0].row == 1


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"kind": "number", "example": 2.5}, "send a number: 2.5 for instance"),
        ({"kind": "category", "classes": ("a", "b")}, "send `a` or `b`"),
        (
            {"kind": "category", "classes": tuple("abcdefghijklm")},
            "`i` or 4 more",
        ),
        (
            {"kind": "date", "formats": ("%d.%m.%Y",), "example": "25.03.2019"},
            'send a date, as text `%d.%m.%Y`: "25.03.2019" for instance',
        ),
        ({"kind": "date"}, "send a date, as text, ISO 8601"),
        (
            {"kind": "array", "shape": (8, None)},
            "send nested lists of numbers of the shape [8, any]",
        ),
    ],
)
def test_who_asks_is_told_what_a_column_takes(about: dict[str, Any], said: str) -> None:
    column = Column(name="a", **about)
    finding = Diagnostic("MS803", "`a` is odd", Span("rows", 1), "set `format` in the spec")
    (found,) = problems_of([finding], {"a": column}, rows=1)
    assert found.help.endswith(said)
    assert "set" not in found.help


def test_what_was_sent_is_not_echoed_at_length() -> None:
    error = RequestError(
        422, Problem("`a` is `" + "x" * 10_000 + "`, no number", column="b" * 9_999)
    )
    (told,) = json.loads(error.body)["errors"]
    assert told["message"].startswith("`a` is `xx")
    assert told["message"].endswith("xx`, no number")
    assert max(map(len, told.values())) < 700
