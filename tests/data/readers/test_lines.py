"""Lines and fields, against Python's own CSV reader."""

import csv

from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.readers import lines
from modelspec.data.readers.lines import scan

CELL = st.text(st.sampled_from("ab1. é"), max_size=4)
RECORD = st.lists(CELL, max_size=5).filter(lambda record: record != [""])


def by_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        found, begin = [], 1
        for record in reader:
            found.append((begin, max(1, len(record)), not record))
            begin = reader.line_num + 1
    header = next(i for i, (_, _, blank) in enumerate(found) if not blank)
    return found[header + 1 :]


def scanned(path):
    records = scan(str(path), ",")
    return [
        (int(line), max(1, int(fields)), bool(blank))
        for line, fields, blank in zip(*records, strict=True)
    ]


@settings(max_examples=150)
@given(
    st.integers(0, 2),
    st.lists(RECORD, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
    st.integers(2, 40),
)
def test_unquoted(tmp_path_factory, before, records, newline, ended, block):
    path = tmp_path_factory.mktemp("lines") / "a.csv"
    text = newline.join([*[""] * before, "h,i", *map(",".join, records)]) + newline * ended
    path.write_bytes(text.encode())
    kept, lines._BLOCK = lines._BLOCK, block
    try:
        assert scanned(path) == by_csv(path)
    finally:
        lines._BLOCK = kept


@settings(max_examples=60)
@given(st.lists(st.lists(st.text(st.sampled_from('a,"\n'), max_size=4), min_size=2), max_size=8))
def test_quoted(tmp_path_factory, records):
    path = tmp_path_factory.mktemp("lines") / "a.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([["h", "i"], *records])
    assert scanned(path) == by_csv(path)
    assert [fields for _, fields, _ in scanned(path)] == [len(record) for record in records]
