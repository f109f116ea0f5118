"""Delimited text in all dialects, stated and found by looking."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.readers import dialect as dialects
from modelspec.data.table.number_style import PLAIN, NumberStyle, as_numbers
from tests.data.readers.reading import read

if TYPE_CHECKING:
    from pathlib import Path

STYLES = [
    PLAIN,
    NumberStyle(","),
    NumberStyle(".", ","),
    NumberStyle(",", "."),
    NumberStyle(",", " "),
    NumberStyle(".", "'"),
]
NAMES = ["größe", "count", "city"]
CITIES = ["Köln", "Ulm", "São Paulo", "Rome; Italy", "a,b", 'say "x"', "tab\there", "it's"]


def written(number: float, style: NumberStyle) -> str:
    text = f"{number:,.2f}" if style.thousands else f"{number:.2f}"
    return text.translate(str.maketrans({",": style.thousands, ".": style.decimal}))


@st.composite
def files(draw: st.DrawFn) -> tuple[bytes, dict[str, object], list[tuple[float, int, str]]]:
    """A file, what states its dialect, and its rows: the first shows how numbers are written."""
    numbers = st.integers(-(10**9), 10**9).map(lambda cents: cents / 100)
    row = st.tuples(numbers, st.integers(0, 10**6), st.sampled_from(CITIES))
    rows = [(1234567.25, 1, "Köln"), *draw(st.lists(row, min_size=1, max_size=12))]
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    style = draw(st.sampled_from(STYLES))
    quote = '"' if style.thousands == "'" else draw(st.sampled_from(['"', "'"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    before = draw(st.sampled_from([[], ["# made by hand"], ["# made", "", "# by hand"]]))
    text = io.StringIO()
    # a field that holds `'` where that may be a quote is quoted: else it could be read in two ways
    writer = csv.writer(text, delimiter=separator, quotechar=quote, lineterminator=end)
    writer.writerow(NAMES)
    writer.writerows([written(number, style), count, city] for number, count, city in rows)
    stated = {
        "separator": separator,
        "decimal": style.decimal,
        "thousands": style.thousands,
        "quote": quote,
        "encoding": encoding,
        "skip_rows": len(before),
    }
    data = "".join(line + end for line in before) + text.getvalue()
    return data.encode(encoding), stated, rows


@settings(max_examples=80, deadline=None)
@given(files())
def test_what_is_stated_is_read_so(tmp_path_factory, file) -> None:
    content, stated, rows = file
    path = tmp_path_factory.mktemp("stated") / "t.csv"
    path.write_bytes(content)
    found = read(path, **stated)
    assert found.columns == {
        name: list(column) for name, column in zip(NAMES, zip(*rows, strict=True), strict=True)
    }
    assert found.notes in ((), ("lines end in CR",))


@settings(max_examples=80, deadline=None)
@given(files())
def test_what_is_not_stated_is_found(tmp_path_factory, file) -> None:
    content, stated, rows = file
    path = tmp_path_factory.mktemp("found") / "t.csv"
    path.write_bytes(content)
    hints = {} if stated["quote"] == '"' else {"quote": stated["quote"]}
    if (stated["separator"], stated["decimal"], stated["thousands"]) == (",", ",", ""):
        hints["decimal"] = ","  # `1,5` may be two numbers
    found = read(path, **hints)
    assert found.columns == {
        name: list(column) for name, column in zip(NAMES, zip(*rows, strict=True), strict=True)
    }
    said = " ".join(found.notes)
    assert ("separator" in said) == (stated["separator"] != ",")
    assert ("decimal mark" in said) == (stated["decimal"] != "." and "decimal" not in hints)
    assert ("thousands mark" in said) == (stated["thousands"] != "")
    assert ("utf-16" in said, "latin-1" in said) == (
        stated["encoding"] == "utf-16",
        stated["encoding"] == "latin-1",
    )


@pytest.mark.parametrize(
    ("content", "note", "columns"),
    [
        ("a,b\n1,2.5\n3,4\n", "", {"a": [1, 3], "b": [2.5, 4]}),
        ("a\n1.5\n2\n", "", {"a": [1.5, 2]}),
        ("name,tags\nx,a;b\ny,c;d\n", "", {"name": ["x", "y"], "tags": ["a;b", "c;d"]}),
        ("a;b\n1,5;2\n2,25;3\n", "separator `;`, decimal mark `,`", {"a": [1.5, 2.25]}),
        ('u,y\n"4,404",7.68\n"3,146",1.67\n', "thousands mark `,`", {"u": [4404, 3146]}),
        ('u,y\n"4,4",7\n"3,1",1\n', "", {"u": ["4,4", "3,1"]}),
        ('u,y\n"4,4",7.5\n"3,1",1\n', "", {"u": ["4,4", "3,1"], "y": [7.5, 1]}),
        ('u,y\n"1.234,5",7\n"3,1",1\n', "decimal mark `,`", {"u": [1234.5, 3.1]}),
        ("a;b\n1.234,5;x\n7,25;y\n", "decimal mark `,`, thousands mark `.`", {"a": [1234.5, 7.25]}),
        ("a\tb\n1 234,5\tx\n17,25\ty\n", "thousands mark ` `", {"a": [1234.5, 17.25]}),
        ("a|b\n'1|2'|x\n'3'|y\n", "quote `'`", {"a": ["1|2", "3"]}),
        ('"p";"q,r"\n"1,5";"a"\n"2,5";"b"\n', "separator `;`, decimal mark `,`", {"p": [1.5, 2.5]}),
        ("a,b\n'x','1'\n'y','2'\n", "quote `'`", {"a": ["x", "y"], "b": [1, 2]}),
        ("a,b\nit's,1\nthat's,2\n", "", {"a": ["it's", "that's"]}),
        ("# of 2020\n#\na,b\n1,2\n3,4\n", "first 2 lines do not count", {"a": [1, 3]}),
        ("#id,b\n1,2\n3,4\n", "", {"#id": [1, 3]}),
        ("sep=|\na|b\n1|2\n3|4\n", "separator `|`, the first line does not count", {"a": [1, 3]}),
        ("5.1,3.5,0\n4.9,3.0,1\n", "no header", {"column_1": [5.1, 4.9]}),
        ("2019,2020\n1,2\n3,4.5\n", "", {"2019": [1, 3], "2020": [2, 4.5]}),
        ("a,b\r1,2\r3,4\r", "lines end in CR", {"a": [1, 3]}),
        ("ip,n\n192.168.100.200,1.5\n10.168.100.201,2.5\n", "", {"n": [1.5, 2.5]}),
        ("day;n\n01.02.2020;1,5\n02.02.2020;2,5\n", "decimal mark `,`", {"n": [1.5, 2.5]}),
        ("tel;n\n030 123;1\n040 123;2\n", "separator `;`", {"tel": ["030 123", "040 123"]}),
        ("x;n\n$1.234,50;1\n$17,25;2\n", "thousands mark `.`", {"n": [1, 2]}),
        ("a,b\nNA,1\n?,2\n1,3\n2,4\n", "", {"a": ["NA", "?", "1", "2"]}),
    ],
)  # fmt: skip
def test_found_by_looking(tmp_path: Path, content, note, columns) -> None:
    (tmp_path / "t.csv").write_bytes(content.encode())
    found = read(tmp_path / "t.csv")
    assert not found.found
    assert {name: found.columns[name] for name in columns} == columns
    assert note in " ".join(found.notes)
    assert bool(note) == bool(found.notes)


@pytest.mark.parametrize(
    ("content", "said", "value", "stated"),
    [
        ("a;b\n1,234;x\n5,678;y\n", "`1,234` of `a` is read as 1.234", 1.234, {"thousands": ","}),
        ("a;b\n1.234;x\n5.678;y\n", "`1.234` of `a` is read as 1.234", 1.234, {"thousands": "."}),
        ('a,b\n"1,234",x\n"5,678",y\n', "`1,234` of `a` is read as 1234", 1234, {"decimal": ","}),
    ],
)
def test_what_can_be_read_in_two_ways_is_said(tmp_path, content, said, value, stated) -> None:
    (tmp_path / "t.csv").write_text(content)
    found = read(tmp_path / "t.csv")
    assert found.columns["a"][0] == value
    note = found.notes[-1]
    assert said in note
    ((key, mark),) = stated.items()
    assert f'state `format: {{{key}: "{mark}"}}`' in note
    other = read(tmp_path / "t.csv", **stated)
    assert other.columns["a"][0] == (1234 if value == 1.234 else 1.234)
    assert not any("is read as" in note for note in other.notes)


def test_two_ways_are_read_as_in_training(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a;b\n1,234;x\n5,678;y\n")
    for trained, value in ((NumberStyle(","), 1.234), (NumberStyle(".", ","), 1234)):
        found = read(tmp_path / "t.csv", trained)
        assert found.columns["a"][0] == value
        assert found.notes == (f"separator `;`, {trained.text}",)
    (tmp_path / "t.csv").write_text("a,b\n1.5,x\n2.5,y\n")
    found = read(tmp_path / "t.csv", NumberStyle(","))
    assert found.columns["a"] == [1.5, 2.5]
    assert found.notes == ("numbers not as in training (decimal mark `,`)",)


@pytest.mark.parametrize(
    ("stated", "content", "columns"),
    [
        ({"header": False}, "a,1\nb,2\n", {"column_1": ["a", "b"], "column_2": [1, 2]}),
        ({"header": ["x", "y, z"]}, "a,1\nb,2\n", {"x": ["a", "b"], "y, z": [1, 2]}),
        ({"header": True}, "0.5,1.5\n1,2\n", {"0.5": [1], "1.5": [2]}),
        ({"skip_rows": 2}, 'made, "by\nhand\na,b\n1,2\n', {"a": [1], "b": [2]}),
        ({"skip_rows": 1, "header": ["x", "y"]}, "a,b\n1,2\n", {"x": [1], "y": [2]}),
        ({"comment": "//"}, "// c\na,b\n1,2\n// d,e,f\n3,4\n", {"a": [1, 3], "b": [2, 4]}),
        ({"comment": "#"}, '#c\na,b\n1,"x\n#y"\n#z\n3,w\n', {"a": [1, 3], "b": ["x\n#y", "w"]}),
        ({"quote": ""}, 'a,b\n5" pipe,1\nx,2\n', {"a": ['5" pipe', "x"], "b": [1, 2]}),
        ({"encoding": "cp1251"}, "город,n\nРим,1\n", {"город": ["Рим"], "n": [1]}),
        ({"decimal": ".", "separator": ";"}, "a;b\n1,5;2.5\n", {"a": ["1,5"], "b": [2.5]}),
    ],
)
def test_what_is_stated_has_its_effect(tmp_path, stated, content, columns) -> None:
    (tmp_path / "t.csv").write_bytes(content.encode(stated.get("encoding", "utf-8")))
    found = read(tmp_path / "t.csv", **stated)
    assert not found.found
    assert (found.columns, found.notes) == (columns, ())


@pytest.mark.parametrize(
    ("stated", "content"),
    [
        ({"comment": "#"}, "# c\na,b\n1,2\n# d\n3\n"),
        ({"skip_rows": 1}, "x\na,b\n1,2\n1,2\n3\n"),
        ({"header": ["a", "b"]}, "1,2\n1,2\n1,2\n1,2\n3\n"),
        ({}, "a;b\r1;2\r1;2\r1;2\r3\r"),
    ],
)
def test_lines_keep_their_numbers(tmp_path, stated, content) -> None:
    (tmp_path / "t.csv").write_text(content, newline="")
    finding = read(tmp_path / "t.csv", **stated).finding()
    assert "line 5" in finding.message
    assert finding.span.line == 5


def test_only_the_beginning_is_looked_at(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(dialects, "SAMPLE", 64)
    monkeypatch.setattr("modelspec.data.readers.prepared.SAMPLE", 64)
    path = tmp_path / "t.csv"
    path.write_bytes(b"a,b\n" + b"1,x\n" * 50 + "2,é\n".encode("latin-1"))
    finding = read(path).finding()
    assert "is not UTF-8: byte 0xe9 on line 52" in finding.message
    assert "encoding" in finding.help
    assert read(path, encoding="latin-1").columns["b"][-1] == "é"
    path.write_bytes(b"a,b\n" + "1,é\n".encode() * 50)  # cut inside of a character
    assert read(path).columns["b"] == ["é"] * 50


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(STYLES))
def test_numbers_of_all_styles(number: float, style: NumberStyle) -> None:
    import polars as pl

    text = (
        written(number, style) if abs(number) < 1e15 else repr(number).replace(".", style.decimal)
    )
    exact = float(f"{number:.2f}") if abs(number) < 1e15 else number
    assert as_numbers(pl.Series([text, None, "x", ""], dtype=pl.String), style).to_list() == [
        exact, None, None, None
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("1,5", NumberStyle(".", ",")),
        ("12,34", NumberStyle(".", ",")),
        ("1,2345", NumberStyle(".", ",")),
        ("0,404", NumberStyle(".", ",")),
        ("1.234,567,8", NumberStyle(",", ".")),
        ("1.5", NumberStyle(",")),
        ("1.5", NumberStyle(",", ".")),
        ("1,234.5", NumberStyle(",", ".")),
        ("inf,", NumberStyle(",")),
    ],
)
def test_no_number_of_a_style(text: str, style: NumberStyle) -> None:
    import polars as pl

    assert as_numbers(pl.Series([text]), style).to_list() == [None]
