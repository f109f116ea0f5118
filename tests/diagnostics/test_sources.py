"""The lines that findings point at."""

from pathlib import Path

from modelspec.diagnostics.sources import Sources


def test_a_file_that_is_no_text_has_no_lines(tmp_path: Path) -> None:
    (tmp_path / "x.npz").write_bytes(b"PK\x03\x04\x00\x00rest\n")
    assert Sources().line(str(tmp_path / "x.npz"), 1) is None


def test_a_line_is_read_from_disk_unless_its_text_is_given(tmp_path: Path) -> None:
    file = tmp_path / "x.yaml"
    file.write_text("one\ntwo\n")
    assert Sources().line(str(file), 2) == "two"
    assert Sources({str(file): "1\n2\n"}).line(str(file), 2) == "2"


def test_a_text_that_is_given_anew_has_lines_and_places_anew() -> None:
    sources = Sources({"x": "a\nb"})
    assert (sources.line("x", 2), sources.offset("x", 2, 1)) == ("b", 2)
    sources.add("x", "long\nc")
    assert (sources.line("x", 2), sources.offset("x", 2, 1)) == ("c", 5)
