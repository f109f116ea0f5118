"""A comparison of two specs, printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from modelspec.cli.console import console as new_console
from modelspec.cli.findings import counted
from modelspec.comparison.text import change_text, shown

if TYPE_CHECKING:
    from rich.console import Console

    from modelspec.comparison import Change, Comparison, Consequence
    from modelspec.comparison.changes import Kind
    from modelspec.diagnostics import Span

_HEADS: dict[Kind, tuple[str, str]] = {
    "added": ("added", "green"),
    "removed": ("removed", "red"),
    "renamed": ("renamed", "cyan"),
    "changed": ("changed", "yellow"),
    "rewired": ("rewired", "yellow"),
}
_MOST = 8
"""How many nodes are listed of those that one thing happened to."""


def print_comparison(before: str, after: str, found: Comparison) -> None:
    """Print what two specs differ in."""
    console = new_console()
    console.print(Text(f"{before} -> {after}", "bold"))
    if not found:
        console.print("no difference in what they mean")
    for kind, (head, style) in _HEADS.items():
        changes = [change for change in found.causes if change.kind == kind]
        if changes:
            console.print()
            console.print(Text(head, f"bold {style}"))
            console.print(_rows(changes))
    _print_consequences(console, found)
    if found:
        console.print()
        console.print(_sums(found))
    if found.notes:
        console.print()
        names = ", ".join(f"{note.path} ({_note(note)})" for note in found.notes)
        console.print(Text(f"without effect: {names}", "dim"))


def _rows(changes: list[Change]) -> Table:
    table = _grid()
    for change in changes:
        where = _where(change.new or change.old)
        table.add_row("", change.path, change_text(change), Text(where, "dim"))
    return table


def _where(span: Span | None) -> str:
    if span is None or span.file.startswith("--set"):
        return span.file if span else ""
    return f"{span.file}:{span.line}:{span.column}"


def _print_consequences(console: Console, found: Comparison) -> None:
    follows = [change for change in found.changes if not change.is_cause]
    if not follows and not found.consequences:
        return
    console.print()
    console.print(Text("what follows", "bold"))
    table = _grid()
    by_path: dict[tuple[str, str], list[str]] = {}
    for change in follows:
        key = (change.path, ", ".join(change.because))
        by_path.setdefault(key, []).append(change_text(change))
    for (path, because), texts in by_path.items():
        table.add_row("", path, _listed(texts, ", "), Text(f"from {because}", "dim"))
    by_kind: dict[str, list[Consequence]] = {}
    for each in found.consequences:
        by_kind.setdefault(each.what, []).append(each)
    for what, several in by_kind.items():
        nodes = [f"{each.node} {shown(each.before)} -> {shown(each.after)}" for each in several]
        table.add_row("", f"{what} of {counted(len(several), 'node')}", _listed(nodes, "\n"), "")
    console.print(table)


def _listed(texts: list[str], between: str) -> str:
    more = [f"and {len(texts) - _MOST} more"] if len(texts) > _MOST else []
    return between.join([*texts[:_MOST], *more])


def _sums(found: Comparison) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for head in ("before", "after", ""):
        table.add_column(head, justify="right")
    before, after = found.before, found.after
    rows: list[tuple[str, object, object]] = [
        ("parameters", before.parameters, after.parameters),
        ("trainable", before.trainable, after.trainable),
        ("FLOPs a sample", before.flops, after.flops),
    ]
    rows += [
        (f"least {name}", before.minimums.get(name, 1), after.minimums.get(name, 1))
        for name in dict.fromkeys((*before.minimums, *after.minimums))
    ]
    for name, old, new in rows:
        table.add_row(name, _number(old), _number(new), Text(_gain(old, new), "dim"))
    return table


def _number(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _gain(before: object, after: object) -> str:
    if not isinstance(before, int) or not isinstance(after, int) or before == after:
        return "" if before == after else "changed"
    share = f" ({100 * (after - before) / before:+.3g} %)" if before else ""
    return f"{after - before:+,}{share}"


def _note(change: Change) -> str:
    return "another text" if change.path == "description" else change_text(change)


def _grid() -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    for _ in range(4):
        table.add_column(overflow="fold")
    return table
