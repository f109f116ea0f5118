"""Tables as a notebook shows them, which has styles of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Html, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table whose text stands to the left.

    Args:
        head: The names of its columns.
        rows: The text of each cell.
    """
    style = "text-align: left"
    top = element("tr", *(element("th", text, style=style) for text in head))
    body = (element("tr", *(element("td", text, style=style) for text in row)) for row in rows)
    return element("table", element("thead", top), element("tbody", *body))
