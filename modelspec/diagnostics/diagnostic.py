"""A finding and the places it speaks of."""

from typing import NamedTuple

from modelspec.diagnostics.codes import CODES, Severity


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1; the end is exclusive in its column."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Related(NamedTuple):
    """A second place that explains a finding, with what it has to do with it."""

    span: Span
    message: str


class Fix(NamedTuple):
    """An edit that mends a finding: replace `span` by `text`."""

    span: Span
    text: str
    label: str


class Diagnostic(NamedTuple):
    """One finding.

    Attributes:
        code: A key of `CODES`, `MS401`.
        message: What happened, in one sentence with the actual values; names stand in backticks.
        span: The very token that is wrong.
        help: The way out, as an imperative sentence; empty when there is none to give.
        path: The place in the spec, `layers.fc1.units`; empty outside a spec.
        caption: What the caret under the token says, `receives [32] and [16]`.
        related: Further places that explain it.
        fix: The edit that mends it.
    """

    code: str
    message: str
    span: Span
    help: str = ""
    path: str = ""
    caption: str = ""
    related: tuple[Related, ...] = ()
    fix: Fix | None = None

    @property
    def name(self) -> str:
        """The code's name, `cycle`."""
        return CODES[self.code].name

    @property
    def severity(self) -> Severity:
        """The code's level."""
        return CODES[self.code].severity
