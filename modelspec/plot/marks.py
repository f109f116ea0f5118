"""Which node or edge a finding speaks of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Severity, Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.language.model import Edge
    from modelspec.source import Place


class Mark(NamedTuple):
    """What a box or an arrow shows of its findings; no `level` is none."""

    level: str = ""
    codes: tuple[str, ...] = ()
    messages: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.level)


NO_MARK = Mark()

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


def mark(findings: Iterable[Diagnostic]) -> Mark:
    """The mark for these findings, the worst first."""
    ordered = sorted(set(findings), key=lambda f: (_ORDER.index(f.severity), f.code, f.message))
    if not ordered:
        return NO_MARK
    codes = tuple(dict.fromkeys(finding.code for finding in ordered))
    messages = tuple(f"{finding.code} {finding.message}" for finding in ordered)
    return Mark(ordered[0].severity.value, codes, messages)


class Findings:
    """Findings by the place that they are at, or below."""

    def __init__(self, findings: Iterable[Diagnostic]) -> None:
        self._by_path: dict[str, list[Diagnostic]] = {}
        for finding in findings:
            keys = finding.path.split(".") if finding.path else []
            for length in range(1, len(keys) + 1):
                self._by_path.setdefault(".".join(keys[:length]), []).append(finding)

    def at(self, place: Place) -> list[Diagnostic]:
        """The findings at this place and below it."""
        if not self._by_path or not place.path:
            return []
        found = self._by_path.get(place.text, ())
        return [finding for finding in found if _same_file(finding.span, place)]

    def on(self, edge: Edge) -> list[Diagnostic]:
        """The findings that point at this edge, of all those that its chain has."""
        return [finding for finding in self.at(edge.place) if _touches(finding.span, edge)]


def _same_file(span: Span, place: Place) -> bool:
    """Values set on the command line have places in a file of their own."""
    return span.file == place.document.file or span.file.startswith("--set")


def _touches(span: Span, edge: Edge) -> bool:
    start, end = edge.source_span, edge.target_span
    first = (start.line, start.column)
    last = (end.end_line, end.end_column)
    return first <= (span.line, span.column) and (span.end_line, span.end_column) <= last
