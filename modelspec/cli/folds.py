"""The folds of a cross-validation: training all, and the table of what came of them."""

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
    from modelspec.runner.run.folds import CrossValidation


def cross_validation(run: str, runs_dir: str) -> Path | None:
    """The folder of the cross-validation that a command line names; None where it names a spec.

    Raises:
        SpecError: There is no such run.
    """
    from modelspec.runner.run.directory import FOLDS, find

    if os.path.isfile(run):
        return None
    folder = find(run, Path(runs_dir), folds=True)
    return folder if (folder / FOLDS).is_file() else None


def train_in_folds(
    spec: str, folds: int | None, resume: str | None, settings: dict[str, Any]
) -> None:
    """Train all folds, and say what came of them."""
    from modelspec.api.folds import train_folds
    from modelspec.diagnostics import SpecError
    from modelspec.runner.run.errors import FoldsError

    shown: set[tuple[str, str]] = set()

    def show_findings(findings: "Sequence[Diagnostic]", sources: "Sources") -> None:
        shown.update((each.code, each.message) for each in findings)
        show(findings, sources)

    try:
        with devices_checked(), saving_checked():
            done = train_folds(
                spec,
                folds,
                resume=resume,
                show=show_findings,
                say=lambda text: say(text, error=True),
                **settings,
            )
    except FoldsError as error:
        refuse(f"{error}.", "--folds")
    except SpecError as error:
        if any((each.code, each.message) not in shown for each in error.diagnostics):
            raise
        raise typer.Exit(1) from error
    print_folds(done.found)
    for line in done.lines():
        say(line)
    for fold in done.failed:
        say(f"modelspec: {fold.folder} failed: {fold.error}", error=True)
    if done.resume_command is not None:
        say(f"  go on with: {done.resume_command}", error=True)
    if done.interrupted is not None:
        raise typer.Exit(128 + done.interrupted)
    if done.failed:
        raise typer.Exit(1)


def print_folds(found: "CrossValidation") -> None:
    """A line for each value: its mean, its standard deviation, and what each fold has."""
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
    for fold in found.folds:
        ended = "" if fold.status == "done" else f" {fold.status}"
        table.add_column(f"fold {fold.number}{ended}", justify="right")
    for key in means:
        columns = (means, deviations, *(fold.values for fold in found.folds))
        cells = (number_text(values[key]) if key in values else "" for values in columns)
        table.add_row(*map(Text, (key, *cells)))
    console().print(table)
    for note in found.notes:
        say(note)


def show_folds(folder: Path, *, as_json: bool) -> None:
    """What `eval` says of a cross-validation: the values that it has measured."""
    from modelspec.runner.run.folds import read_folds

    found = read_folds(folder)
    if as_json:
        say_json(found.as_data())
        return
    done = len(found.done)
    say(f"{folder}: the best weights of {done} of {len(found.folds)} folds, each on its own rows")
    print_folds(found)
