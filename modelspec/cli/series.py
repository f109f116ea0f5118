"""Several runs of one spec, by fold or by seed: training all, and what came of them."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from modelspec.cli.findings import show
from modelspec.cli.model_options import devices_checked, saving_checked
from modelspec.cli.options import refuse
from modelspec.cli.say import say, say_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.runner.run.series import Kind, Series


def series_folder(run: str, runs_dir: str) -> Path | None:
    """The folder of several runs that a command line names; None where it names one, or a spec.

    Raises:
        SpecError: There is no such run.
    """
    from modelspec.runner.run.directory import find, series_file

    if os.path.isfile(run):
        return None
    folder = find(run, Path(runs_dir), series=True)
    return folder if series_file(folder) else None


def first_run(folder: Path) -> Path:
    """The directory of the first of several runs."""
    from modelspec.runner.run.series import read_series

    return folder / read_series(folder).runs[0].folder


def train_several(
    spec: str, folds: int | None, seeds: int | None, resume: str | None, settings: dict[str, Any]
) -> None:
    """Train all runs, and say what came of them."""
    from modelspec.api.series import train_series
    from modelspec.diagnostics import SpecError
    from modelspec.runner.run.errors import SeriesError

    kind: Kind | None = "fold" if folds else "seed" if seeds else None
    shown: set[tuple[str, str]] = set()

    def show_findings(findings: "Sequence[Diagnostic]", sources: "Sources") -> None:
        shown.update((each.code, each.message) for each in findings)
        show(findings, sources)

    try:
        with devices_checked(), saving_checked():
            done = train_series(
                kind,
                spec,
                folds or seeds,
                resume=resume,
                show=show_findings,
                say=lambda text: say(text, error=True),
                **settings,
            )
    except SeriesError as error:
        refuse(f"{error}.", f"--{kind}s" if kind else "--resume")
    except SpecError as error:
        if any((each.code, each.message) not in shown for each in error.diagnostics):
            raise
        raise typer.Exit(1) from error
    print_series(done.found)
    for line in done.lines():
        say(line)
    for run in done.failed:
        say(f"modelspec: {run.folder} failed: {run.error}", error=True)
    if done.resume_command is not None:
        say(f"  go on with: {done.resume_command}", error=True)
    if done.interrupted is not None:
        raise typer.Exit(128 + done.interrupted)
    if done.failed:
        raise typer.Exit(1)


def print_series(found: "Series") -> None:
    """A line for each value: its mean, its standard deviation, and what each run has."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modelspec.cli.console import console
    from modelspec.runner.progress.epoch_line import number_text

    means, deviations = found.means(), found.deviations()
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    table.add_column("mean", justify="right", style="bold")
    table.add_column("std", justify="right")
    for run in found.runs:
        ended = "" if run.status == "done" else f" {run.status}"
        table.add_column(f"{run.label}{ended}", justify="right")
    for key in means:
        columns = (means, deviations, *(run.values for run in found.runs))
        cells = (number_text(values[key]) if key in values else "" for values in columns)
        table.add_row(*map(Text, (key, *cells)))
    console().print(table)
    for note in found.notes:
        say(note)


def show_series(folder: Path, *, as_json: bool) -> None:
    """What `eval` says of several runs: the values that they have measured."""
    from modelspec.runner.run.series import read_series

    found = read_series(folder)
    if as_json:
        say_json(found.as_data())
        return
    done = len(found.done)
    rows = "its own rows" if found.kind == "fold" else "the same rows"
    say(f"{folder}: the best weights of {done} of {len(found.runs)} {found.kind}s, each on {rows}")
    print_series(found)
