"""For grep and editors: `file:line:column CODE name: message`."""

from collections.abc import Sequence

from modelspec.diagnostics.diagnostic import Diagnostic
from modelspec.diagnostics.render.style import Style, printable
from modelspec.diagnostics.sources import Sources


def render(diagnostics: Sequence[Diagnostic], _sources: Sources, _style: Style) -> str:
    """One line a finding."""
    return "".join(
        printable(f"{found.span} {found.code} {found.name}: {found.message}").replace("\n", " ")
        + "\n"
        for found in diagnostics
    )
