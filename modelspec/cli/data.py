"""`modelspec data`."""

import os
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.findings import examine_clean
from modelspec.cli.model_options import stop_at_errors
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile, refuse
from modelspec.cli.say import say, say_json
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from rich.console import Console

    from modelspec.data import Arrays, Description, Splits

EXAMPLES = (
    "modelspec data specs/digits.yaml",
    "modelspec data specs/wide_deep.yaml --json | jq '.features[0].facts'",
)

BAR = 24
"""How long the bar of the most frequent value is."""
SHOWN = 12
"""How many values of a feature get a bar."""


def run(
    spec: SpecFile,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
    clear_cache: Annotated[
        bool,
        typer.Option("--clear-cache", help="Remove all converted tables, and do nothing else."),
    ] = False,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Show what each feature of a spec's data looks like: counts, gaps, ranges, vocabularies.

    All is read, split and encoded as for training, and nothing is trained. What is shown are the
    training rows, and of each feature a few rows as the model sees them.

    A table that does not fit into memory is converted once and kept, in `runs/.cache` or where
    `$MODELSPEC_CACHE` says.
    """
    if clear_cache:
        from modelspec.data.out_of_core import cache

        say(f"removed {_megabytes(cache.clear())} of converted tables from {cache.place()}")
        return
    examined = examine_clean(spec, overrides=overrides, plugins=plugins, include_dirs=include_dirs)
    assert examined.spec
    assert examined.graph
    settings = examined.spec.data
    if settings is None:
        refuse(f"`{spec}` has no `data`.")
    from modelspec.data import check_quality, describe, load

    report = Report()
    folder = os.path.dirname(os.path.abspath(examined.spec.document.file))
    splits = load(settings, examined.graph, folder, report)
    stop_at_errors(report, examined.sources())
    assert splits
    described = describe(splits, examined.graph)
    if as_json:
        features = [each.as_data() for each in described]
        found = {
            "rows": _counts(splits),
            "notes": _notes(splits),
            "cells": {part: counts.to_dict() for part, counts in splits.counts.items()},
            "features": features,
        }
        say_json(found)
        return
    _show(splits, described)
    suspect = Report()
    check_quality(splits, examined.graph, settings.place, suspect)
    stop_at_errors(suspect, examined.sources())


def _counts(splits: "Splits") -> dict[str, int]:
    parts: dict[str, Arrays | None] = {
        "train": splits.train,
        "validation": splits.validation,
        "test": splits.test,
    }
    return {name: part.rows for name, part in parts.items() if part is not None}


def _notes(splits: "Splits") -> list[str]:
    """What was found out about the files themselves."""
    return [note for each in splits.counts.values() for note in each.note_lines()]


def _show(splits: "Splits", described: "list[Description]") -> None:
    from rich.markup import escape

    from modelspec.cli.console import console as new_console

    console = new_console()
    counted = ", ".join(f"{rows:,} {name}" for name, rows in _counts(splits).items())
    console.print(f"[bold]rows[/bold]  {counted}")
    for note in _notes(splits):
        console.print(f"[bold]file[/bold]  {escape(note)}")
    for counts in splits.counts.values():
        for line in counts.cell_lines():
            console.print(f"[bold]cells[/bold] {escape(line)}")
    if splits.out_of_core:
        from modelspec.data.out_of_core import cache

        taken = f"{_megabytes(cache.size())} of converted tables in {cache.place()}"
        console.print(f"[bold]cache[/bold] {escape(taken)}")
    for each in described:
        _show_one(each, console)


def _show_one(each: "Description", console: "Console") -> None:
    from rich.text import Text

    size = ", ".join("any" if axis is None else str(axis) for axis in each.shape)
    columns = ", ".join(each.columns[:6]) + (", ..." if len(each.columns) > 6 else "")
    console.print()
    title = Text(each.name, style="bold")
    title.append(f"  {each.role} [{size}] {each.dtype}", style="cyan")
    title.append(f"  {each.kind} of {columns}", style="dim")
    console.print(title)
    facts = {name: _number(value) for name, value in each.facts.items()}
    if each.missing:
        facts["missing"] = f"{each.missing:,}"
    if facts:
        console.print(Text("  " + "  ".join(f"{name} {value}" for name, value in facts.items())))
    _show_counts(each.counts, console)
    for row in each.rows:
        console.print(Text(f"  e.g. {row}", style="dim", overflow="ellipsis"), no_wrap=True)


def _show_counts(counts: dict[str, int], console: "Console") -> None:
    from rich.text import Text

    shown = dict(list(counts.items())[:SHOWN])
    width = max((len(repr(name)) for name in shown), default=0)
    most = max(counts.values(), default=0) or 1
    for name, count in shown.items():
        bar = "█" * max(round(BAR * count / most), count > 0)
        written = name if name.strip() and name.isprintable() else repr(name)
        console.print(Text(f"  {written:<{width}} {bar:<{BAR}} {count:,}"))
    if len(counts) > len(shown):
        console.print(f"  and {len(counts) - len(shown):,} more")


def _megabytes(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"


def _number(value: float | int | str) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
