"""Complaints about YAML: in a person's words, at the right place."""

import pytest

from modelspec.diagnostics import Report
from modelspec.source import parse
from tests.source.marks import unmark

CASES = [
    ("a: [1, 2]«]»", "expected", ""),
    ("a: [1, 2\nb: 3", "expected `,` or `]`", "close the list"),
    ("a: {b: 1, c: 2", "the file ends", "close the mapping"),
    ("a: «'»never closed", "", ""),
    ("a: 1\n b«:» 2", "a key inside of a text", ""),
    ("a: b«:» c", "a second `:` on this line", "quote the text"),
    ("a: 1\nb\nc: 2", "expected `:` after this key", ""),
    ("a:\n«\t»b: 1", "a tab in the indentation", "indent with spaces"),
    ("a: «@»b", "a text cannot begin with `@`", "quote it"),
    ("a: «`»b`", "a text cannot begin with ```", "quote it"),
    ("a:\n  - b\n «c»: 1", "expected a key", ""),
    ("a: 'x' «y»", "expected a key", ""),
    ("a: - b", "a list's item cannot begin here", ""),
    ('a: "\\q"', "an unknown escape", ""),
    ("a: «%»b", "a text cannot begin with `%`", "quote it"),
]


@pytest.mark.parametrize(("text", "message", "help"), CASES)
def test_syntax(text: str, message: str, help: str) -> None:
    plain, spans = unmark(text)
    report = Report()
    assert parse(plain, "spec.yaml", report) is None
    (found,) = report
    assert found.code == "MS101"
    assert message in found.message
    assert help in found.help
    assert "while parsing" not in found.message
    if spans and message:
        assert (found.span.line, found.span.column) == (spans[0].line, spans[0].column)


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("edges:\n  - «[a, b] -> c»\n", "a, b -> c"),
        ("edges:\n  - a -> b\n  - «[ a, b ] -> c -> d»  # joined\n", "a, b -> c -> d"),
        ("edges: [«a -> [b, c]»]", "a -> b, c"),
        ("edges: [«[a.h] -> b»]", "a.h -> b"),
    ],
)
def test_bracketed_edge(text: str, fixed: str) -> None:
    plain, (span,) = unmark(text)
    report = Report()
    parse(plain, "spec.yaml", report)
    (found,) = report
    assert (found.code, found.span) == ("MS103", span)
    assert found.fix is not None
    assert found.fix.text == fixed


def test_bare_expression_in_braces() -> None:
    plain, (span,) = unmark("layers:\n  a: {units: «${n * 4}», type: Dense}")
    report = Report()
    parse(plain, "spec.yaml", report)
    (found,) = report
    assert (found.code, found.span) == ("MS101", span)
    assert found.fix is not None
    assert found.fix.text == '"${n * 4}"'


def test_what_was_open_is_shown() -> None:
    report = Report()
    parse("a: 1\nb: [1,\n\nc: 2\n", "spec.yaml", report)
    (found,) = report
    assert [(related.span.line, related.message) for related in found.related] == [
        (2, "flow sequence begins here")
    ]
