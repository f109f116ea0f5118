"""What a terminal is sent: no character of a spec, a table or a file's name may drive it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from rich.console import Console, RenderHook
from rich.segment import Segment
from rich.table import Table

if TYPE_CHECKING:
    from rich.console import ConsoleOptions, ConsoleRenderable, RenderableType, RenderResult

from modelspec.cli.narrow_tables import fitted
from modelspec.diagnostics.render.style import printable

PIPED_WIDTH = 1000


class _Printable:
    """What another renderable gives, without control characters."""

    def __init__(self, content: ConsoleRenderable) -> None:
        self._content = content

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        content: RenderableType = self._content
        if isinstance(content, Table):
            content = fitted(content, console, options)
        for segment in console.render(content, options):
            yield segment if segment.control else Segment(printable(segment.text), segment.style)


class _Hook(RenderHook):
    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [_Printable(each) for each in renderables]


def console() -> Console:
    """A console on standard output; as wide as any table where that is no terminal."""
    made = Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)
    made.push_render_hook(_Hook())
    return made
