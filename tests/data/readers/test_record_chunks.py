"""A file cut into chunks is, put together, the file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.readers.lines import scan
from modelspec.data.readers.record_chunks import chunks, records

CELL = st.sampled_from(["", "1", "ab", '"a,b"', '"a\nb"', '"a""b"', "é"])
TABLE = st.lists(st.tuples(CELL, CELL), max_size=30)


def test_quotes_that_never_close_do_not_hold_up_the_file(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text('a,b\n5" pipe,1\n' + "x,2\n" * 1000)
    sizes = [len(chunk) for chunk in chunks(str(path), 64, quote='"')]
    assert sum(sizes) == path.stat().st_size
    assert max(sizes) <= 64 * 17


@settings(max_examples=60)
@given(TABLE, st.integers(1, 60), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n"]))
def test_records_keep_their_lines(
    rows: list[tuple[str, str]], size: int, end: str, before: str
) -> None:
    text = before + end.join(["h1,h2", *(",".join(row) for row in rows)]) + end
    with TemporaryDirectory() as folder:
        path, part = Path(folder, "table.csv"), Path(folder, "part.csv")
        path.write_bytes(text.encode())
        lines, fields = [], []
        for chunk, missing in records(str(path), size):
            part.write_bytes(chunk)
            found = scan(str(part), ",", missing)
            lines += found.lines.tolist()
            fields += found.fields.tolist()
        whole = scan(str(path), ",")
        assert lines == whole.lines.tolist()
        assert fields == whole.fields.tolist()
