"""One table in all formats, under its own name and under others; compressed, damaged, too large."""

from __future__ import annotations

import gzip
import io
import json
import os
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.readers import content, open_source, unpacked
from modelspec.data.table.findings import Findings
from modelspec.diagnostics import Report
from modelspec.source.data_suffixes import FORMATS, SUFFIXES, TEXT_FORMATS, WRITTEN, format_of
from tests.data.readers.reading import read

TABLE = {"age": [72, 40, 75], "income": [1.5, 47000.0, 38000.25], "city": ["Oslo", "Köln", "Ulm"]}
FRAME = pl.DataFrame(TABLE)


def records() -> list[dict[str, object]]:
    return FRAME.to_dicts()


def labelled() -> dict[str, dict[str, object]]:
    return {name: dict(zip("012", values, strict=True)) for name, values in TABLE.items()}


def npz() -> bytes:
    file = io.BytesIO()
    np.savez(file, **{name: np.array(values) for name, values in TABLE.items()})
    return file.getvalue()


def binary(write: str) -> bytes:
    file = io.BytesIO()
    getattr(FRAME, write)(file)
    return file.getvalue()


CONTENTS: dict[str, bytes] = {
    "csv": FRAME.write_csv().encode(),
    "csv-semicolons": FRAME.write_csv(separator=";", decimal_comma=True).encode(),
    "tsv": FRAME.write_csv(separator="\t").encode(),
    "parquet": binary("write_parquet"),
    "arrow": binary("write_ipc"),
    "arrow-stream": binary("write_ipc_stream"),
    "npz": npz(),
    "jsonl": FRAME.write_ndjson().encode(),
    "jsonl-bom": b"\xef\xbb\xbf" + FRAME.write_ndjson().encode(),
    "json": json.dumps(records()).encode(),
    "json-indented": json.dumps(records(), indent=2, ensure_ascii=False).encode(),
    "json-columns": json.dumps(TABLE).encode(),
    "json-labelled": json.dumps(labelled()).encode(),
    "json-rows": json.dumps({str(n): row for n, row in enumerate(records())}).encode(),
    "json-split": json.dumps(FRAME.to_dict(as_series=False) and {
        "columns": FRAME.columns, "index": [0, 1, 2], "data": FRAME.rows()
    }).encode(),
    "json-one-after-another": "\n".join(json.dumps(r, indent=1) for r in records()).encode(),
}  # fmt: skip


def kind(name: str) -> str:
    return name.partition("-")[0]


@pytest.mark.parametrize("name", CONTENTS)
def test_the_same_table(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"t.{kind(name)}"
    path.write_bytes(CONTENTS[name])
    found = read(path)
    assert not found.found
    assert found.columns == TABLE
    assert found.notes == (("separator `;`, decimal mark `,`",) if "semi" in name else ())


@pytest.mark.parametrize("suffix", ["csv", "parquet", "jsonl", "arrow", "npz", "json"])
@pytest.mark.parametrize(
    "name", [name for name in CONTENTS if kind(name) not in ("csv", "tsv") and "after" not in name]
)
def test_under_a_wrong_name(tmp_path: Path, name: str, suffix: str) -> None:
    """What a file holds counts, or it is refused with what it is; it is never read wrongly."""
    if suffix == "jsonl" and name in ("json-columns", "json-labelled", "json-rows", "json-split"):
        return  # sound lines: one row of lists, or of objects
    path = tmp_path / f"t.{suffix}"
    path.write_bytes(CONTENTS[name])
    found = read(path)
    if found.found:
        assert [each.code for each in found.found] == ["MS801"]
        return
    assert found.columns == TABLE
    same = suffix == kind(name) or {suffix, kind(name)} == {"json", "jsonl"}
    assert same or f"holds {content.CALLED[kind(name)].removesuffix('L')}" in " ".join(found.notes)


@pytest.mark.parametrize("name", ["json", "parquet", "arrow", "npz"])
def test_a_table_that_is_no_csv(tmp_path: Path, name: str) -> None:
    (tmp_path / "t.csv").write_bytes(CONTENTS[name])
    found = read(tmp_path / "t.csv")
    assert found.columns == TABLE
    assert found.notes == (f"holds {content.CALLED[name]}, not CSV",)


@pytest.mark.parametrize("name", [name for name in CONTENTS if kind(name) in TEXT_FORMATS])
def test_compressed_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / f"t.{kind(name)}.gz"
    path.write_bytes(gzip.compress(CONTENTS[name], mtime=0))
    assert read(path).columns == TABLE
    path = path.rename(tmp_path / f"t.{kind(name)}")
    found = read(path)
    assert found.columns == TABLE
    assert found.notes[0] == "compressed by gzip"


@pytest.mark.skipif(not find_spec("zstandard"), reason="zstandard is not installed")
def test_zstandard(tmp_path: Path) -> None:
    import zstandard

    whole = zstandard.ZstdCompressor().compress(CONTENTS["csv"])
    (tmp_path / "t.csv.zst").write_bytes(whole)
    assert read(tmp_path / "t.csv.zst").columns == TABLE
    (tmp_path / "t.csv.zst").write_bytes(whole[:-9])
    assert "ends before its end" in read(tmp_path / "t.csv.zst").finding().message
    (tmp_path / "t.csv.zst").write_bytes(whole[:4] + b"\xff" * 9)
    assert "cannot be unpacked" in read(tmp_path / "t.csv.zst").finding().message
    two = zstandard.ZstdCompressor().compress(b"9,9.5,Rome\n")
    (tmp_path / "t.csv.zst").write_bytes(whole + two)
    assert read(tmp_path / "t.csv.zst").columns["age"] == [*TABLE["age"], 9]


@pytest.mark.skipif(not find_spec("fastexcel"), reason="fastexcel is not installed")
def test_excel(tmp_path: Path) -> None:
    from tests.data.readers.workbook import workbook

    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook({"first": [["x"], [1]], "people": [[*TABLE], *FRAME.rows()]}))
    assert read(path).columns == {"x": [1]}
    found = read(path, sheet="people")
    assert found.columns == TABLE
    finding = read(path, sheet="peopel").finding()
    assert "did you mean `people`?" in finding.help
    (tmp_path / "u.xlsx").write_bytes(workbook({"first": [["a", "a", "b"], [1, 2, 3]]}))
    source = open_source("excel", Findings(Report(), str(tmp_path / "u.xlsx")))
    assert source
    assert source.repeated == {"a"}
    path = path.rename(tmp_path / "t.csv")
    found = read(path)
    assert found.columns == {"x": [1]}
    assert found.notes == ("holds an Excel workbook, not CSV",)
    (tmp_path / "t.xlsx").write_bytes(path.read_bytes()[:-40])
    assert read(tmp_path / "t.xlsx").finding().code == "MS801"


@pytest.mark.skipif(not find_spec("fastexcel"), reason="fastexcel is not installed")
def test_a_workbook_that_unpacks_to_too_much(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("modelspec.data.readers.excel.MOST_FREE", 1 << 16)
    with zipfile.ZipFile(tmp_path / "t.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("xl/bomb.xml", " " * (1 << 22))
    assert "unpacks to more than" in read(tmp_path / "t.xlsx").finding().message


def test_what_unpacks_to_too_much(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(unpacked, "MOST_FREE", 1 << 16)
    before = set(os.listdir(tempfile.gettempdir()))
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * (1 << 20)))
    finding = read(tmp_path / "t.csv.gz").finding()
    most = 100 * (tmp_path / "t.csv.gz").stat().st_size
    assert f"unpacks to more than {most:,} bytes" in finding.message
    left = set(os.listdir(tempfile.gettempdir())) - before
    assert not [name for name in left if name.startswith("modelspec-")]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("t.csv.gz", gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-9], "cannot be unpacked by gzip"),
        ("t.csv.gz", gzip.compress(b"", mtime=0), "is empty"),
        ("t.csv.gz", b"\x1f\x8bnonsense", "cannot be unpacked"),
        (
            "t.parquet",
            gzip.compress(b"PAR1", mtime=0),
            "compressed by gzip, which Parquet files are not",
        ),
        ("t.csv", b"FEA1\0\0\0\0", "Feather of version 1"),
        ("t.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "before 2007"),
        ("t.csv", b"%PDF-1.4\n", "is PDF"),
        ("t.csv", b"SQLite format 3\0", "an SQLite database"),
        ("t.arrow", b"ARROW1\0\0nonsense", "cannot be read as Arrow"),
        ("t.parquet", b"PAR1nonsensePAR1", "cannot be read as Parquet"),
        ("t.json", b'{"a": [1, 2], "b": [1]}', "differ in rows"),
        ("t.json", b'[{"a": 1}, {"a": 2}', "ends in the middle"),
        ("t.json", b'[{"a": 1}] 3', "something follows its end"),
        ("t.json", b'[{"a": 1}]]', "closed that was not opened"),
        ("t.json", b'{"a": {"x": 1}, "b": {"y": 2}}', "has not the keys"),
        ("t.json", b'{"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 2}}', "columns or the labels"),
        ("t.json", b'{"a": [1], "a": [2]}', "`a` is there twice"),
        ("t.json", b'{"a": [Infinity]}', "`Infinity`"),
        ("t.json", b"a,b\n1,2\n", "begins with neither"),
        ("t.json", b'[{"a": 1}, 3]', "record 2"),
        ("t.json", b'[{"a": 1}, {"a": 2 "b"}]', "record 2"),
        ("t.json", "[]".encode("utf-16"), "UTF-16"),
        ("t.json", b"[" * 100_000, "more than 64 deep"),
        ("t.json", b'[{"a":' + b"[" * 99 + b"]" * 99 + b"}]", "more than 64 deep"),
        ("t.json", b'{"a":' * 90_000, "more than 64 deep"),
        ("t.jsonl", b'{"a":' + b"[" * 99_999 + b"]" * 99_999 + b"}\n", "64 deep"),
        ("t.csv", b'[{"a":' + b"[" * 99_999, "more than 64 deep"),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path: Path, name, data, words) -> None:
    (tmp_path / name).write_bytes(data)
    finding = read(tmp_path / name).finding()
    assert finding.code == "MS801"
    assert words in finding.message


def test_documents_in_blocks_of_any_size(tmp_path: Path, monkeypatch) -> None:
    text = json.dumps([{"a": '"x\\', "b": "[{,\n]"}, {"a": "é\\\\", "b": '\\"'}], indent=1)
    for size in (1, 2, 3, 7, 1000):
        monkeypatch.setattr("modelspec.data.readers.json_documents._BLOCK", max(size, 1))
        (tmp_path / "t.json").write_text(text)
        assert read(tmp_path / "t.json").columns == {
            "a": ['"x\\', "é\\\\"],
            "b": ["[{,\n]", '\\"'],
        }


def test_one_record(tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text('{"a": 1, "b": "x"}')
    assert read(tmp_path / "t.json").columns == {"a": [1], "b": ["x"]}


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "folder"])
def test_special_files_are_not_opened(tmp_path: Path, format: str) -> None:
    for suffix in (each for each, of in SUFFIXES.items() if of == format):
        path = tmp_path / f"pipe.{suffix}"
        os.mkfifo(path)
        assert "a named pipe" in read(path).finding().message
    assert "a device" in read(type(tmp_path)("/dev/zero"), type=format).finding().message


@pytest.mark.parametrize(
    ("path", "format"),
    [
        ("a.CSV", "csv"),
        ("a.csv.gz", "csv"),
        ("a.jsonl.zst", "jsonl"),
        ("a.parquet.gz", None),
        ("a.gz", None),
        ("gz", None),
        ("a/", "folder"),
        ("a.feather", "arrow"),
    ],
)
def test_suffixes(path: str, format: str | None) -> None:
    assert format_of(path) == format


MARKS = "\" , ; ' [ ] { } \\ # 1,5 \n \r \0".split(" ")
PUT = st.sampled_from([b"\xff", *(mark.encode() for mark in MARKS)])
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.sampled_from([0, 1, 7]), PUT), max_size=4)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([name for name in CONTENTS if kind(name) in TEXT_FORMATS]),
    st.sampled_from(TEXT_FORMATS),
    CHANGES,
)
def test_damaged_text_is_read_or_refused(tmp_path_factory, name, suffix, changes) -> None:
    data = bytearray(CONTENTS[name])
    for place, cut, put in changes:
        start = int(place * len(data))
        data[start : start + cut] = put
    path = tmp_path_factory.mktemp("damaged") / f"t.{suffix}"
    path.write_bytes(data)
    found = read(path)
    assert (found.table is None) == bool(found.found)


def test_the_page_names_all_formats() -> None:
    page = (Path(__file__).parents[3] / "docs" / "data.md").read_text()
    for suffix, format in SUFFIXES.items():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{format}` |"))
        assert f"`.{suffix}`" in row
    for format in WRITTEN:
        assert content.CALLED[format] in page.partition("`predict` writes ")[2].partition(".\n")[0]


def test_columns_of_one_name_and_an_infinite_number(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,a,y\n92,1,7.68\n58,2,inf\n")
    source = open_source("csv", Findings(Report(), str(tmp_path / "t.csv")))
    assert source
    assert source.repeated == {"a"}
    found = source.read({"y": source.kind("y")})
    assert found
    assert list(found.columns["y"]) == [7.68, float("inf")]
