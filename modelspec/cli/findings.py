"""Showing findings, and what a command does with a spec that has some."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO

from modelspec.diagnostics.render import Style, render
from modelspec.diagnostics.sources import Sources

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic
    from modelspec.lint import Examined

PLAIN_WIDTH = 120
"""The columns that text is laid out for where no terminal says how many there are."""


def style_of(stream: TextIO) -> Style:
    """Colours only on a terminal that takes them and while `NO_COLOR` is unset."""
    if not stream.isatty():
        return Style(colour=False, width=PLAIN_WIDTH)
    dull = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    try:
        columns = os.get_terminal_size(stream.fileno()).columns
    except OSError:
        columns = 0
    return Style(colour=not dull, width=columns or PLAIN_WIDTH)


def show(
    diagnostics: Iterable["Diagnostic"],
    sources: Sources | None = None,
    *,
    format: str = "full",
    stream: TextIO | None = None,
) -> None:
    """Write findings, to standard error unless told otherwise."""
    out = stream or sys.stderr
    out.write(render(format, diagnostics, sources, style_of(out)))


def examine(
    file: str,
    *,
    overrides: Sequence[str] | None = None,
    plugins: Sequence[str] | None = None,
    include_dirs: Sequence[str] | None = None,
    training: bool = False,
) -> "Examined":
    """Examine a spec, and say on standard error which errors it has."""
    from modelspec import lint

    examined = lint.examine(
        file,
        overrides=overrides or (),
        plugins=plugins or (),
        include_dirs=include_dirs or (),
        training=training,
    )
    show(examined.report.errors, examined.sources())
    return examined


def examine_clean(
    file: str,
    *,
    overrides: Sequence[str] | None = None,
    plugins: Sequence[str] | None = None,
    include_dirs: Sequence[str] | None = None,
    training: bool = False,
) -> "Examined":
    """Examine a spec; say which errors it has and leave with exit code 1 if it has any."""
    import typer

    examined = examine(
        file,
        overrides=overrides,
        plugins=plugins,
        include_dirs=include_dirs,
        training=training,
    )
    if examined.report.failed:
        raise typer.Exit(1)
    return examined


def counted(number: int, what: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {what}" + ("" if number == 1 else "s")
