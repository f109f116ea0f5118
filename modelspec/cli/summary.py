"""`modelspec summary`."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.findings import examine_clean
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile
from modelspec.memory import bytes_text, lengths_text, peak_text, spec_memory
from modelspec.shapes import evaluate
from modelspec.summary import Row, Summary, largest_batch, summarize

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

LONGEST_SUM = 200
"""Characters of a sum of sizes that is shown."""
EXAMPLES = (
    "modelspec summary specs/qa.yaml",
    "modelspec summary specs/residual.yaml --depth 0",
    "modelspec summary specs/qa.yaml --json | jq .parameters",
)

NAMES_SHARE = 0.5
"""Names and types are broken over lines only where they take more of the width."""
MOST_NAMES = 20
"""Of more in one cell, the others are counted: every row is as wide as the widest."""


def run(
    spec: SpecFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    depth: Annotated[
        int | None,
        typer.Option(min=0, help="How many levels of blocks are opened.  [default: all]"),
    ] = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """List the layers of a spec: shapes, parameters, what leads into what, and the sums."""
    examined = examine_clean(spec, overrides=overrides, plugins=plugins, include_dirs=include_dirs)
    assert examined.graph is not None
    assert examined.spec is not None
    memory = spec_memory(examined.spec, examined.graph)
    summary = summarize(examined.graph, depth, memory)
    if as_json:
        print(json.dumps(summary.as_data(), indent=2))
    else:
        show(summary)


def show(summary: Summary) -> None:
    """Print a summary: a table as wide as the terminal, plain and unbroken in a pipe."""
    from modelspec.cli.console import console as new_console

    console = new_console()
    console.print(table_of(summary, console.width))
    _print_sums(summary, console)


def table_of(summary: Summary, width: int) -> "Table":
    """The table of the nodes, for a terminal of so many columns."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    whole = _names_width(summary) <= NAMES_SHARE * width
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("node", style="bold", overflow="fold", no_wrap=whole)
    table.add_column("type", style="cyan", overflow="fold", no_wrap=whole)
    table.add_column("output shape", overflow="fold")
    table.add_column("parameters", justify="right", no_wrap=True)
    table.add_column("connected to", style="dim", overflow="fold")
    shared = any(row.shared for row in summary.rows)
    if shared:
        table.add_column("shared with", style="magenta", overflow="fold")
    for row in summary.rows:
        cells = [*_cells(row), _shared_text(row)] if shared else _cells(row)
        table.add_row(*map(Text, cells))
    return table


def _names_width(summary: Summary) -> int:
    """The columns that all names and types take, unbroken."""
    names = max((len(row.name) + 2 * row.level for row in summary.rows), default=0)
    return names + max((len(row.type) for row in summary.rows), default=0)


def _cells(row: Row) -> list[str]:
    shapes = (
        [row.outputs[""]] if "" in row.outputs else [f"{p} {s}" for p, s in row.outputs.items()]
    )
    frozen = " (frozen)" if row.parameters and not row.trainable else ""
    return [
        "  " * row.level + row.name,
        row.type,
        "\n".join(shapes),
        f"{row.parameters:,}{frozen}" if row.parameters else "",
        _listed(row.inputs),
    ]


def _listed(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_NAMES
    shown = names[:MOST_NAMES] if more > 1 else names
    return ", ".join(shown) + (f" and {more:,} more" if more > 1 else "")


def _shared_text(row: Row) -> str:
    if not row.shared:
        return ""
    return f"{_listed(row.shared_with)} ({row.shared})" if row.shared_with else row.shared


def _print_sums(summary: Summary, console: "Console") -> None:
    lines = [
        ("parameters", f"{summary.parameters:,} ({bytes_text(summary.bytes)} at float32)"),
        ("trainable", f"{summary.trainable:,}"),
        ("non-trainable", f"{summary.non_trainable:,}"),
        ("FLOPs a sample", flops_text(summary)),
    ]
    if memory := summary.memory:
        peak = f"{peak_text(memory.peak())} at a batch of {memory.batch_size:,}"
        lines.append(("training step", f"{peak}{lengths_text(memory)}"))
        lines.append(("largest batch", f"{largest_batch(memory):,} in what is free here"))
    if summary.minimums:
        least = ", ".join(f"{name} >= {size}" for name, size in summary.minimums.items())
        lines.append(("sizes", least))
    for name, value in lines:
        console.print(f"[bold]{name:<15}[/bold] ", end="")
        console.print(value, markup=False)


def flops_text(summary: Summary) -> str:
    """The sum; one of many terms at the sizes that the step's memory is for."""
    text = _count_text(summary.flops)
    if len(text) <= LONGEST_SUM or summary.memory is None:
        return text
    sizes = summary.memory.lengths
    count = evaluate(summary.flops, sizes)
    at = ", ".join(f"{name} = {size}" for name, size in sizes.items())
    return text if count is None else f"{_count_text(count)} at {at}; `--json` has the sum"


def _count_text(count: object) -> str:
    if not isinstance(count, int):
        return str(count)
    for size, unit in ((10**12, "T"), (10**9, "G"), (10**6, "M")):
        if count >= size:
            return f"{count:,} ({count / size:.3g} {unit})"
    return f"{count:,}"
