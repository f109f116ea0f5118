"""Mending a text by the fixes that its findings carry."""

from collections.abc import Iterable

from modelspec.diagnostics.diagnostic import Diagnostic
from modelspec.diagnostics.sources import Sources


def apply_fixes(
    file: str, diagnostics: Iterable[Diagnostic], sources: Sources
) -> tuple[str, list[Diagnostic]]:
    """A file's text after the fixes of its findings, and the findings that were mended.

    Only the spans of the fixes change, so that comments and layout stay. Of two fixes that
    overlap, the first in the file is made; the other is left for another run.
    """
    edits = []
    for found in diagnostics:
        if found.fix and found.fix.span.file == file:
            span = found.fix.span
            start = sources.offset(file, span.line, span.column)
            end = sources.offset(file, span.end_line, span.end_column)
            edits.append((start, end, found))
    text, pieces, done, reached = sources.text(file), [], [], 0
    for start, end, found in sorted(edits, key=lambda edit: edit[:2]):
        if start >= reached and found.fix:
            pieces += [text[reached:start], found.fix.text]
            done.append(found)
            reached = end
    return "".join([*pieces, text[reached:]]), done
