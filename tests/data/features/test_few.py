"""A few rows as Python has them become what a table of them becomes: bits, findings and counts."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from modelspec.data import CellCounts, LazyArray, RowEncoder
from modelspec.data.features.absent import BLANKS
from modelspec.data.features.few_instants import InstantReader
from modelspec.data.readers import in_memory
from modelspec.data.table.few_rows import FewRows
from modelspec.data.table.model_fields import model_fields
from modelspec.diagnostics import Report
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Splits
    from modelspec.data.features import Feature
    from modelspec.data.features.few import FewEncoder

INPUTS = {
    "scaled": [4],
    "whole": ([1], "int64"),
    "curved": [2],
    "share": ([1], "float64"),
    "price": [2],
    "town": [5],
    "plan": ([1], "int64"),
    "paid": [2],
    "level": [1],
    "tags": [4],
    "codes": [2],
    "kinds": [4],
    "ids": ([2], "int64"),
    "said": (["T"], "int64"),
    "cut": ([3], "int64"),
    "letters": ([4, 9], "float32"),
    "since": [8],
    "seen": [3],
    "born": [2],
    "met": [3],
    "flown": [4],
    "logged": [2],
    "stamped": [2],
    "steps": ["S", 1],
    "pairs": ([2, 2], "int64"),
    "pixels": [2, 2],
}
SECTION = """\
    file: t.parquet
    features:
      scaled: {columns: [a, b], normalize: standard, missing: mean, indicator: true}
      whole: {column: w, missing: constant, fill: 3, missing_values: [-9]}
      curved: {columns: [l, q], normalize: {l: log1p, q: quantile}, clip: [-2, 2]}
      share: {format: percent, missing: mean, missing_values: [-9]}
      price: {columns: [fee, cost], format: currency, missing: median, missing_values: [-9]}
      town: {type: category, unknown: other, missing: mode, encode: one_hot, indicator: true}
      plan: {type: category, unknown: ignore, encode: index, lower: true, missing_values: [none, 7]}
      paid: {type: category, encode: one_hot}
      level: {type: category, encode: index, missing: constant, fill: 2}
      tags: {type: category, encode: multi_hot, unknown: ignore, lower: true, size: 4}
      codes: {type: category, encode: multi_hot, separator: " ", missing: mode}
      kinds: {type: category, columns: [k, m], missing: mode, encode: one_hot, unknown: ignore}
      ids: {type: category, columns: [m, level], encode: index, unknown: ignore, missing: mode}
"""
SECTION += """\
      said: {type: text, missing: constant, fill: none at all, missing_values: [nothing, 7]}
      cut: {type: text, length: 3, lower: false, start: "[", stop: "]", truncate: start}
      letters: {type: text, tokenizer: character, pad: start, drop: last, vocabulary: 9}
      since:
        type: date
        parts: [year, quarter, month, week, day, weekday, is_weekend, yearday]
        normalize: standard
      seen: {type: date, parts: [hour, timestamp], cyclic: true, missing: mode}
      born: {type: date, format: ["%d.%m.%Y", "%Y/%m/%d", "%d.%m.%Y %H:%M"],
             parts: [timestamp], missing: median,
             indicator: true, normalize: standard}
      met: {type: date, day_first: true, parts: [day, month, hour], missing: constant,
            fill: 01/02/2003}
      flown: {type: date, time_zone: Europe/Berlin, parts: [timestamp, yearday, hour, minute]}
      logged: {type: date, format: epoch, parts: [day, timestamp]}
      stamped: {type: date, format: "%Y%m%d %H:%M%z", parts: [day, hour]}
      steps: {type: sequence, normalize: standard, clip: [-1, 1]}
      pairs: {type: sequence, length: 2, missing_values: [-9]}
      pixels: {type: number, normalize: minmax}
"""
TEXTS = ["red, Blue,x", "1 2", "Ulm", "Köln", "other", "basic", "ΣΑΣ", "True", "x", "yes"]
ROWS: dict[str, list[Any]] = {
    "a": [1, 2, 4, 8],
    "b": [0.5, -0.25, 1e6, 3],
    "w": [3, 4, 3, 5],
    "l": [0, 1, 2, 30],
    "q": [0.1, 0.2, 0.3, 5],
    "share": ["12.5%", "57 %", "100%", "0%"],
    "fee": ["$12", "$ 3.50", "7 $", "-$2"],
    "cost": ["1.5", "2", "1", "-3"],
    "town": ["Ulm", "Ulm", "Köln", "Jena"],
    "plan": ["Basic", "pro", "ÄLTER", "basic"],
    "paid": [True, False, True, True],
    "level": [1, 2, 10, 2],
    "tags": ["Red, green", "", "blue,", "red"],
    "codes": ["1 2", "2", "1  1", "1 2"],
    "k": ["x", "y", "x", "y"],
    "m": ["yes", "no", "no", "yes"],
    "said": ["It's so.", "No, it is not", "Größe", "so so"],
    "cut": ["a b", "B a", "c", "a a a a"],
    "letters": ["abc", "ba c", "d", "ccccc"],
    "since": ["2020-01-05", "2021-12-31", "1999-07-01", "2024-02-29"],
    "seen": ["2020-01-05T10:30", "2020-01-05 23:59:59.25", "2020-01-06", "1969-12-31T00:00:01"],
    "born": ["24.12.1999", "01.02.1980 07:30", "2001/01/01", "1.1.2020"],
    "met": ["05/01/2024", "31/12/2020 23:59", "2020-07-01", "1/2/2021 11:30:05 PM"],
    "flown": [
        "2024-07-01T12:00Z",
        "2024-01-01 00:30:00+0530",
        "1999-12-31T23:59:59.5-02:00",
        "2024-10-28T12:00:00Z",
    ],
    "logged": [1733857170, 0, -86400, 1577836800],
    "stamped": [
        "20240131 10:30+0200",
        "20191231 23:59-11:30",
        "19990101 00:00+0000",
        "20000229 9:05-0300",
    ],
    "steps": [[1, 2, 3], [0.5], [4.0, -1], [2]],
    "pairs": [[[1, 2], [3, 4]], [[5, 6]], [[0, 0]], [[1, 1], [2, 2], [3, 3]]],
    "pixels": [[[0.5, 1], [2, 3]], [[1, 1], [1, 1]], [[0, 2], [2, 9]], [[3, 3], [3, 3]]],
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 12),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.sampled_from([0.0, -0.0, 7.0, 2.5, -1.0, -1e-300, 1e39, -9, 10.0, 2**53, 2**53 + 1]),
    st.text(max_size=3),
    st.sampled_from(
        [*TEXTS, "KÖLN", "ulm", "BASIC", "älter", "True ", "false", "0.0", "-0", "-0.0"]
    ),
    st.sampled_from(
        [
            "5%",
            "1,5 %",
            "-3%",
            "$5",
            "$-5",
            "€7",
            "1,200 $",
            "(3)",
            "$1.234",
            "1.234%",
            "-9%",
            "1",
            "2.0",
            "+3",
            ".5",
            "4.",
            "1e2",
            "1_0",
            "0x1",
            "1,5",
            "inf",
            "nan",
            "-9",
            "٣",
        ]
    ),
    st.sampled_from(
        ["", " ", "\u3000", "\x1f", "NA", " ? ", "none", "7", "7.0", "\ud800", "a\x00"]
    ),
    st.lists(st.one_of(st.integers(0, 3), st.floats(), st.none(), st.booleans()), max_size=2),
    st.lists(st.lists(st.integers(-9, 3), min_size=2, max_size=2), max_size=3),
    st.datetimes().map(lambda each: each.isoformat(" ")),
    st.dates().map(str),
    st.sampled_from(["2024-13-01", "0099-01-01", "2024-1-5", "2024-01-05T10:00Z", "05.01.2024"]),
    st.sampled_from(["2024-01-05 24:00", "2024-01-05T23:59:60", "2024-01-05 10:00:00.1234567"]),
    st.from_regex(r"\A[0-3]?\d[./-][01]?\d[./-](20)?\d\d( 1?\d:[0-5]\d( ?[AP]M)?)?\Z"),
    st.from_regex(r"\A20\d\d([/-])[01]?\d\1[0-3]?\d([T ]\d\d:[0-5]\d(Z|[+-][01]\d:?\d\d))?\Z"),
    st.text(st.characters(max_codepoint=0x2FF), max_size=9),
    st.just({"a": 1}),
    st.just(b"x"),
)


class Fitted(NamedTuple):
    encoder: RowEncoder
    fields: dict[str, tuple[Feature, FewEncoder | None]]

    def __repr__(self) -> str:
        return "Fitted()"


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> Fitted:
    folder = tmp_path_factory.mktemp("few")
    pl.DataFrame(ROWS).write_parquet(folder / "t.parquet")
    spec = world(folder, SECTION, INPUTS, {})
    splits, found = spec.load()
    assert splits, [each.message for each in found]
    return fitted_by(spec, splits)


def fitted_by(spec: World, splits: Splits) -> Fitted:
    features, minimums = splits.preprocessing.features, spec.graph.minimums
    fields = {
        name: (features[name], features[name].few(field, minimums))
        for name, field in model_fields(spec.graph, ()).items()
    }
    return Fitted(RowEncoder(splits.preprocessing, spec.graph), fields)


@st.composite
def records(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows like those of the training, some with cells that are not."""
    count = draw(st.integers(1, 3))
    rows = [
        {name: draw(st.sampled_from(known)) for name, known in ROWS.items()} for _ in range(count)
    ]
    for name in draw(st.lists(st.sampled_from(sorted(ROWS)), max_size=3)):
        for row in rows:
            if draw(st.booleans()):
                row[name] = draw(ODD)
    return rows


def encoded(
    fitted: Fitted, rows: Any, monkeypatch: pytest.MonkeyPatch, most: int
) -> dict[str, Any]:
    """All that can be told of the encoding of rows, of which so many are few."""
    monkeypatch.setattr(in_memory, "FEW", most)
    report, counts = Report(), CellCounts()
    try:
        arrays = fitted.encoder.encode_rows(rows, report, targets=False, counts=counts)
    except (ValueError, TypeError, OverflowError, UnicodeError) as error:
        return {"error": repr(error)}
    told = {"findings": [str(each) for each in report], "counts": counts.to_dict()}
    if arrays is None:
        return told
    for name, each in arrays.inputs.items():
        values = each.take(np.arange(len(each))) if isinstance(each, LazyArray) else each
        assert values.flags.c_contiguous
        assert values.flags.writeable
        told[name] = (values.dtype, values.shape, values.tobytes())
    return told


@given(rows=records())
@settings(max_examples=40)
def test_few_rows_become_what_a_table_of_them_becomes(
    fitted: Fitted, rows: list[dict[str, Any]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        assert encoded(fitted, rows, patch, 9) == encoded(fitted, rows, patch, 0)


SOUND: dict[str, list[Any]] = {
    "a": [None, math.nan, True, "3", " 1e2 ", ".5", -0.0, "NA", 2**53],
    "w": [-9, -9.0, "-9", " -9.0", None, 4.0, "+4.", True],
    "l": ["0.5", 30, 1e6, False],
    "share": ["-5.25 %", "NA", None, "0.1%", " 7% ", "-9"],
    "fee": [12, "-9", "$9", 2.5, None, "$-4", "12.5", "$1,200", "-9"],
    "cost": ["-3", "4", 5, None, "€ 6", "-9", ".5"],
    "town": ["Bonn", None, " Ulm\u3000", "other", "", 7, 7.5],
    "plan": ["BASIC", "älter", " neu", "ΣΑΣ"],
    "paid": ["TRUE", "no", "1.0", 0, "f", 1.0],
    "level": ["2.0", 2.0, "10", None, "1.00", 2, ""],
    "tags": ["RED,,Blue", None, "grün, pink , red", 7, " , "],
    "codes": [1, "2.0", None, "1 \u3000 2", " "],
    "k": [" x", None, "z", 2.5, True],
    "m": [True, "NO", "0", 1.0, "?"],
    "said": ["nothing", None, " 7 ", "NOTHING", "Ünbekannt It's", "\n"],
    "cut": ["a", "[ ]", "b  b", "B"],
    "letters": ["zzz", "ccccccccc"],
    "since": ["2020-12-31", " 2019-12-30 ", "2016-02-29T00:00", "2400-01-01"],
    "seen": ["2300-05-06 07:08:09.123456", None, "NA", "0100-01-01", "1600-02-29T23:00"],
    "born": ["29.2.2024", None, "2020/02/03", " 07.08.1909 ", "01.01.0101"],
    "met": ["2024-02-29T10:11", "1.2.2020", "9-8-2007 07:06", "NA", "12/12/2012 12:00 AM"],
    "flown": [
        "2024-03-31T00:59Z",
        "2024-03-31T01:00Z",
        "2024-10-27 03:30+02:00",
        "1969-01-01T00:00Z",
        "2098-07-01 10:00:00.123456+0000",
        "2024-12-31T23:30Z",
    ],
    "logged": ["1733857170", 1, " 12 ", 4102444800, "-4102444800"],
    "stamped": ["20240131 10:30+02:00", "20240131  9:05+0000"],
    "steps": [[-9, 9.5], [True, 2], [1] * 9],
    "pairs": [[[1, 2]], [[1.0, 2]], [[2, 1], [0, 0], [5, 5]]],
    "pixels": [[[1, 2], [3, 4.5]], [[True, 0], [1, 1]], [[0, 0], [0, 0]]],
}
BAD: dict[str, list[Any]] = {
    "w": [2.5, 1e300, "4.5", math.inf, -(2**60)],
    "b": ["1_0", "x", [1], 1e300],
    "share": ["12", 12.5, "5%%", "1.5.%", True],
    "fee": ["€3", "12 EUR", "($-3)", "$", "x"],
    "l": [-1, None, "-2"],
    "plan": [None, 7, " none", " "],
    "paid": ["perhaps", 2, 0.5],
    "level": [2.5, "2.50", "-0"],
    "codes": ["3", "1 x", 2.5],
    "cut": [None, " "],
    "since": ["2024-02-30", "0099-01-01", "2020-01-05T10:00Z", "", None],
    "born": ["31.02.2024", "2024-01-05", "01.01.99", "24.12.1999 24:00"],
    "met": ["13/13/2020", "10/10/20x", "2020-07-01T10:00Z", "25/12/2020 25:00"],
    "flown": ["2024-07-01T12:00", "2024-07-01T12:00+25:00", "2024-07-01", None],
    "logged": [10**17, "1.5x", None, "9" * 30],
    "stamped": ["20240131 10:30", "20240131 10:30+02", "20240132 10:30Z"],
    "steps": [[math.nan], None, 3, ["x"], [[1], [2]]],
    "pairs": [[[-9, 1]], [[1.5, 1]], [[1], [2, 3]]],
    "pixels": [[1, 2], [[1], [2]], None, [[math.inf, 1], [1, 1]]],
}


@pytest.mark.parametrize("place", range(9))
def test_sound_cells_of_all_kinds(fitted: Fitted, place: int) -> None:
    row = {name: known[0] for name, known in ROWS.items()}
    row |= {name: cells[place % len(cells)] for name, cells in SOUND.items()}
    with pytest.MonkeyPatch.context() as patch:
        found = encoded(fitted, [row], patch, 9)
        assert found == encoded(fitted, [row], patch, 0)
    assert set(INPUTS) <= set(found), found


@pytest.mark.parametrize("place", range(5))
def test_bad_cells_of_all_kinds(fitted: Fitted, place: int) -> None:
    row = {name: known[0] for name, known in ROWS.items()}
    bad = {name: cells[place % len(cells)] for name, cells in BAD.items()}
    rows = [row, {**row, **bad}]
    with pytest.MonkeyPatch.context() as patch:
        found = encoded(fitted, rows, patch, 9)
        assert found == encoded(fitted, rows, patch, 0)
    assert not set(INPUTS) & set(found)
    for name, cell in bad.items():
        few = FewRows(
            2, {**{each: [row[each]] * 2 for each in row}, name: [row[name], cell]}.get, True
        )
        for feature, encoder in fitted.fields.values():
            if name in feature.columns:
                assert encoder
                assert encoder.encode(few) is None, (name, cell)


@given(rows=records())
@settings(max_examples=12)
def test_columns_and_frames_are_rows_as_well(fitted: Fitted, rows: list[dict[str, Any]]) -> None:
    columns = {name: [row[name] for row in rows] for name in ROWS}
    with pytest.MonkeyPatch.context() as patch:
        wanted = encoded(fitted, rows, patch, 9)
        assert encoded(fitted, columns, patch, 9) == wanted
        try:
            frame = in_memory.columns_of(columns)
        except ValueError:
            return
        assert encoded(fitted, frame, patch, 9) == encoded(fitted, frame, patch, 0)


def refuse(*_: object) -> None:
    raise AssertionError("a table was read")


def test_few_rows_need_no_table(fitted: Fitted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory.RowsSource, "read", refuse)
    rows = [{name: known[place] for name, known in ROWS.items()} for place in range(4)]
    rows += [{**rows[0], "a": None, "town": "Bonn", "k": " z ", "w": "-9", "level": 2.0}]
    rows += [{**rows[0], "a": math.nan, "town": None, "plan": "neu", "paid": False}]
    for each in ([row] for row in rows):
        found = encoded(fitted, each, monkeypatch, 9)
        assert all("'MS810'" in each for each in found["findings"])
    happened = [each["happening"] for each in found["counts"]["columns"]]
    assert happened == ["missing", "clipped", "missing", "unknown", "truncated"]
    with pytest.raises(AssertionError, match="a table was read"):
        encoded(fitted, [{**rows[0], "paid": "perhaps"}], monkeypatch, 9)


def test_pictures_need_no_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, color in (("a.png", "red"), ("b.png", "#01020380")):
        Image.new("RGBA", (3, 2), color).save(name)
    (tmp_path / "no.png").write_text("none")
    pl.DataFrame({"photo": ["a.png", "b.png"]}).write_parquet("t.parquet")
    section = "    file: t.parquet\n    features: {photo: {type: image, missing: drop}}"
    spec = world(tmp_path, section, {"photo": [2, 2, 3]}, {})
    splits, found = spec.load()
    assert splits, found
    known = fitted_by(spec, splits)
    for photo in ("b.png", " a.png ", "", None, "no.png", "c.png", 7, "a\x00"):
        rows = [{"photo": "b.png"}, {"photo": photo}]
        assert encoded(known, rows, monkeypatch, 9) == encoded(known, rows, monkeypatch, 0)
    monkeypatch.setattr(in_memory.RowsSource, "read", refuse)
    assert encoded(known, [{"photo": " a.png "}, {"photo": "b.png"}], monkeypatch, 9)["photo"]


def test_threads_may_encode_at_once(fitted: Fitted) -> None:
    rows = [{name: known[place % 4] for name, known in ROWS.items()} for place in range(8)]

    def arrays(row: dict[str, Any]) -> dict[str, bytes]:
        found = fitted.encoder.encode_rows([row], Report(), targets=False, counts=CellCounts())
        assert found is not None
        return {name: each.tobytes() for name, each in found.batch(np.arange(1))[0].items()}

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(arrays, rows))
    assert told == [arrays(row) for row in rows]


def test_a_form_that_an_earlier_one_may_be_is_not_sure() -> None:
    reader = InstantReader(("%Y.%m.%d", "%d.%m.%Y"), "")
    assert reader.instant("1999.12.24") == InstantReader((), "").instant("1999-12-24")
    assert reader.instant("24.12.1999") is None


def test_blanks_are_those_of_polars() -> None:
    characters = [chr(each) for each in range(sys.maxunicode + 1) if not 0xD800 <= each < 0xE000]
    stripped = pl.Series(characters).str.strip_chars() == ""
    assert "".join(pl.Series(characters).filter(stripped)) == BLANKS


def test_lower_case_is_that_of_polars_where_python_makes_it() -> None:
    characters = [f"a{chr(each)}b" for each in range(0x590) if chr(each) != "Σ"]
    assert pl.Series(characters).str.to_lowercase().to_list() == [
        each.lower() for each in characters
    ]
