"""Inline ignores: `# modelspec: ignore[MS601]` silences a finding on its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import CODES, Diagnostic, Report, Severity
from modelspec.language.names import Suggestions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.source import Document, Ignore

HARMLESS_ERRORS = frozenset({"MS305"})
"""Errors of the graph with which a model can be built all the same."""

OF_SPACES = frozenset({"MS712", "MS713", "MS714"})
"""What is found when a search space is proved, after all else: a comment is not idle before."""


def silence(found: Report, documents: Iterable[Document], *, complete: bool) -> Report:
    """The findings that no comment silences, and MS107 for comments that silence none.

    Args:
        found: All findings.
        documents: The files they are in.
        complete: Whether all rules could have their say.
    """
    with_ignores = {each.file: each for each in documents if each.ignores}
    if not with_ignores:
        return found
    kept = Report()
    used: set[tuple[str, int, str]] = set()
    for finding in found:
        span = finding.span
        document = with_ignores.get(span.file)
        here = document.ignores.get(span.line, ()) if document else ()
        matching = [each for each in here if _means(each, finding.code)]
        used |= {(span.file, span.line, each.code) for each in matching}
        if not matching or not may_be_ignored(finding.code):
            kept.add(finding)
    judged = complete and not found.failed
    suggestions = Suggestions()
    for document in with_ignores.values():
        for line, codes in document.ignores.items():
            for each in codes:
                is_used = (document.file, line, each.code) in used
                unused = _judge(each, is_used, judged, suggestions)
                if unused:
                    kept.add(unused)
    return kept


def may_be_ignored(code: str) -> bool:
    """Whether a comment can silence a finding: not where there is no model without mending it."""
    if code in HARMLESS_ERRORS or code >= "MS600":
        return True
    return CODES[code].severity is not Severity.ERROR


def _means(ignore: Ignore, code: str) -> bool:
    return ignore.code.upper() == code or ignore.code == CODES[code].name


def _judge(ignore: Ignore, used: bool, judged: bool, suggestions: Suggestions) -> Diagnostic | None:
    row = next((row for row in CODES.values() if _means(ignore, row.code)), None)
    if row is None:
        names = [row.name for row in CODES.values()]
        near = suggestions.nearest(ignore.code, CODES, names)
        help = f"did you mean `{near}`?" if near else "see `modelspec explain`"
        return Diagnostic("MS107", f"there is no finding `{ignore.code}`", ignore.span, help)
    if not may_be_ignored(row.code):
        message = f"`{ignore.code}` cannot be ignored: there is no model until it is mended"
        return Diagnostic("MS107", message, ignore.span, "remove the comment")
    if used or not judged or row.for_training or row.code in OF_SPACES:
        return None
    message = f"`{ignore.code}` silences nothing on this line"
    return Diagnostic("MS107", message, ignore.span, "remove it")
