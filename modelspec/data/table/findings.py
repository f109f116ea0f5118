"""Findings about a data file: at the place in the spec that asks for it, with file and row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Related, Span

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.source import Place


class UnfitError(Exception):
    """The data is of no use, of which there is a finding already."""


class Findings(NamedTuple):
    """Where findings about one file go.

    Attributes:
        file: The data file's path.
        place: What in the spec asks for the file; None for a file from the command line,
            whose findings stand in the file itself.
    """

    report: Report
    file: str
    place: Place | None = None

    def at(self, place: Place | None) -> Findings:
        """The same, blaming a nearer place in the spec."""
        return self if self.place is None or place is None else self._replace(place=place)

    def add(self, code: str, message: str, *, help: str = "", line: int = 0) -> None:
        """Report a finding; `line` is the line of the data file, where it has lines."""
        span = Span(self.file, line or 1, 1, line or 1, 1)
        if self.place is None:
            self.report.add(Diagnostic(code, message, span, help))
            return
        related = (Related(span, "the first such row"),) if line else ()
        self.report.add(self.place.finding(code, message, help=help, related=related))
