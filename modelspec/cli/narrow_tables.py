"""Tables in narrow terminals: columns shrink to their longest word, and then rows become lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType
    from rich.table import Table

_ANY_WIDTH = 10_000


def fitted(table: Table, console: Console, options: ConsoleOptions) -> RenderableType:
    """The table, of such columns that no word is broken; as lists where it has no room.

    A word that is longer than the terminal is wide is broken all the same.
    """
    if table.expand or not table.columns:
        return table
    wide = options.update(max_width=_ANY_WIDTH)
    sizes = [
        [Measurement.get(console, wide, cell) for cell in (column.header, *column.cells)]
        for column in table.columns
    ]
    least = [max(size.minimum for size in column) for column in sizes]
    most = [max(size.maximum for size in column) for column in sizes]
    whole = Measurement.get(console, wide, table).maximum
    if whole <= options.max_width:
        return table
    room = options.max_width - (whole - sum(most)) - sum(least)
    if room < 0:
        return _lists(table, console)
    for column, low, high in zip(table.columns, least, most, strict=True):
        given = min(high - low, room)
        column.width = low + given
        room -= given
    return table


def _lists(table: Table, console: Console) -> Group:
    """Each row as a list: its first cell, and the others under it by their headers."""
    heads = [_text(column.header, console) for column in table.columns]
    indent = max(head.cell_len for head in heads[1:]) + 4 if len(heads) > 1 else 0
    lines: list[Text] = []
    for row in zip(*(column.cells for column in table.columns), strict=True):
        first, *rest = (_text(cell, console) for cell in row)
        if lines:
            lines.append(Text())
        if first.plain.strip():
            lines.append(first)
        for head, cell in zip(heads[1:], rest, strict=True):
            if cell.plain.strip():
                lines.append(_item(head, cell, indent, console))
    return Group(*lines)


def _item(head: Text, cell: Text, indent: int, console: Console) -> Text:
    """A header and its value, which stands under it where it has no room beside it."""
    words = max(map(len, cell.plain.split()))
    beside = indent + words <= console.width
    start = indent if beside else 4
    room = max(console.width - start, 1)
    lines = [line for part in cell.split("\n") for line in part.wrap(console, room)]
    between = " " * (indent - 2 - head.cell_len) if beside else "\n" + " " * start
    value = Text("\n" + " " * start).join(lines)
    return Text.assemble("  ", (head.plain, "dim"), between, value)


def _text(cell: RenderableType, console: Console) -> Text:
    return cell.copy() if isinstance(cell, Text) else console.render_str(str(cell))
