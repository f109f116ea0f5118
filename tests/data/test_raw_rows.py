"""Rows as their file has them are those that the arrays were made of."""

from __future__ import annotations

import gc
import gzip
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from modelspec.data import Arrays, encode_file, encode_input, raw_file_rows, raw_rows
from modelspec.data.out_of_core import memory_budget
from modelspec.diagnostics import Report, SpecError
from tests.data.out_of_core.test_convert import ROWS, WRITE, frame, table
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Preprocessing, Splits
    from modelspec.data.table.table import Table

DRAWN = np.array([7, 0, 3, 3, 11])


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))


def loaded(known: World) -> Splits:
    splits, _ = known.load()
    assert splits
    return splits


def in_file(arrays: Arrays) -> np.ndarray:
    """Which rows of the file the drawn ones are."""
    return DRAWN if arrays.kept is None else arrays.kept[DRAWN]


def rows_of(
    known: World, fitted: Preprocessing, part: str, rows: np.ndarray, report: Report
) -> Table | None:
    return raw_rows(known.settings, fitted, known.graph, known.folder, part, rows, report)


def assert_made_of(
    table: Table | None, known: World, fitted: Preprocessing, arrays: Arrays
) -> None:
    """Encoding the raw rows gives the arrays that are there already, to the last bit."""
    assert table
    rows = DRAWN
    assert table.rows == len(rows)
    numbers = [table.number(row) for row in range(len(rows))]
    assert (np.argsort(numbers, kind="stable") == np.argsort(rows, kind="stable")).all()
    assert min(numbers) > 0
    assert max(numbers) <= 4 * ROWS  # cells of several lines
    inputs, _ = arrays.batch(rows)
    for name, values in inputs.items():
        again = encode_input(fitted, known.graph, table, name)
        taken = again.take(np.arange(len(rows))) if not isinstance(again, np.ndarray) else again
        np.testing.assert_array_equal(taken, values, err_msg=name)


@pytest.mark.parametrize("memory", ["", "1KB"])
@pytest.mark.parametrize(
    ("suffix", "split"),
    [
        ("csv", "{validation: 0.2, test: 0.1}"),
        ("parquet", "{validation: 0.3, time: day}"),
        ("jsonl", "{column: part, values: {test: [p1]}}"),
    ],
)
def test_the_rows_of_every_part(
    suffix: str, split: str, memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    WRITE[suffix](frame(ROWS, 0), tmp_path / f"table.{suffix}")
    known = table(tmp_path, suffix, split, memory)
    splits = loaded(known)
    for part in ("train", "validation", "test"):
        arrays, report = getattr(splits, part), Report()
        if arrays is not None:
            found = rows_of(known, splits.preprocessing, part, in_file(arrays), report)
            assert_made_of(found, known, splits.preprocessing, arrays)
            assert not list(report)


@pytest.mark.parametrize("memory", ["", "1KB"])
def test_the_rows_of_another_file(
    memory: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_budget, "_LEAST", 3000)
    WRITE["csv"](frame(ROWS, 0), tmp_path / "table.csv")
    WRITE["csv"](frame(ROWS, 1), tmp_path / "other.csv")
    known, report = table(tmp_path, "csv", memory=memory), Report()
    fitted = loaded(known).preprocessing
    other = tmp_path / "other.csv"
    arrays = encode_file(fitted, known.settings, known.graph, other, report, targets=True)
    assert arrays
    found = raw_file_rows(known.settings, fitted, known.graph, other, in_file(arrays), report)
    assert_made_of(found, known, fitted, arrays)


def test_a_part_with_a_file_of_its_own(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1.0, 2.0], "y": [0, 1]}).write_csv(tmp_path / "one.csv")
    pl.DataFrame({"a": [5.0, 6.0], "y": [1, 0]}).write_csv(tmp_path / "two.csv")
    section = "train: one.csv\ntest: two.csv"
    known = world(tmp_path, section, {"a": [1]}, {"y": ([1], "binary_crossentropy")})
    splits = loaded(known)
    found = rows_of(known, splits.preprocessing, "test", np.array([1]), Report())
    assert found
    assert (found.unit, found.number(0), found.columns["a"][0]) == ("line", 3, 6.0)


def test_a_file_that_has_gone_is_a_finding(tmp_path: Path) -> None:
    WRITE["csv"](frame(60, 0), tmp_path / "table.csv")
    known, report = table(tmp_path, "csv"), Report()
    fitted = loaded(known).preprocessing
    (tmp_path / "table.csv").unlink()
    assert rows_of(known, fitted, "train", DRAWN, report) is None
    assert report.failed


def test_rows_that_cannot_be_encoded_are_an_error(tmp_path: Path) -> None:
    WRITE["csv"](frame(60, 0), tmp_path / "table.csv")
    known = table(tmp_path, "csv")
    fitted = loaded(known).preprocessing
    found = rows_of(known, fitted, "train", DRAWN, Report())
    assert found
    found.columns["kind"] = pl.Series(["no such class"] * len(DRAWN))
    with pytest.raises(SpecError):
        encode_input(fitted, known.graph, found, "kind")


def test_rows_of_a_compressed_file_have_their_lines(tmp_path: Path) -> None:
    rows = "".join(f'{{"x": {row}}}\n\n' for row in range(5))
    (tmp_path / "t.jsonl.gz").write_bytes(gzip.compress(rows.encode()))
    known = world(tmp_path, "file: t.jsonl.gz", {"x": [1]}, {})
    report = Report()
    found = rows_of(known, known.splits().preprocessing, "train", np.array([3, 1]), report)
    assert found is not None, list(report)
    gc.collect()
    assert [found.number(0), found.number(1)] == [7, 3]
