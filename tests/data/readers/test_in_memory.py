"""Rows in memory are read as a file of them is."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from modelspec.data import Preprocessing, columns_of, encode_file, encode_rows
from modelspec.data.features import Category, Number
from modelspec.data.features.text import Text
from modelspec.data.out_of_core import memory_budget
from modelspec.data.table.number_style import NumberStyle
from modelspec.diagnostics import Report
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Arrays

GERMAN = NumberStyle(",", ".")
PLAIN = Preprocessing({"x": Number(("a",))})
TRAINED = Preprocessing({"x": Number(("a",))}, GERMAN)
WRITTEN = [
    ["725,8"],
    ["725,8", "3.5"],
    [" 1 234.5 "],
    ["1,234"],
    ["1,234.50", "7"],
    ["1.234,5", "2,5"],
    ["1.234"],
    ["1_000"],
    ["12%"],
    ["$5"],
    ["1e3", " +4.", ".5"],
    ["perhaps"],
    ["4", "?", "5"],
]


def a_number(folder: Path, section: str = "file: t.csv") -> World:
    """One input that is made of the column `a`."""
    return world(folder, f"{section}\nfeatures: {{x: {{column: a, type: number}}}}", {"x": [1]}, {})


def told(arrays: Arrays | None, report: Report) -> tuple[Any, list[str]]:
    """What came of it; places apart, which differ."""
    said = [each.message.rpartition(" at ")[0] for each in report]
    return arrays and arrays.inputs["x"][:, 0].tolist(), said


@pytest.mark.parametrize("fitted", [PLAIN, TRAINED], ids=["plain", "german"])
@pytest.mark.parametrize("texts", WRITTEN, ids=" ".join)
def test_text_is_read_as_in_a_file_of_the_same_rows(
    tmp_path: Path, texts: list[str], fitted: Preprocessing
) -> None:
    spec = a_number(tmp_path)
    frame = pl.DataFrame({"a": texts})
    frame.write_csv(tmp_path / "a.csv", quote_style="always")
    frame.write_parquet(tmp_path / "a.parquet")
    read, shown, kept = Report(), Report(), Report()
    of_file = encode_file(
        fitted, spec.settings, spec.graph, tmp_path / "a.csv", read, targets=False
    )
    of_rows = encode_rows(fitted, spec.graph, frame.to_dicts(), shown, targets=False)
    typed = encode_file(fitted, None, spec.graph, tmp_path / "a.parquet", kept, targets=False)
    assert told(of_rows, shown) == told(of_file, read) == told(typed, kept)


@pytest.mark.parametrize("memory", ["", "memory: 1KB"])
def test_a_file_of_types_is_trained_on_in_the_style_of_its_text(
    tmp_path: Path, memory: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_budget, "_LEAST", 100)
    pl.DataFrame({"a": ["1,200.5", "3", "4,000"] * 20}).write_parquet(tmp_path / "t.parquet")
    splits = a_number(tmp_path, f"file: t.parquet\n{memory}").splits()
    assert splits.preprocessing.style == NumberStyle(".", ",")
    values = splits.train.batch(np.arange(3))[0]["x"]
    assert values[:, 0].tolist() == [1200.5, 3, 4000]


def test_a_reading_that_may_be_another_is_said(tmp_path: Path) -> None:
    pl.DataFrame({"a": ["1,200", "3"]}).write_parquet(tmp_path / "t.parquet")
    (note,) = a_number(tmp_path, "file: t.parquet").splits().counts["train"].notes
    assert note == (
        "`1,200` of `a` is read as 1200; if `,` is the decimal mark, "
        "give it as numbers, not as text"
    )


def test_a_way_out_is_told_of_numbers_that_are_written_in_another_way(tmp_path: Path) -> None:
    report = Report()
    assert (
        encode_rows(PLAIN, a_number(tmp_path).graph, {"a": "725,8"}, report, targets=False) is None
    )
    (found,) = report
    assert found.message == "`a` is `725,8`, not a number, at row 1 of `rows`"
    assert found.help == (
        "write it with the decimal mark `.`, not with the decimal mark `,`; "
        "or give numbers, not text"
    )


def test_training_rows_without_a_number_show_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('a\n"725,8"\n"3,5"\n')
    feature = "features: {x: {column: a, type: number, missing: mean}}"
    found = world(tmp_path, f"file: t.csv\n{feature}", {"x": [1]}, {}).finding()
    assert found.message == "`a` has no mean: no training row has a number, but `725,8`"
    assert 'decimal: ","' in found.help


def test_one_row_is_a_dict_of_its_values() -> None:
    row = {"a": 1, "b": "x", "c": None, "d": np.float64(2.5), "e": True}
    frame = columns_of(row)
    assert isinstance(frame, pl.DataFrame)
    assert frame.to_dicts() == [row]
    assert frame.equals(columns_of([row]))
    assert columns_of({"a": [1, 2]}).height == 2  # type: ignore[union-attr]


def test_names_that_are_no_text_are_read_as_text() -> None:
    rows = [{1: 2.0, "b": 3}, {1: 4.0}]
    frame = columns_of(rows)  # type: ignore[arg-type]
    assert frame.to_dict(as_series=False) == {"1": [2.0, 4.0], "b": [3, None]}  # type: ignore[union-attr]


def test_columns_that_nobody_wants_are_not_looked_at(tmp_path: Path) -> None:
    rows = [{"a": 1.5, "note": {"by": "me"}}, {"a": 2.0, "note": 7}]
    arrays = encode_rows(PLAIN, a_number(tmp_path).graph, rows, Report(), targets=False)
    assert arrays is not None
    assert arrays.inputs["x"][:, 0].tolist() == [1.5, 2]


def test_lists_of_whole_numbers_and_others_keep_their_fractions() -> None:
    lists = {"a": [[1, 2], [0.5]], "b": [None, [0.25, 1]], "c": [[[1]], [[0.5]]]}
    assert columns_of(lists).to_dict(as_series=False) == lists  # type: ignore[union-attr]


def test_lists_in_lists_are_no_classes(tmp_path: Path) -> None:
    spec = world(tmp_path, "file: t.csv\nfeatures: {x: {type: category}}", {"x": [2]}, {})
    fitted = Preprocessing({"x": Category(("x",), "multi_hot", ("a", "b"))})
    report = Report()
    assert encode_rows(fitted, spec.graph, [{"x": [["a"]]}], report, targets=False) is None
    (found,) = report
    assert found.message == "`x` of `rows` holds lists in lists, not classes"
    arrays = encode_rows(fitted, spec.graph, [{"x": ["b"]}], report, targets=False)
    assert arrays is not None
    assert arrays.inputs["x"].tolist() == [[0, 1]]


@pytest.mark.parametrize(
    ("cells", "typed"),
    [
        ([1, pd.NA], [1, None]),
        (["a", pd.NA], ["a", None]),
        (["a", float("nan")], ["a", None]),
        ([pd.NaT], [None]),
        ([pd.Timestamp("2019-03-25"), pd.NaT], [datetime(2019, 3, 25), None]),
        ([np.datetime64("2019-03-25"), np.datetime64("NaT")], [datetime(2019, 3, 25), None]),
        ([[1, 2], float("nan")], [[1, 2], None]),
    ],
    ids=str,
)
def test_what_numpy_and_pandas_have_for_nothing_is_missing(
    cells: list[Any], typed: list[Any]
) -> None:
    found = columns_of([{"a": each} for each in cells])
    assert isinstance(found, pl.DataFrame)
    assert found["a"].to_list() == typed


@pytest.mark.parametrize(
    "rows",
    [
        pd.DataFrame([[1, 2]], columns=["a", "a"]),
        {1: [1], "1": [2]},
        {1: 1, "1": 2},
        [{1: 1, "1": 2}],
        [{1: 1, "1": 2}, {1: 3}],
    ],
    ids=["pandas", "columns", "row", "list", "rows"],
)
def test_two_columns_of_one_name_are_refused(rows: Any) -> None:
    with pytest.raises(ValueError, match=r"several columns of the rows are called `[a1]`"):
        columns_of(rows)


def test_targets_beside_the_rows_hide_no_warning_on_them(tmp_path: Path) -> None:
    section = "file: t.csv\nfeatures: {x: {type: text}, y: {type: number}}"
    spec = world(tmp_path, section, {"x": ([1], "int64")}, {"y": ([1], "mse")})
    fitted = Preprocessing({"x": Text(("x",), tokens=("a", "b"), length=1), "y": Number(("y",))})
    bare = [{"x": "a b"}]
    said = []
    for rows in (bare, [{**bare[0], "y": 1.0}]):
        report = Report()
        assert encode_rows(fitted, spec.graph, rows, report, targets=False) is not None
        said.append([(each.code, each.message) for each in report])
    assert said[0] == said[1]
    assert [code for code, _ in said[0]] == ["MS810"]
