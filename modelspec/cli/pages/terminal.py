"""A page on a terminal. Rich's own Markdown cuts the first column of a wide table off."""

import re
from collections.abc import Iterable
from itertools import groupby

from rich import box
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table
from rich.text import Text

from modelspec.cli.console import console as printing

_CODE = re.compile(r"`([^`]*)`")
_CELL_END = re.compile(r"(?<!\\)\|")


def lay_out(markdown: str, console: Console | None = None) -> None:
    """Print a page as wide as the terminal."""
    out = console or printing()
    for is_table, lines in groupby(markdown.splitlines(), lambda line: line.startswith("|")):
        if is_table:
            out.print(_table(lines))
        else:
            out.print(Markdown("\n".join(lines), code_theme="ansi_dark"))


def _table(lines: Iterable[str]) -> Table:
    header, _, *rows = ([_cell(cell) for cell in _CELL_END.split(line)[1:-1]] for line in lines)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    for place, title in enumerate(header):
        table.add_column(title, no_wrap=place == 0)
    for row in rows:
        table.add_row(*row)
    return table


def _cell(markdown: str) -> Text:
    """A cell, what stands between backticks in another colour."""
    text = Text()
    for place, piece in enumerate(_CODE.split(markdown.strip().replace("\\|", "|"))):
        text.append(piece, style="cyan" if place % 2 else "")
    return text
