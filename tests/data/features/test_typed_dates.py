"""Columns that hold dates by their type need no form, and heed none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import numpy as np
import pandas as pd
import polars as pl
import pytest

from modelspec.data import CellCounts, columns_of, encode_file, encode_rows
from modelspec.diagnostics import Report
from tests.data.readers.workbook import workbook
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

FORM = "format: '%d.%m.%Y %H:%M'"
NOON = datetime(2024, 3, 2, 12, 30)
BERLIN = timezone(timedelta(hours=1))
NAIVE = {
    "python": [NOON],
    "polars": pl.Series([NOON]),
    "nanoseconds": pl.Series([NOON], dtype=pl.Datetime("ns")),
    "pandas": pd.Series([pd.Timestamp(NOON)]),
    "objects": pd.Series([NOON], dtype=object),
    "numpy": np.array([NOON], "datetime64[ns]"),
    "seconds": np.array([NOON], "datetime64[s]"),
    "scalars": [np.datetime64(NOON)],
    "object array": np.array([NOON], object),
}
DAYS = {
    "python": [date(2024, 3, 2)],
    "polars": pl.Series([date(2024, 3, 2)]),
    "objects": pd.Series([date(2024, 3, 2)], dtype=object),
    "numpy": np.array(["2024-03-02"], "datetime64[D]"),
}
ZONED = {
    "python": [NOON.replace(tzinfo=BERLIN)],
    "polars": pl.Series([NOON]).dt.replace_time_zone("Europe/Berlin"),
    "pandas": pd.Series([pd.Timestamp(NOON, tz="Europe/Berlin")]),
}


def of(folder: Path, values: Any, keys: str = FORM, parts: str = "month, day, hour") -> World:
    """A spec of a column `x` of a file of dates."""
    frame = columns_of({"x": values})
    assert isinstance(frame, pl.DataFrame)
    frame.write_parquet(folder / "a.parquet")
    keys = f"type: date, {keys}, parts: [{parts}]"
    section = f"file: a.parquet\nfeatures: {{x: {{{keys}}}}}"
    return world(folder, section, {"x": ([len(parts.split(","))], "float64")}, {})


def encoded(spec: World, rows: Any, report: Report | None = None) -> Any:
    """What rows in memory become by what was fitted on the file; None after a finding."""
    taken = Report() if report is None else report
    arrays = encode_rows(spec.splits().preprocessing, spec.graph, rows, taken, targets=False)
    assert report is not None or not [each.message for each in taken]
    return arrays and arrays.inputs["x"].tolist()


@pytest.mark.parametrize("column", NAIVE.values(), ids=list(NAIVE))
def test_times(tmp_path: Path, column: Any) -> None:
    assert encoded(of(tmp_path, ["01.02.2024 03:04"]), {"x": column}) == [[3, 2, 12]]
    assert encoded(of(tmp_path, column), {"x": ["04.12.2023 05:06"]}) == [[12, 4, 5]]


@pytest.mark.parametrize("column", DAYS.values(), ids=list(DAYS))
@pytest.mark.parametrize("keys", [FORM, "format: '%Y'", "day_first: true"])
def test_days(tmp_path: Path, column: Any, keys: str) -> None:
    spec = of(tmp_path, column, keys)
    assert spec.splits().train.inputs["x"].tolist() == [[3, 2, 0]]
    assert encoded(spec, {"x": column}) == [[3, 2, 0]]


@pytest.mark.parametrize("column", ZONED.values(), ids=list(ZONED))
def test_times_of_a_zone(tmp_path: Path, column: Any) -> None:
    for keys, hour in (("format: epoch", 11), ("format: epoch, time_zone: Asia/Tokyo", 20)):
        assert encoded(of(tmp_path, [1_709_213_400], keys), {"x": column}) == [[3, 2, hour]]
    report = Report()
    assert encoded(of(tmp_path, ["01.02.2024 03:04"]), {"x": column}, report) is None
    assert "`x` says how far it is from UTC, as others do not," in next(iter(report)).message


def test_times_without_a_zone_are_none_of_one(tmp_path: Path) -> None:
    report = Report()
    assert encoded(of(tmp_path, [1_709_213_400], "format: epoch"), {"x": [NOON]}, report) is None
    assert "`x` does not say how far it is from UTC" in next(iter(report)).message
    found = of(tmp_path, [NOON], "format: epoch, time_zone: Asia/Tokyo").finding()
    assert "does not say how far its times are from UTC" in found.message


def test_files_and_rows_in_memory_are_alike(tmp_path: Path) -> None:
    spec = of(tmp_path, ["01.02.2024 03:04"])
    frame = pl.DataFrame({"x": [NOON, datetime(1999, 12, 31, 23)]})
    frame.write_parquet(tmp_path / "b.parquet")
    frame.write_ipc(tmp_path / "b.arrow")
    pieces = replace(spec.settings, memory=1)
    fitted = spec.splits().preprocessing
    for settings in (spec.settings, pieces):
        for name in ("b.parquet", "b.arrow"):
            path = tmp_path / name
            arrays = encode_file(fitted, settings, spec.graph, path, Report(), targets=False)
            assert arrays is not None
            assert np.asarray(arrays.inputs["x"][0:2]).tolist() == [[3, 2, 12], [12, 31, 23]]
    assert encoded(spec, frame) == encoded(spec, frame.to_dicts()) == [[3, 2, 12], [12, 31, 23]]


@pytest.mark.parametrize(
    "column",
    [
        [NOON, None],
        pd.Series([pd.Timestamp(NOON), pd.NaT]),
        [pd.Timestamp(NOON), pd.NaT],
        np.array([np.datetime64(NOON), np.datetime64("NaT")], "datetime64[us]"),
    ],
    ids=["none", "pandas", "list", "numpy"],
)
@pytest.mark.parametrize("fill", ["'04.12.2023 05:06'", "2023-12-04T05:06"])
def test_what_is_missing_is_filled_with_a_date_of_the_spec(
    tmp_path: Path, column: Any, fill: str
) -> None:
    spec = of(tmp_path, [NOON, NOON], f"{FORM}, missing: constant, fill: {fill}")
    counts = CellCounts()
    fitted = spec.splits().preprocessing
    arrays = encode_rows(fitted, spec.graph, {"x": column}, Report(), targets=False, counts=counts)
    assert arrays is not None
    assert arrays.inputs["x"].tolist() == [[3, 2, 12], [12, 4, 5]]
    (counted,) = counts.found.values()
    assert (counted.happening, counted.became) == ("missing", f"`{fill.strip(chr(39))}`")


def test_what_is_missing_is_the_mean_or_refused(tmp_path: Path) -> None:
    gap = [NOON, None, datetime(2024, 3, 4, 12, 30)]
    found = of(tmp_path, gap, f"{FORM}, missing: mean").splits().train.inputs["x"]
    assert found.tolist() == [[3, 2, 12], [3, 3, 12], [3, 4, 12]]
    assert "`x` has no value at row 2 of" in of(tmp_path, gap).finding().message


@pytest.mark.parametrize("marker", ["01.01.1900 00:00", "1900-01-01", "1900-01-01T00:00:00"])
def test_markers_are_dates_too(tmp_path: Path, marker: str) -> None:
    keys = f"{FORM}, missing: mode, missing_values: ['{marker}']"
    found = of(tmp_path, [NOON, datetime(1900, 1, 1), NOON], keys).splits().train.inputs["x"]
    assert found.tolist() == [[3, 2, 12]] * 3
    dropped = of(tmp_path, [NOON, date(1900, 1, 1)], keys.replace("mode", "drop"))
    assert dropped.splits().train.inputs["x"].tolist() == [[3, 2, 12]]


@pytest.mark.parametrize(
    "column",
    [
        ["01.02.2024 03:04", NOON],
        [NOON, "01.02.2024 03:04"],
        [date(2024, 3, 2), "01.02.2024 03:04"],
        pd.Series(["01.02.2024 03:04", NOON], dtype=object),
        [NOON, 20240302],
    ],
    ids=["text first", "date first", "day first", "pandas", "number"],
)
def test_dates_beside_text_are_refused(tmp_path: Path, column: Any) -> None:
    report = Report()
    assert encoded(of(tmp_path, ["01.02.2024 03:04"]), {"x": column}, report) is None
    (found,) = report
    assert "no date in the form `%d.%m.%Y %H:%M`, at row" in found.message
    assert "or give dates as dates in all rows" in (found.help or "")


def test_times_of_two_clocks_are_refused(tmp_path: Path) -> None:
    spec = of(tmp_path, ["01.02.2024 03:04"])
    for other in (NOON.replace(tzinfo=UTC), NOON.replace(tzinfo=BERLIN)):
        for column in ([NOON, other], [other, NOON], [other, None, NOON.date()]):
            with pytest.raises(ValueError, match="`x` is no column: some of its times say"):
                encoded(spec, {"x": column})


def test_years_far_away_and_times_of_day(tmp_path: Path) -> None:
    found = of(tmp_path, [date(50, 1, 1)]).finding()
    assert "`0050-01-01`, no date of the years 100 to 9999, at row 1" in found.message
    assert found.help == "mend or remove the rows"
    spec = of(tmp_path, [time(3, 4)], "format: '%H:%M:%S'", "hour, minute")
    assert "`03:04:00`, no date in the form" in spec.finding().message


def test_dates_of_a_workbook(tmp_path: Path) -> None:
    moment = '<c t="d"><v>2024-03-02T12:30:00</v></c>'
    sheet = workbook({"a": [["x"], [0]]})
    target = BytesIO()
    with ZipFile(BytesIO(sheet)) as made, ZipFile(target, "w") as archive:
        for name in made.namelist():
            archive.writestr(name, made.read(name).replace(b"<c><v>0</v></c>", moment.encode()))
    path = tmp_path / "b.xlsx"
    path.write_bytes(target.getvalue())
    spec = of(tmp_path, ["01.02.2024 03:04"])
    fitted = spec.splits().preprocessing
    arrays = encode_file(fitted, spec.settings, spec.graph, path, Report(), targets=False)
    assert arrays is not None
    assert arrays.inputs["x"].tolist() == [[3, 2, 12]]


@pytest.mark.parametrize("rows", [[], {}, pl.DataFrame(), pd.DataFrame(), {"x": []}])
def test_no_rows(tmp_path: Path, rows: Any) -> None:
    report = Report()
    assert encoded(of(tmp_path, [NOON]), rows, report) is None
    (found,) = report
    assert (found.code, found.message) == ("MS804", "`rows` has no rows")
