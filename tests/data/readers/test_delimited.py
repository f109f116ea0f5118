"""CSV and TSV: what is wrong is said with its line."""

import csv

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.readers import open_source, record_chunks
from modelspec.data.table.findings import Findings
from modelspec.diagnostics import Report
from tests.data.worlds import world

SECTION = """
file: houses.csv
features:
  numbers: {columns: [rooms, age]}
  city: {column: city, type: category}
"""
INPUTS = {"numbers": [2], "city": [2]}
OUTPUTS = {"price": ([1], "mse")}
HEADER = "rooms,age,city,price\n"


def houses(folder, text, section=SECTION, inputs=INPUTS, outputs=OUTPUTS):
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "houses.csv").write_bytes(data)
    return world(folder, section, inputs, outputs)


def test_columns_become_arrays(tmp_path):
    splits = houses(tmp_path, HEADER + "3,10,Rome,1.5\n4,20,Oslo,2.5\n").splits()
    assert splits.train.inputs["numbers"].tolist() == [[3, 10], [4, 20]]
    assert splits.train.inputs["city"].tolist() == [[0, 1], [1, 0]]
    assert splits.train.targets["price"].tolist() == [[1.5], [2.5]]
    assert splits.train.rows == 2
    assert splits.validation is splits.test is None
    arrays = [*splits.train.inputs.values(), *splits.train.targets.values()]
    assert all(array.dtype == np.float32 and array.flags.c_contiguous for array in arrays)


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEADER + "3,10,Rome,1.5\n4,20,Oslo,2.5\n",
        HEADER + "3,10,Rome,1.5\r\n4,20,Oslo,2.5\r\n",
        HEADER + "3,10,Rome,1.5\n4,20,Oslo,2.5",
        HEADER + '"3","10","Rome","1.5"\n4,20,"Oslo",2.5\n',
        "rooms, age , city,price\n3 , 10, Rome , 1.5\n 4,20,Oslo,2.5 \n",
        "\n" + HEADER + "\n3,10,Rome,1.5\n\n\n4,20,Oslo,2.5\n\n",
        "note,rooms,x,age,city,price\n" + '"a, b",3,,10,Rome,1.5\n\n"c\nd",4,,20,Oslo,2.5\n',
        "price,city,age,rooms,,\n1.5,Rome,10,3,,\n2.5,Oslo,20,4,,\n",
    ],
    ids=["bom", "crlf", "no end", "quotes", "blanks", "empty lines", "more columns", "empty names"],
)
def test_ways_to_write_the_same_table(tmp_path, text):
    splits = houses(tmp_path, text).splits()
    assert splits.train.inputs["numbers"].tolist() == [[3, 10], [4, 20]]
    assert splits.train.inputs["city"].tolist() == [[0, 1], [1, 0]]
    assert splits.train.targets["price"].tolist() == [[1.5], [2.5]]


def test_tabs(tmp_path):
    (tmp_path / "a.tsv").write_text("x\ty\n1\t2,5\n3\t4\n")
    section = "file: a.tsv\nfeatures: {y: {type: category}}"
    splits = world(tmp_path, section, {"x": [1]}, {"y": ([2], "categorical_crossentropy")}).splits()
    assert splits.preprocessing.classes("y") == ("2,5", "4")


def test_one_column_and_empty_lines(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n\n2\n\n")
    splits = world(tmp_path, "file: a.csv", {"x": [1]}, {}).splits()
    assert splits.train.inputs["x"].tolist() == [[1], [2]]


GOOD = "3,10,Rome,1.5\n"


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("", "MS801", 0, ["is empty"]),
        (HEADER, "MS804", 0, ["a header and no rows"]),
        ("\n\n", "MS801", 0, ["is empty"]),
        (HEADER + GOOD * 5 + "3,12o,Rome,1\n" + GOOD, "MS803", 7, ["`age` is `12o`", "line 7 of"]),
        (HEADER + GOOD + "3,,Rome,1\n", "MS803", 3, ["`age` has no value at line 3"]),
        (HEADER + GOOD + "3,nan,Rome,1\n", "MS803", 3, ["`age` is `NaN`, not a finite", "line 3"]),
        (HEADER + GOOD + "3,-inf,Rome,1\n", "MS803", 3, ["`age` is `-inf`, not a finite"]),
        (HEADER + GOOD + "3,1e39,Rome,1\n", "MS803", 3, ["`age` is `1e+39`, not a finite float32"]),
        (HEADER + GOOD + "3,1,,1\n", "MS803", 3, ["`city` has no value at line 3"]),
        (HEADER + GOOD + "3,1,  ,1\n", "MS803", 3, ["`city` has no value at line 3"]),
        (HEADER + GOOD + "3,1,Rome\n", "MS804", 3, ["line 3 of", "has 3 fields, its header has 4"]),
        (HEADER + GOOD + "3,1,Rome,1,500\n", "MS804", 3, ["line 3 of", "has 5 fields"]),
        (HEADER + (GOOD + "1,2\n") * 4, "MS804", 3, ["has 2 fields", "4 such lines; next 5, 7"]),
        (HEADER + GOOD + '3,1,"Rome,1\n', "MS801", 0, ["the quotes on line 3"]),
        (HEADER.encode() + b"3,1,Orl\x81ans,1\n", "MS801", 2, ["0x81 on line 2"]),
        (b"\x81," + HEADER.encode(), "MS801", 1, ["not UTF-8", "line 1"]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\r", "MS801", 0, ["is a picture"]),
        (b"\x89ABC\r\n\x1a\n\0\0\0\r", "MS801", 1, ["not UTF-8"]),
        (b"PK\x03\x04\0\0,rooms\n1,2\n", "MS801", 0, ["binary data"]),
        (HEADER.replace("age", "rooms") + GOOD, "MS802", 0, ["several columns `rooms`"]),
    ],
)
def test_broken_files(tmp_path, text, code, line, words):
    splits, found = houses(tmp_path, text).load()
    assert splits is None
    finding = next(f for f in found if f.code == code)
    for word in [*words, "houses.csv"]:
        assert word in finding.message
    assert finding.span.file == "spec.yaml"
    assert [r.span.line for r in finding.related] == [line] * bool(line)


def test_only_the_first_rows_and_their_count(tmp_path):
    text = HEADER + "".join(f"{i},a{i},c{i % 2},1\n" for i in range(50))
    finding = houses(tmp_path, text).finding()
    assert "`age` is `a0`, not a number, at lines 2, 3, 4 and 47 more of" in finding.message


def test_lines_behind_empty_lines_and_quoted_newlines(tmp_path):
    text = "\n" + HEADER + '\n1,2,"a\nb",1\n\n1,2,c,oops\n1,2,"d\n\ne",bad\n'
    finding = houses(tmp_path, text, inputs={"numbers": [2], "city": [3]}).finding()
    assert "`price` is `oops`" in finding.message
    assert "lines 7 and 8 of" in finding.message


def test_a_finding_stands_at_its_feature(tmp_path):
    world = houses(tmp_path, HEADER + "1,x,Rome,y\n")
    found = {d.path: d.message for d in world.load()[1]}
    assert "`age` is `x`" in found["data.features.numbers"]
    assert "`price` is `y`" in found["data.file"]


def test_all_findings_at_once(tmp_path):
    text = "rooms,agee,city,price\n1,2,,free\n"
    found = houses(tmp_path, text, SECTION + "split: {test: 0.1}").load()[1]
    assert sorted(d.code for d in found) == ["MS802", "MS803", "MS803", "MS804"]


def test_text_and_nothing_in_one_column(tmp_path):
    found = houses(tmp_path, HEADER + "1,x,Rome,1\n1,,Oslo,1\n1,y,Oslo,1\n").load()[1]
    assert [d.message.partition(" of `")[0] for d in found] == [
        "`age` is `x`, not a number, at lines 2 and 4",
        "`age` has no value at line 3",
    ]


def test_missing_column(tmp_path):
    finding = houses(tmp_path, "rooms,agee,city,price\n1,2,Rome,3\n1,2,Oslo,3\n").finding()
    assert finding.code == "MS802"
    assert "no column `age`, wanted by input `numbers`" in finding.message
    assert finding.help == "did you mean `agee`?"


def test_missing_file(tmp_path):
    (tmp_path / "house.csv").write_text(HEADER)
    finding = world(tmp_path, SECTION, INPUTS, OUTPUTS).finding()
    assert finding.code == "MS801"
    assert "there is no file" in finding.message
    assert finding.help == f"did you mean `{tmp_path / 'house.csv'}`?"
    assert finding.path == "data.file"


def test_missing_folder_and_folder_as_file(tmp_path):
    missing = world(tmp_path, "file: no/a.csv", {"x": [1]}, {}).finding()
    assert missing.code == "MS801"
    (tmp_path / "a.csv").mkdir()
    folder = world(tmp_path, "file: a.csv", {"x": [1]}, {}).finding()
    assert "it is a folder" in folder.message


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "2", "x3", "4"], "number"),
        (["1", "a", "b", "c"], "category"),
        (["true", "false", "true", "true"], "category"),
    ],
)
def test_the_type_is_what_most_values_are(tmp_path, values, expected):
    (tmp_path / "a.csv").write_text("x\n" + "\n".join(values) + "\n")
    spec = world(tmp_path, "file: a.csv", {"x": (["N"], "float32")}, {})
    splits, found = spec.load()
    if expected == "category":
        assert splits.preprocessing.features["x"].type == "category"
    else:
        assert "`x` is `x3`, not a number" in found[0].message


def test_integers(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\n2.0\n3e2\n")
    splits = world(tmp_path, "file: a.csv", {"x": ([1], "int64")}, {}).splits()
    assert splits.train.inputs["x"].tolist() == [[1], [2], [300]]
    assert splits.train.inputs["x"].dtype == np.int64


@pytest.mark.parametrize(
    ("value", "dtype", "words"),
    [
        ("2.5", "int64", "`x` is `2.5`, not an integer, at line 3"),
        ("300", "uint8", "`x` is `300`, out of range for uint8, at line 3"),
        ("-1", "uint8", "`x` is `-1`, out of range for uint8"),
        ("1e17", "int64", "out of range for int64"),
        ("70000", "float16", "not a finite float16"),
    ],
)
def test_integer_findings(tmp_path, value, dtype, words):
    (tmp_path / "a.csv").write_text(f"x\n1\n{value}\n")
    finding = world(tmp_path, "file: a.csv", {"x": ([1], dtype)}, {}).finding()
    assert finding.code == "MS803"
    assert words in finding.message


CELL = st.text(st.sampled_from('ab ,"\n1.é'), max_size=5).filter(lambda text: text.strip())
NUMBER = st.floats(-1e9, 1e9).map(repr) | st.integers(-999, 999).map(str)


@settings(max_examples=60)
@given(
    st.lists(st.tuples(CELL, NUMBER, CELL), min_size=1, max_size=30),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_what_python_writes_is_what_is_read(tmp_path_factory, rows, quoting, end, every):
    folder = tmp_path_factory.mktemp("csv")
    with open(folder / "a.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=quoting, lineterminator=end)
        writer.writerows([["a", "b", "c"], *rows])
    columns = ["a", "c"] if every else ["c"]
    features = "".join(f"\n  {c}: {{column: {c}, type: category}}" for c in columns)
    inputs = {c: ([f"N{c}"], "float32") for c in columns} | {"b": ([1], "float64")}
    splits = world(folder, f"file: a.csv\nfeatures:{features}", inputs, {}).splits()
    assert splits.train.inputs["b"][:, 0].tolist() == [float(row[1]) for row in rows]
    for column, cells in zip("abc", zip(*rows, strict=True), strict=True):
        if column in columns:
            names = np.array(splits.preprocessing.classes(column))
            read = names[splits.train.inputs[column].argmax(axis=1)]
            assert read.tolist() == [cell.strip() for cell in cells]


def test_a_header_whose_quotes_make_no_sense_is_a_finding(tmp_path):
    text = b'"r"ooms,age,city,price\n1,2,"a", b",3\n'
    spec = houses(tmp_path, text, inputs={"numbers": [2], "city": (["N"], "float32")})
    splits, found = spec.load()
    assert splits is None
    assert found


@settings(max_examples=80)
@given(st.data())
def test_a_damaged_file_is_a_finding_or_read(tmp_path_factory, data):
    """Never an exception, never nothing without a word."""
    text = bytearray(
        HEADER.encode() + b'1,2,"a, b",3\n4,5.5,c,6\n\n7,-8e2,"d ""e""",9\n' + GOOD.encode() * 3
    )
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 7]))
        put = data.draw(
            st.sampled_from([b'"', b",", b"\n", b"\r", b"\0", b"\xff", b" ", b"nan", b""])
        )
        text[place : place + cut] = put
    inputs = {"numbers": [2], "city": (["N"], "float32")}
    spec = houses(tmp_path_factory.mktemp("damaged"), bytes(text), inputs=inputs)
    splits, found = spec.load()
    assert (splits is None) == bool(found)


def test_a_large_file_is_judged_by_its_first_rows(tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_text("a,b\n" + "1,x\n" * 3000)
    monkeypatch.setattr(record_chunks, "_LARGE", 0)
    monkeypatch.setattr(record_chunks, "_CHUNK", 50)
    beginning = record_chunks.beginning(str(tmp_path / "t.csv"), 1000, '"')
    assert isinstance(beginning, bytes)
    assert 1001 <= beginning.count(b"\n") < 1100
    source = open_source("csv", Findings(Report(), str(tmp_path / "t.csv")))
    assert source is not None
    assert (source.kind("a"), source.kind("b")) == ("number", "text")
