"""Dates in all the ways they are written, and what becomes of them."""

import datetime
import json
from statistics import NormalDist

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import Preprocessing, encode_file
from modelspec.data.features import Date, feature_from
from modelspec.data.features.date_order import find_order
from modelspec.data.features.date_texts import read
from modelspec.diagnostics import Report
from modelspec.language.date_keys import CYCLES
from tests.data.worlds import world

CLOCK = "parts: [year, month, day, hour, minute, second]"


def dates(folder, values, keys="", width=None, kind="parquet"):
    """A spec of a column `x` of dates."""
    frame = pl.DataFrame({"x": values}, strict=False)
    writers = {"parquet": frame.write_parquet, "csv": frame.write_csv, "jsonl": frame.write_ndjson}
    writers[kind](folder / f"a.{kind}")
    feature = f"{{type: date{keys and ', ' + keys}}}"
    section = f"file: a.{kind}\nfeatures: {{x: {feature}}}"
    shape = ["W"] if width is None else [width]
    return world(folder, section, {"x": (shape, "float64")}, {})


def rows(spec):
    return spec.splits().train.inputs["x"].tolist()


LAST = float(np.float32(NormalDist().inv_cdf(1 - 1e-7)))
"""What the largest value becomes by `quantile`, the least being its opposite."""
DATES = ["2024-02-29", "2023-12-31"]


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", [[2024, 2, 29, 3], [2023, 12, 31, 6]]),
        ("parts: [yearday]", [[60], [365]]),
        ("parts: [timestamp, hour]", [[19782, 0], [19722, 0]]),
        ("parts: [year], normalize: minmax", [[1], [0]]),
        ("parts: [timestamp], normalize: robust", [[1], [-1]]),
        ("parts: [month], normalize: quantile", [[-LAST], [LAST]]),
        ("parts: [quarter, week, is_weekend, second]", [[1, 9, 0, 0], [4, 52, 1, 0]]),
    ],
)
def test_parts(tmp_path, keys, expected):
    width = len(expected[0])
    assert rows(dates(tmp_path, DATES, keys, width)) == pytest.approx(np.array(expected))
    real = [datetime.date.fromisoformat(text) for text in DATES]
    assert rows(dates(tmp_path, real, keys, width)) == pytest.approx(np.array(expected))


@pytest.mark.parametrize("part", CYCLES)
def test_what_comes_again_is_a_circle(tmp_path, part):
    spec = dates(
        tmp_path, ["2024-01-01T00:00", "2024-07-05T12:30"], f"parts: [{part}], cyclic: true"
    )
    found = spec.splits().train.inputs["x"]
    np.testing.assert_allclose(found[0], [0, 1], atol=1e-12)
    np.testing.assert_allclose((found**2).sum(axis=1), 1)


HALF_PAST_ONE = [2024, 2, 29, 13, 30, 0]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("2024-02-29T13:30:00", ""),
        ("2024-02-29 13:30:00.25", ""),
        ("2024-02-29T13:30", ""),
        ("2024-02-29T13:30Z", ""),
        ("2024-02-29 13:30:00.123456+00:00", ""),
        ("2024/02/29 13:30", ""),
        ("29.02.24 13:30", "format: '%d.%m.%y %H:%M'"),
        ("Feb 29, 2024 01:30 PM", "format: '%b %d, %Y %I:%M %p'"),
        ("29 February 2024, 13:30:00", "format: '%d %B %Y, %H:%M:%S'"),
        ("2/29/2024 1:30 pm", "day_first: false"),
        ("29/2/2024 13:30:00", "day_first: true"),
        ("29.2.24, 1:30:00 PM", "day_first: true"),
        ("1709213400", "format: epoch"),
        ("1709213400.0", "format: epoch"),
        ("1709213400000", "format: epoch_ms"),
        ("1709213400000000", "format: epoch_us"),
        ("2024-02-29T14:30:00+01:00", "time_zone: UTC"),
        ("2024-02-29T12:30:00Z", "time_zone: Europe/Berlin"),
        ("2024-02-29T08:00:00-04:30", "time_zone: Europe/Berlin"),
        ("1709209800", "format: epoch, time_zone: Europe/Berlin"),
        ("29.02.2024 14:30 +0100", "format: '%d.%m.%Y %H:%M %z', time_zone: UTC"),
    ],
)
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_times(tmp_path, text, keys, kind):
    spec = dates(tmp_path, [text], ", ".join(filter(None, [CLOCK, keys])), kind=kind)
    assert rows(spec) == [HALF_PAST_ONE]


@pytest.mark.parametrize(
    ("text", "format", "expected"),
    [("2024-03", "%Y-%m", [2024, 3, 1, 0]), ("2024", "%Y", [2024, 1, 1, 0])],
)
def test_months_and_years_are_their_first_day(tmp_path, text, format, expected):
    keys = f"format: '{format}', parts: [year, month, day, hour]"
    assert rows(dates(tmp_path, [text], keys)) == [expected]


def test_hours_without_minutes(tmp_path):
    keys = "format: '%Y-%m-%d %H', parts: [hour, minute]"
    assert rows(dates(tmp_path, ["2024-01-01 13"], keys)) == [[13, 0]]


def test_numbers_of_typed_files_count_since_1970(tmp_path):
    for values in ([1709213400], [1709213400.0]):
        for kind in ("parquet", "jsonl"):
            spec = dates(tmp_path, values, f"format: epoch, {CLOCK}", kind=kind)
            assert rows(spec) == [HALF_PAST_ONE]


def test_seconds_since_1970_are_exact_before_they_are_normalised(tmp_path):
    seconds = np.arange(1_700_000_000, 1_700_000_000 + 50 * 7, 7)
    keys = "format: epoch, parts: [timestamp], normalize: minmax"
    spec = dates(tmp_path, seconds, keys, 1, kind="csv")
    expected = (seconds - seconds[0]) / (seconds[-1] - seconds[0])
    np.testing.assert_allclose(spec.splits().train.inputs["x"][:, 0], expected, atol=1e-8)


def test_datetimes_of_typed_files(tmp_path):
    naive = datetime.datetime(2024, 2, 29, 13, 30)
    assert rows(dates(tmp_path, [naive], CLOCK)) == [HALF_PAST_ONE]
    for unit in ("ms", "us", "ns"):
        there = pl.Series([naive]).cast(pl.Datetime(unit)).dt.replace_time_zone("Europe/Berlin")
        spec = dates(tmp_path, there, f"{CLOCK}, time_zone: Europe/Berlin")
        assert rows(spec) == [HALF_PAST_ONE]
        splits, found = dates(tmp_path, there, CLOCK).load()
        assert splits.train.inputs["x"].tolist() == [[2024, 2, 29, 12, 30, 0]]
        assert [d.code for d in found] == ["MS812"]
        assert "clock of UTC" in found[0].message


def test_points_in_time_do_not_hang_on_the_time_zone(tmp_path):
    values = ["2024-07-01T00:00+02:00", "2024-06-30T22:00Z"]
    for zone in ("UTC", "Europe/Berlin"):
        spec = dates(tmp_path, values, f"parts: [timestamp], time_zone: {zone}", 1)
        np.testing.assert_allclose(rows(spec), [[19904 + 22 / 24]] * 2, rtol=1e-15)


def test_years_far_away(tmp_path):
    values = ["1500-01-01", "9999-12-31", "0800-12-25"]
    assert [row[0] for row in rows(dates(tmp_path, values))] == [1500, 9999, 800]


def test_several_forms_in_one_column(tmp_path):
    values = ["29.02.2024", "2024-03-01", "01.04.2024"]
    spec = dates(tmp_path, values, "format: ['%d.%m.%Y', '%Y-%m-%d'], parts: [month, day]")
    assert rows(spec) == [[2, 29], [3, 1], [4, 1]]


@pytest.mark.parametrize(
    ("values", "keys", "words"),
    [
        (
            ["2024-02-28", "31.02.2024"],
            "",
            "`31.02.2024`, no date written as in ISO 8601, at row 2",
        ),
        (["28.02.2024", "31.02.2024"], "", "`31.02.2024`, no date with the day first, at row 2"),
        (["2024-02-30"], "", "`2024-02-30`, no date"),
        (["2016-12-31T23:59:60"], "", "`2016-12-31T23:59:60`, no date"),
        (["2016-12-31 23:59:60"], "format: '%Y-%m-%d %H:%M:%S'", "no date in the form"),
        (["24-02-28"], "format: '%Y-%m-%d'", "`24-02-28`, no date in the form `%Y-%m-%d`"),
        (["1.2.2024", "x"], "format: ['%d.%m.%Y', '%Y']", "in the form `%d.%m.%Y` or `%Y`"),
        (["2024-02-28"], "format: epoch", "no date in `epoch`"),
        (["1709213400000"], "format: epoch", "no date in `epoch`"),
        (["inf"], "format: epoch", "no date in `epoch`"),
        (["-99999999999"], "format: epoch", "no date in `epoch`"),
        (["9999-12-31T23:59:59-12:00"], "", "no date written"),
        (["2024-02-29T10:00+99:00"], "", "no date written"),
        (
            ["2024-02-28T10:00", "2024-02-28T10:00Z"],
            "",
            "says how far it is from UTC, as others do not",
        ),
        (["2024-02-28T10:00Z", "2024-02-28"], "", "does not say how far it is from UTC"),
        (["2024-02-28T10:00"], "time_zone: Europe/Berlin", "does not say how far its times are"),
        (["10"], "format: '%H %p'", "`format` is not understood"),
    ],
)
def test_what_is_no_date(tmp_path, values, keys, words):
    finding = dates(tmp_path, values, keys).finding()
    assert finding.code == "MS803"
    assert words in finding.message
    assert finding.help


@pytest.mark.parametrize(
    ("value", "way"),
    [("1709213400", "epoch"), ("1709213400000", "epoch_ms"), ("20240228", "%Y%m%d")],
)
def test_numbers_lead_to_the_form_they_may_have(tmp_path, value, way):
    assert way in dates(tmp_path, [value]).finding().help
    quoted = way if way.startswith("e") else f"'{way}'"
    assert rows(dates(tmp_path, [value], f"format: {quoted}, parts: [year]", 1)) == [[2024]]


def test_the_order_is_found_where_one_alone_fits(tmp_path):
    values = ["03/04/2024", "05/06/2024", "13/01/2024"]
    spec = dates(tmp_path, values, "parts: [month, day]")
    splits, found = spec.load()
    assert splits.train.inputs["x"].tolist() == [[4, 3], [6, 5], [1, 13]]
    assert [d.code for d in found] == ["MS812"]
    assert found[0].help == "write `day_first: true`, or `format`, into the spec"
    month, _ = dates(tmp_path, ["03/04/2024", "01/13/2024"], "parts: [month, day]").load()
    assert month.train.inputs["x"].tolist() == [[3, 4], [1, 13]]
    told = dates(tmp_path, values, "parts: [month, day], day_first: true")
    assert rows(told) == [[4, 3], [6, 5], [1, 13]]
    pl.DataFrame({"x": ["01/02/2024", "2024-05-06"]}).write_csv(tmp_path / "b.csv")
    report, kept = Report(), splits.preprocessing
    kept = Preprocessing.from_dict(json.loads(json.dumps(kept.to_dict())))
    new = encode_file(kept, spec.settings, spec.graph, tmp_path / "b.csv", report, False)
    assert new.inputs["x"].tolist() == [[2, 1], [5, 6]]
    assert not list(report)


def test_only_training_rows_say_the_order(tmp_path):
    pl.DataFrame({"x": ["01/13/2024", "02/03/2024"]}).write_csv(tmp_path / "a.csv")
    pl.DataFrame({"x": ["13/01/2024"]}).write_csv(tmp_path / "b.csv")
    section = "train: a.csv\ntest: b.csv\nfeatures: {x: {type: date}}"
    _, found = world(tmp_path, section, {"x": [4]}, {}).load()
    assert [d.code for d in found] == ["MS803", "MS812"]
    assert "`13/01/2024`, no date with the month first" in found[0].message


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (["01/01/2024", "03/04/2024"], "`03/04/2024` is 3 April 2024 or 4 March 2024"),
        (["01/01/2024"], "`01/01/2024` is day first or month first"),
        (["01/02/03"], "is 1 February 2003 or 2 January 2003 or 3 February 2001"),
    ],
)
def test_dates_of_two_readings_are_refused(tmp_path, values, words):
    finding = dates(tmp_path, values).finding()
    assert (finding.code, finding.path) == ("MS803", "data.features.x")
    assert words in finding.message
    assert "day_first" in finding.help


GAPS = ["2024-01-01", None, "2024-01-03", "NA", "2024-01-03", "2024-01-09 12:00", ""]


@pytest.mark.parametrize(
    ("missing", "day", "became"),
    [
        ("mean", 4 + 3 / 24, "the mean, 2024-01-04 03:00:00"),
        ("median", 3, "the median, 2024-01-03"),
        ("mode", 3, "the mode, 2024-01-03"),
        ("constant, fill: 2024-02-01", 32, "`2024-02-01`"),
    ],
)
def test_gaps_are_filled_with_dates_which_is_said(tmp_path, missing, day, became):
    keys = f"missing: {missing}, indicator: true, parts: [timestamp], normalize: none"
    spec = dates(tmp_path, GAPS, keys, 2, kind="jsonl")
    splits = spec.splits()
    start = datetime.date(2023, 12, 31).toordinal() - datetime.date(1970, 1, 1).toordinal()
    days = [[1, 0], [day, 1], [3, 0], [day, 1], [3, 0], [9.5, 0], [day, 1]]
    expected = [[start + each, mark] for each, mark in days]
    np.testing.assert_allclose(splits.train.inputs["x"], expected, rtol=1e-12)
    (counted,) = splits.counts["train"].found.values()
    assert (counted.happening, counted.cells, counted.became) == ("missing", 3, became)
    kept = Preprocessing.from_dict(json.loads(json.dumps(splits.preprocessing.to_dict())))
    pl.DataFrame({"x": [None, "2024-01-02"]}).write_ndjson(tmp_path / "b.jsonl")
    new = encode_file(kept, spec.settings, spec.graph, tmp_path / "b.jsonl", Report(), False)
    np.testing.assert_allclose(new.inputs["x"], [[start + day, 1], [start + 2, 0]], rtol=1e-12)


def test_gaps_do_not_hide_the_order_or_the_clock(tmp_path):
    values = [None, "13/02/2024", "01/02/2024"]
    splits, _ = dates(
        tmp_path, values, "missing: mode, parts: [month, day]", 2, kind="jsonl"
    ).load()
    assert splits.train.inputs["x"].tolist() == [[2, 1], [2, 13], [2, 1]]
    zoned = [None, "2024-02-01T12:00Z", "2024-02-03T12:00+00:00"]
    keys = "missing: mean, parts: [day, hour]"
    assert rows(dates(tmp_path, zoned, keys, 2, kind="jsonl"))[0] == [2, 12]
    constant = "missing: constant, fill: 2024-01-01, parts: [day, hour]"
    assert rows(dates(tmp_path, zoned, constant, 2, kind="jsonl"))[0] == [1, 0]


def test_gaps_are_refused_otherwise(tmp_path):
    finding = dates(tmp_path, GAPS, kind="jsonl").finding()
    assert "`x` has no value at lines 2, 4 and 7 of" in finding.message


DAYS = st.dates(datetime.date(1900, 1, 1), datetime.date(2099, 12, 31))
FORMS = {"day": "%d{0}%m{0}%Y", "month": "%m{0}%d{0}%Y"}


@settings(max_examples=20, deadline=None)
@given(
    st.lists(DAYS, min_size=1, max_size=8),
    st.sampled_from(sorted(FORMS)),
    st.sampled_from("/.-"),
    st.integers(1, 3),
)
def test_an_order_is_found_or_asked_for_and_never_wrong(days, order, separator, size):
    texts = [day.strftime(FORMS[order].format(separator)) for day in days]
    chunks = [pl.Series(texts[start : start + size]) for start in range(0, len(texts), size)]
    found = find_order(chunks)
    assert found == find_order([pl.Series(texts)])
    if all(day.day <= 12 for day in days):
        assert found.readings
    else:
        assert found == (order, ())
        times = read(pl.Series(texts), (), found.order).times
        assert times.dt.date().to_list() == days


MOMENTS = st.datetimes(
    datetime.datetime(1900, 1, 1),
    datetime.datetime(2100, 1, 1),
    timezones=st.integers(-14 * 4, 14 * 4).map(
        lambda quarters: datetime.timezone(datetime.timedelta(minutes=15 * quarters))
    ),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(MOMENTS, min_size=1, max_size=5), st.booleans())
def test_times_with_an_offset_are_what_python_says(moments, apart):
    texts = [each.isoformat(" " if apart else "T") for each in moments]
    utc = [each.astimezone(datetime.UTC).replace(tzinfo=None) for each in moments]
    found = read(pl.Series(texts), (), "")
    assert found.times.to_list() == utc
    assert found.zoned.all()
    assert found.shifted.to_list() == [bool(each.utcoffset()) for each in moments]


@pytest.mark.parametrize("format", ["", "%d.%m.%Y"])
def test_a_state_of_before(format):
    state = (
        f'{{"type": "date", "columns": ["x"], "missing": "error", "fill": [], "format": "{format}",'
        '"parts": ["year"], "cyclic": false, "normalize": "none", "offset": [], "scale": []}'
    )
    kept = feature_from(json.loads(state))
    assert isinstance(kept, Date)
    assert (kept.formats, kept.order, kept.clock) == ((format,) if format else (), "", "")
    assert feature_from(kept.to_dict()) == kept
