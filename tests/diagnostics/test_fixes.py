"""Mending texts."""

from modelspec.diagnostics import Diagnostic, Fix, Span
from modelspec.diagnostics.fixes import apply_fixes
from modelspec.diagnostics.sources import Sources


def finding(line: int, start: int, end: int, text: str, *, file: str = "x") -> Diagnostic:
    span = Span(file, line, start, line, end)
    return Diagnostic("MS201", "m", span, fix=Fix(span, text, "label"))


def test_fixes_change_their_spans_and_nothing_else() -> None:
    text = "# kept\r\na: {unit: 3}   # and this\nö: {typ: Add}\n"
    found = [finding(3, 5, 8, "type"), finding(2, 5, 9, "units")]
    after, done = apply_fixes("x", found, Sources({"x": text}))
    assert after == "# kept\r\na: {units: 3}   # and this\nö: {type: Add}\n"
    assert len(done) == 2


def test_of_overlapping_fixes_the_first_is_made() -> None:
    found = [finding(1, 1, 4, "one"), finding(1, 3, 6, "two")]
    after, done = apply_fixes("x", found, Sources({"x": "abcdef"}))
    assert after == "onedef"
    assert done == found[:1]


def test_fixes_of_other_files_and_findings_without_one_are_left() -> None:
    found = [finding(1, 1, 2, "b", file="y"), Diagnostic("MS201", "m", Span("x"))]
    assert apply_fixes("x", found, Sources({"x": "a"})) == ("a", [])


def test_a_byte_order_mark_stays() -> None:
    after, _ = apply_fixes("x", [finding(1, 1, 2, "b")], Sources({"x": "\ufeffa: 1"}))
    assert after == "\ufeffb: 1"
