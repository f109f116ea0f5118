"""Problems with their places."""

from modelspec.diagnostics import Diagnostic, Span
from modelspec.serving.problems import problems_of


def test_a_problem_of_a_whole_column_has_no_row() -> None:
    whole = Diagnostic("MS803", "`a` of `rows` holds lists of text", Span("rows", 1))
    cell = Diagnostic("MS803", "`a` has no value at rows 2 and 3 of `rows`", Span("rows", 2))
    found = problems_of([whole, cell], {"a"}, rows=3)
    assert [(each.row, each.column) for each in found] == [(0, "a"), (2, "a")]
    assert problems_of([whole], {"a"}, rows=1)[0].row == 1
