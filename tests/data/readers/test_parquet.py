import datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from tests.data.worlds import world


def table(folder, columns, section="", inputs=None, outputs=None):
    pl.DataFrame(columns).write_parquet(folder / "a.parquet")
    return world(folder, "file: a.parquet\n" + section, inputs or {"x": [1]}, outputs or {})


@pytest.mark.parametrize(
    "series",
    [
        pl.Series([1, 2, 3], dtype=pl.Int8),
        pl.Series([1, 2, 3], dtype=pl.UInt64),
        pl.Series([1.0, 2.0, 3.0], dtype=pl.Float32),
        pl.Series([Decimal("1.0"), Decimal("2.0"), Decimal("3.0")]),
        pl.Series([" 1", "2 ", "3"]),
        pl.Series(["1", "2", "3"], dtype=pl.Categorical),
    ],
    ids=lambda series: str(series.dtype),
)
def test_numbers(tmp_path, series):
    splits = table(tmp_path, {"x": series}, "features: {x: {type: number}}").splits()
    assert splits.train.inputs["x"].tolist() == [[1], [2], [3]]
    assert splits.train.inputs["x"].dtype == np.float32


@pytest.mark.parametrize(
    ("series", "classes"),
    [
        (pl.Series(["b", "a", "b"]), ("a", "b")),
        (pl.Series(["b", "a", "b"], dtype=pl.Categorical), ("a", "b")),
        (pl.Series(["b", "a", "b"], dtype=pl.Enum(["b", "a"])), ("a", "b")),
        (pl.Series([10, 9, 10]), ("9", "10")),
        (pl.Series([10.0, 9.0, 10.0]), ("9", "10")),
        (pl.Series([True, False, True]), ("false", "true")),
    ],
    ids=lambda case: str(getattr(case, "dtype", "")),
)
def test_categories(tmp_path, series, classes):
    spec = table(tmp_path, {"x": series}, "features: {x: {type: category}}", {"x": [2]})
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == classes
    expected = np.eye(2)[[1, 0, 1]]
    np.testing.assert_array_equal(splits.train.inputs["x"], expected)


def test_booleans_are_numbers_by_themselves(tmp_path):
    assert table(tmp_path, {"x": [True, False]}).splits().train.inputs["x"].tolist() == [[1], [0]]


@pytest.mark.parametrize(
    ("columns", "code", "words"),
    [
        ({"x": []}, "MS804", "has no rows"),
        ({"x": [1.0, None, 3.0, None]}, "MS803", "`x` has no value at rows 2 and 4 of"),
        ({"x": [1, None]}, "MS803", "`x` has no value at row 2 of"),
        ({"x": [1.0, float("nan")]}, "MS803", "`x` is `NaN`, not a finite float32, at row 2 of"),
        ({"x": [datetime.date(2020, 1, 1)]}, "MS803", "`x` holds dates, not numbers"),
        ({"x": [[1, 2]]}, "MS805", "`x` has rows of `[2]`"),
        ({"x": [[1, 2], [1]]}, "MS803", "holds lists of 1 to 2 numbers"),
        ({"y": [1]}, "MS802", "no column `x`"),
    ],
)
def test_findings(tmp_path, columns, code, words):
    finding = table(tmp_path, columns).finding()
    assert finding.code == code
    assert words in finding.message


def test_text_in_a_numeric_column(tmp_path):
    spec = table(tmp_path, {"x": ["1", "two", "3"]}, "features: {x: {type: number}}")
    assert "`x` is `two`, not a number, at row 2 of" in spec.finding().message


@pytest.mark.parametrize("content", [b"PAR1", b"nonsense" * 40, b"PAR1" + b"\0" * 40 + b"PAR1"])
def test_files_that_are_no_parquet(tmp_path, content):
    (tmp_path / "a.parquet").write_bytes(content)
    finding = world(tmp_path, "file: a.parquet", {"x": [1]}, {}).finding()
    assert finding.code == "MS801"
    assert "cannot be read as Parquet" in finding.message


def test_broken_pages(tmp_path):
    pl.DataFrame({"x": np.arange(9999.0)}).write_parquet(tmp_path / "a.parquet")
    whole = bytearray((tmp_path / "a.parquet").read_bytes())
    whole[100:1000] = b"\xff" * 900
    (tmp_path / "a.parquet").write_bytes(whole)
    assert world(tmp_path, "file: a.parquet", {"x": [1]}, {}).finding().code == "MS801"


@pytest.mark.parametrize("name", ["*", "a b", "ü"])
@pytest.mark.parametrize("ending", ["parquet", "jsonl", "csv"])
@pytest.mark.parametrize("memory", ["2GB", "1KB"])
def test_names_are_no_patterns(tmp_path, monkeypatch, name, ending, memory):
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    count = 300
    table = pl.DataFrame({"ab": range(count), name: [2.5 * row for row in range(count)]})
    write = {"parquet": table.write_parquet, "jsonl": table.write_ndjson, "csv": table.write_csv}
    write[ending](tmp_path / f"t.{ending}")
    section = f"file: t.{ending}\nmemory: {memory}\nfeatures: {{x: {{column: '{name}'}}}}"
    found = world(tmp_path, section, {"x": [1]}, {}).splits().train
    assert found.batch(np.arange(count))[0]["x"].ravel().tolist() == table[name].to_list()


@pytest.mark.parametrize("dtype", [pl.Date, pl.Datetime("us"), pl.Datetime("ms")])
def test_dates_beyond_the_calendar_are_a_finding(tmp_path, dtype):
    days = pl.Series([2**30, 5]).cast(pl.Int32)
    when = days.cast(dtype) if dtype == pl.Date else (days.cast(pl.Int64) * 2**33).cast(dtype)
    found = table(tmp_path, {"x": when}, "features: {x: {type: date, parts: [year]}}").finding()
    assert found.code == "MS803"
    assert "beyond the years 1 to 9999" in found.message
