"""For GitHub Actions: workflow commands, shown as annotations on the changed lines.

Source: docs.github.com, "Workflow commands for GitHub Actions", "Setting an error message".
"""

from collections.abc import Sequence

from modelspec.diagnostics.codes import Severity
from modelspec.diagnostics.diagnostic import Diagnostic
from modelspec.diagnostics.render.style import Style, printable
from modelspec.diagnostics.sources import Sources

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def render(diagnostics: Sequence[Diagnostic], _sources: Sources, _style: Style) -> str:
    """One workflow command a finding."""
    return "".join(map(_command, diagnostics))


def _command(found: Diagnostic) -> str:
    span = found.span
    properties = {
        "file": span.file,
        "line": span.line,
        "endLine": span.end_line,
        "col": span.column,
        "endColumn": span.end_column,
        "title": f"{found.code} {found.name}",
    }
    listed = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    said = found.message + (f"\nhelp: {found.help}" if found.help else "")
    return f"::{_COMMANDS[found.severity]} {listed}::{_escaped(said)}\n"


def _escaped(text: str) -> str:
    return printable(text).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
