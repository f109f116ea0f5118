"""Files, encodings, comments that ignore, and whatever bytes."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Report, Span
from modelspec.source import Document, load, parse
from modelspec.source.special_files import SpecialFileError


def read(content: str | bytes) -> tuple[Document | None, Report]:
    report = Report()
    return parse(content, "spec.yaml", report), report


@given(st.binary(max_size=200))
def test_bytes_never_raise(content: bytes) -> None:
    document, report = read(content)
    assert (document is None) == report.failed or document is not None


@given(st.text(alphabet="ab:,-[]{}&*!|>'\"#%@` \t\n?<~$.0", max_size=60))
def test_yaml_soup_never_raises(text: str) -> None:
    document, report = read(text)
    assert document is not None or report.failed
    for found in report:
        assert found.span.line >= 1
        assert found.span.line <= text.count("\n") + 1
        assert found.code != "MS101" or not found.message.startswith("this is not YAML"), found


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffé: 1",
        "é: 1".encode("utf-8-sig"),
        "é: 1".encode("utf-16"),
        "\ufeffé: 1".encode("utf-16-be"),
        "\ufeffé: 1".encode("utf-16-le"),
        "é: 1".encode("utf-16-le"),
        "é: 1".encode(),
        "é: 1\r\n".encode(),
    ],
)
def test_encodings(content: str | bytes) -> None:
    document, report = read(content)
    assert document is not None
    assert document.data == {"é": 1}
    assert document.span(("é",)) == Span("spec.yaml", 1, 4, 1, 5)
    assert not len(report)


@pytest.mark.parametrize(
    ("content", "line", "column"),
    [
        (b"a: 1\nb: \xff", 2, 4),
        (b"a: 1\nb: \x00", 2, 4),
        (b"\x89PNG\r\n\x1a\n", 1, 1),
        (b"a: 1\nbc\x1b: 1", 2, 3),
        ("a: \ud800", 1, 4),
        ("a: é\nb: \udcff".encode("utf-8", "surrogatepass"), 2, 4),
    ],
)
def test_not_text(content: str | bytes, line: int, column: int) -> None:
    document, report = read(content)
    (found,) = report
    assert document is None
    assert (found.code, found.span.line, found.span.column) == ("MS101", line, column)


def test_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelspec.source.encoding.MAX_BYTES", 100)
    _, report = read("a: " + "x" * 100)
    assert [found.code for found in report] == ["MS104"]


def test_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "spec.yaml"
    file.write_text("a: 1\n")
    document = load(str(file), Report())
    assert document is not None
    assert (document.file, document.text, document.data) == (str(file), "a: 1\n", {"a": 1})
    stdin = io.TextIOWrapper(io.BytesIO(b"b: 2"))
    monkeypatch.setattr("sys.stdin", stdin)
    document = load("-", Report())
    assert document is not None
    assert document.data == {"b": 2}


def test_load_raises_for_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load(str(tmp_path / "absent.yaml"), Report())
    with pytest.raises(SpecialFileError, match="it is a folder"):
        load(str(tmp_path), Report())


def test_ignores() -> None:
    text = (
        "a: 1  # modelspec: ignore[MS601]\n"
        "b: '# modelspec: ignore[MS602]'\n"
        "# modelspec:ignore[MS701, MS702]\n"
        "c: x#modelspec:ignore[MS703]\n"
        "d: |\n"
        "  # modelspec: ignore[MS704]\n"
    )
    document, _ = read(text)
    assert document is not None
    assert {
        line: [ignore.code for ignore in ignores] for line, ignores in document.ignores.items()
    } == {1: ["MS601"], 3: ["MS701", "MS702"]}
    assert document.ignores[3][1].span == Span("spec.yaml", 3, 27, 3, 32)
