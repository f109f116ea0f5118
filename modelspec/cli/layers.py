"""`modelspec layers`."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.options import Plugins, refuse
from modelspec.cli.pages.layers import families, topics
from modelspec.diagnostics import did_you_mean

if TYPE_CHECKING:
    from rich.table import Table

EXAMPLES = (
    "modelspec layers",
    "modelspec layers --family conv",
    "modelspec layers --json | jq -r '.recurrent | keys[]'",
)


def run(
    family: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Only those of a family, like `conv` or `pooling`."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as JSON.")] = False,
    _plugins: Plugins = None,
) -> None:
    """List the layer types by family, each with a line about it.

    `modelspec explain` has the page of each.
    """
    listed = _lines(family)
    if as_json:
        print(json.dumps(listed, indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        _show(listed)
    else:
        print(plain(listed))


def plain(listed: dict[str, dict[str, str]]) -> str:
    """One line a layer: its family, its type and what it does, in columns."""
    rows = [(family, name) for family, lines in listed.items() for name in lines]
    wide, long = (max(map(len, column), default=0) for column in zip(*rows, strict=True))
    return "\n".join(
        f"{family:<{wide}}  {name:<{long}}  {listed[family][name]}" for family, name in rows
    )


def table_of(listed: dict[str, dict[str, str]]) -> "Table":
    """The layers as a table for a terminal, a section for each family."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("family", style="dim", overflow="fold")
    table.add_column("layer", style="cyan", no_wrap=True)
    table.add_column("what it does", overflow="fold")
    for family, lines in listed.items():
        for index, (name, line) in enumerate(lines.items()):
            table.add_row(*map(Text, (family if index == 0 else "", name, line)))
        table.add_section()
    return table


def _lines(wanted: str | None) -> dict[str, dict[str, str]]:
    """The line about each layer, by family: all of them, or the wanted one."""
    found, lines = families(), topics()
    if wanted is not None and wanted not in found:
        near = did_you_mean(wanted, found)
        known = f"Did you mean `{near}`?" if near else f"The families: {', '.join(found)}."
        refuse(f"there is no family `{wanted}`. {known}", "--family")
    return {
        family: {name: lines[name] for name in names}
        for family, names in found.items()
        if wanted in (None, family)
    }


def _show(listed: dict[str, dict[str, str]]) -> None:
    from modelspec.cli.console import console

    console().print(table_of(listed))
