"""Collecting findings."""

import pytest

from modelspec.diagnostics import (
    CODES,
    Diagnostic,
    Report,
    Severity,
    Span,
    SpecError,
    did_you_mean,
    name_list,
)


def found(code: str, line: int, *, file: str = "a.yaml", message: str = "m") -> Diagnostic:
    return Diagnostic(code, message, Span(file, line))


def test_findings_come_by_file_then_line_and_none_twice() -> None:
    report = Report([found("MS401", 9), found("MS201", 2, file="b.yaml"), found("MS201", 3)])
    report.add(found("MS201", 3))
    assert [(f.span.file, f.span.line) for f in report] == [
        ("a.yaml", 3),
        ("a.yaml", 9),
        ("b.yaml", 2),
    ]
    assert len(report) == 3


def test_only_errors_fail() -> None:
    report = Report([found("MS704", 1), found("MS703", 1)])
    assert not report.failed
    report.raise_if_failed()
    report.add(found("MS401", 4))
    assert [f.code for f in report.errors] == ["MS401"]
    with pytest.raises(SpecError, match=r"a\.yaml:4:1: MS401 m"):
        report.raise_if_failed()


def test_codes_and_names_are_unique_and_levels_known() -> None:
    assert all(code == row.code for code, row in CODES.items())
    assert len({row.name for row in CODES.values()}) == len(CODES)
    assert {row.severity for row in CODES.values()} <= set(Severity)


def test_a_mistyped_word_is_recognised() -> None:
    assert did_you_mean("unit", ["filters", "units"]) == "units"
    assert did_you_mean("dense", ["Dense"]) == "Dense"
    assert did_you_mean("xyzzy", ["Dense"]) is None


def test_names_are_listed() -> None:
    assert name_list([]) == ""
    assert name_list(["a"]) == "`a`"
    assert name_list(["a", "b", "c"], last="or") == "`a`, `b` or `c`"
    assert name_list("abcdef", limit=3) == "`a`, `b` and `4 more`".replace("`4 more`", "4 more")


def test_a_traceback_shows_the_ways_out() -> None:
    span = Span("a.yaml")
    helps = {"a": "x", "b": "x", "c": ""}
    found = [Diagnostic("MS301", name, span, help) for name, help in helps.items()]
    error = SpecError(found)
    assert error.__notes__ == ["MS301 help: x"]
    assert "help" not in str(error)
