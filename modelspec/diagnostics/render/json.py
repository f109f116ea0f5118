"""For programs: one list of findings."""

import json
from collections.abc import Sequence

from modelspec.diagnostics.diagnostic import Diagnostic, Span
from modelspec.diagnostics.render.style import Style
from modelspec.diagnostics.sources import Sources


def render(diagnostics: Sequence[Diagnostic], _sources: Sources, _style: Style) -> str:
    """A JSON list, empty where nothing was found."""
    return json.dumps([as_data(found) for found in diagnostics], indent=2) + "\n"


def as_data(found: Diagnostic) -> dict[str, object]:
    """A finding as plain data; lines and columns count from 1."""
    return {
        "code": found.code,
        "name": found.name,
        "severity": found.severity.value,
        "message": found.message,
        "help": found.help,
        **_span(found.span),
        "path": found.path,
        "related": [{"message": note.message, **_span(note.span)} for note in found.related],
    }


def _span(span: Span) -> dict[str, object]:
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
