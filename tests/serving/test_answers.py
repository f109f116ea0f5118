"""Answers as JSON, and problems with their places."""

import json

import numpy as np

from modelspec.data import Labelled
from modelspec.diagnostics import Diagnostic, Span
from modelspec.serving.answers import answer_rows
from modelspec.serving.problems import problems_of


def test_every_kind_of_value() -> None:
    columns = {
        "n": np.array([0.1, np.nan, -np.inf], np.float32),
        "p": Labelled(np.array([[0.5], [1e-9], [3e20]], np.float32), ("yes",)),
        "i": np.array([1, 2, 3]),
        "b": np.array([True, False, True]),
        "t": np.array(['a"', "\n", "ö"]),
    }
    first, second, third = map(json.loads, answer_rows(columns))
    assert first == {"n": 0.1, "p_yes": 0.5, "i": 1, "b": True, "t": 'a"'}
    assert second == {"n": None, "p_yes": 1e-9, "i": 2, "b": False, "t": "\n"}
    assert third == {"n": None, "p_yes": 3e20, "i": 3, "b": True, "t": "ö"}


def test_a_problem_of_a_whole_column_has_no_row() -> None:
    whole = Diagnostic("MS803", "`a` of `rows` holds lists of text", Span("rows", 1))
    cell = Diagnostic("MS803", "`a` has no value at rows 2 and 3 of `rows`", Span("rows", 2))
    found = problems_of([whole, cell], {"a"}, rows=3)
    assert [(each.row, each.column) for each in found] == [(0, "a"), (2, "a")]
    assert problems_of([whole], {"a"}, rows=1)[0].row == 1
