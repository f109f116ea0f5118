"""Tables of text and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Child, Html, element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def plain_table(head: Sequence[str], rows: Iterable[Sequence[Child]], class_: str = "") -> Html:
    """A table that scrolls by itself where it is too wide.

    Args:
        head: What stands above each column.
        rows: The name of each, then its cells: `td` elements, or text that becomes them.
        class_: More classes.
    """
    heads = [element("th", each, scope="col") for each in head]
    body = [
        element("tr", element("th", name, scope="row"), *map(_cell, cells)) for name, *cells in rows
    ]
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *body),
        class_=f"plain {class_}".strip(),
    )
    return element("div", table, class_="scroll", tabindex=0)


def _cell(cell: Child) -> Child:
    return cell if isinstance(cell, Html) else element("td", cell)
