"""For people: the finding, the line that it is about with carets under the token, the way out."""

from collections.abc import Iterator, Sequence

from modelspec.diagnostics.codes import Severity
from modelspec.diagnostics.diagnostic import Diagnostic, Related
from modelspec.diagnostics.render.frame import frame, row_below
from modelspec.diagnostics.render.style import Style, printable
from modelspec.diagnostics.sources import Sources

INKS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}


def render(diagnostics: Sequence[Diagnostic], sources: Sources, style: Style) -> str:
    """Each finding with its code frame; an empty line between two."""
    return "\n".join("\n".join(_lines(found, sources, style)) + "\n" for found in diagnostics)


def _lines(found: Diagnostic, sources: Sources, style: Style) -> Iterator[str]:
    ink = INKS[found.severity]
    kind = style.paint(f"{found.severity.value}[{found.name}]", ink)
    yield f"{style.paint(printable(str(found.span)), 'bold')} {kind}: {printable(found.message)}"
    yield from frame(found.span, printable(found.caption), sources, style, ink=ink)
    elsewhere = []
    for related in found.related:
        message = printable(related.message)
        row = row_below(related.span, message, found.span, sources, style)
        if row:
            yield row
        else:
            elsewhere.append(related)
    for related in elsewhere:
        yield from _note(related, found, sources, style)
    if found.help:
        yield f"   {style.paint('help:', 'cyan')} {_hanging(printable(found.help))}"


def _note(related: Related, found: Diagnostic, sources: Sources, style: Style) -> Iterator[str]:
    """A second place: its own frame, with what it has to do with the finding."""
    where = "" if related.span.file == found.span.file else f"{printable(related.span.file)}: "
    yield f"   {style.paint('note:', 'cyan')} {where}{_hanging(printable(related.message))}"
    yield from frame(related.span, "", sources, style, mark="-", ink="cyan")


def _hanging(text: str) -> str:
    return text.replace("\n", "\n         ")
