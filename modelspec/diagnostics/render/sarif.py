"""For code scanning: SARIF 2.1.0.

Source: docs.oasis-open.org/sarif/sarif/v2.1.0.
"""

import json
from collections.abc import Sequence
from urllib.parse import quote

from modelspec._version import __version__
from modelspec.diagnostics.codes import CODES, Severity
from modelspec.diagnostics.diagnostic import Diagnostic, Fix, Span
from modelspec.diagnostics.render.style import Style
from modelspec.diagnostics.sources import Sources

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def render(diagnostics: Sequence[Diagnostic], _sources: Sources, _style: Style) -> str:
    """One log with one run; its rules are those that were broken."""
    rules = sorted({found.code for found in diagnostics})
    driver = {
        "name": "modelspec",
        "semanticVersion": __version__,
        "rules": [_rule(code) for code in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(found, rules.index(found.code)) for found in diagnostics],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(log, indent=2) + "\n"


def _rule(code: str) -> dict[str, object]:
    row = CODES[code]
    return {
        "id": code,
        "name": row.name,
        "shortDescription": {"text": row.name.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[row.severity]},
        "help": {"text": f"modelspec explain {code}"},
    }


def _result(found: Diagnostic, rule: int) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": found.code,
        "ruleIndex": rule,
        "level": _LEVELS[found.severity],
        "message": {"text": found.message + (f"\nHelp: {found.help}" if found.help else "")},
        "locations": [{"physicalLocation": _location(found.span)}],
    }
    if found.path:
        result["locations"] = [
            {
                "physicalLocation": _location(found.span),
                "logicalLocations": [{"fullyQualifiedName": found.path}],
            }
        ]
    if found.related:
        result["relatedLocations"] = [
            {"physicalLocation": _location(note.span), "message": {"text": note.message}}
            for note in found.related
        ]
    if found.fix:
        result["fixes"] = [_fix(found.fix)]
    return result


def _location(span: Span) -> dict[str, object]:
    return {"artifactLocation": {"uri": _uri(span.file)}, "region": _region(span)}


def _region(span: Span) -> dict[str, int]:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def _fix(fix: Fix) -> dict[str, object]:
    edit = {"deletedRegion": _region(fix.span), "insertedContent": {"text": fix.text}}
    change = {"artifactLocation": {"uri": _uri(fix.span.file)}, "replacements": [edit]}
    return {"description": {"text": fix.label}, "artifactChanges": [change]}


def _uri(file: str) -> str:
    path = quote(file.replace("\\", "/").removeprefix("./"))
    return f"file://{path}" if path.startswith("/") else path
