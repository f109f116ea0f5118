"""Findings as text: one small file a format, imported when it is asked for."""

from collections.abc import Iterable
from importlib import import_module

from modelspec.diagnostics.diagnostic import Diagnostic
from modelspec.diagnostics.render.style import Style
from modelspec.diagnostics.sources import Sources

FORMATS = ("full", "concise", "json", "github", "sarif")
_DOCUMENTS = ("json", "sarif")
"""The formats that say something of no findings, too."""

__all__ = ["FORMATS", "Style", "render"]


def render(
    format: str,
    diagnostics: Iterable[Diagnostic],
    sources: Sources | None = None,
    style: Style | None = None,
) -> str:
    """Findings in one of `FORMATS`, ending in a newline; empty where there is nothing to say.

    Args:
        format: One of `FORMATS`.
        diagnostics: What was found, in the order in which it is shown.
        sources: Where `full` takes the lines that it shows.
        style: Colours and width, for `full`.
    """
    found = list(diagnostics)
    if not found and format not in _DOCUMENTS:
        return ""
    module = import_module(f"modelspec.diagnostics.render.{format}")
    text: str = module.render(found, sources or Sources(), style or Style())
    return text
