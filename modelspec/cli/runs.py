"""`modelspec runs`."""

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli import completion
from modelspec.cli.model_options import RunsDir, set_threads, stop_at_errors
from modelspec.cli.options import Plugins, meant, refuse
from modelspec.cli.say import say, say_json
from modelspec.cli.series import series_folder
from modelspec.cli.study import refuse_study, study_folder
from modelspec.diagnostics import Report, did_you_mean, near_path

if TYPE_CHECKING:
    from rich.table import Table

    from modelspec.runner.run.compare import Comparison, RunSummary


EXAMPLES = (
    "modelspec runs",
    "modelspec runs digits",
    "modelspec runs digits --trials",
    "modelspec runs compare runs/digits/2026-11-21T04-13-35 runs/digits/latest",
    "modelspec runs report digits",
    "modelspec runs --json | jq '.[0].best'",
)

COMPARE, REPORT = "compare", "report"
MOST_VALUES = 6
"""How many values of the best epoch are shown."""


def run(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME | compare A B | report RUN]",
            help="Only the runs of a name; or two runs; or one.",
            autocompletion=completion.runs_words,
        ),
    ] = None,
    runs_dir: RunsDir = "runs",
    trials: Annotated[
        bool, typer.Option("--trials", help="Also list the trials of each study.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    plugins: Plugins = None,
) -> None:
    """List runs with their best values, say what two differ in, or write a report anew.

    `compare A B` shows each entry of the specs, the data and the environment in which two runs
    differ, and the values of their best epochs. A run is named by its directory, or by its spec's
    name for the latest. `report RUN` reads a run's data again, asks its best weights, and writes
    `report.html` into its directory, as every training does in the end; of a study, from what its
    trials have left. A study of `modelspec tune` is one line.
    """
    given = words or []
    if trials and given[:1] in ([COMPARE], [REPORT]):
        refuse("`--trials` is for a list of runs.", "--trials")
    if given[:1] == [COMPARE]:
        if len(given) != 3:
            refuse("`compare` takes two runs: `modelspec runs compare A B`.")
        _compare(given[1], given[2], runs_dir, as_json=as_json)
        return
    if given[:1] == [REPORT]:
        if len(given) != 2:
            refuse("`report` takes one run: `modelspec runs report RUN`.")
        _report(given[1], runs_dir, plugins, as_json=as_json)
        return
    if len(given) > 1:
        near = did_you_mean(given[0], [COMPARE, REPORT])
        help = f"; did you mean `{near}`?" if near else "."
        refuse(f"give one name, `compare A B` or `report RUN`{help}")
    _list(given, runs_dir, trials=trials, as_json=as_json)


def _list(names: list[str], runs_dir: str, *, trials: bool, as_json: bool) -> None:
    report = Report()
    found = _found(runs_dir, report, trials=trials)
    if names:
        known = {name for each in found for name in (each.name, _name(each, runs_dir))}
        if names[0] not in known:
            near = did_you_mean(names[0], {*known, COMPARE, REPORT})
            help = f" Did you mean `{near}`?" if near else ""
            refuse(f"there is no run of `{names[0]}` in `{runs_dir}`.{help}")
        found = [each for each in found if names[0] in (each.name, _name(each, runs_dir))]
    if as_json:
        say_json([each.as_data() for each in found])
    elif not found and not report.failed:
        missing = (
            "" if os.path.isdir(runs_dir) else f": no such folder.{meant(near_path(runs_dir))}"
        )
        say(f"no runs in `{runs_dir}`{missing}")
    elif found:
        _print(_table(found))
    stop_at_errors(report)


def _found(runs_dir: str, report: Report, *, trials: bool) -> "list[RunSummary]":
    """All runs and studies, in the order of names and times."""
    from modelspec.runner.run.compare import runs_in
    from modelspec.runner.run.directory import STUDY

    folder = Path(runs_dir)
    found = runs_in(folder, report)
    if any(folder.glob(f"*/*/{STUDY}")):
        from modelspec.tuning.results.summary import studies_in

        found += studies_in(folder, report, trials=trials)
        found.sort(key=lambda each: Path(each.folder).parts)
    return found


def _name(run: "RunSummary", runs_dir: str) -> str:
    """What the folder of a run, or of the study that it is of, is called."""
    return Path(run.folder).relative_to(runs_dir).parts[0]


def _table(found: "list[RunSummary]") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    shown = _shown(found)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("run", style="bold", overflow="fold")
    for name in ("epochs", "best", *shown):
        table.add_column(name, justify="right", no_wrap=True)
    for each in found:
        epochs = f"{each.epochs}/{each.wanted}" if each.wanted else str(each.epochs or "")
        values = (_value(each, key) for key in shown)
        best = _best(each)
        table.add_row(*map(Text, (each.folder, epochs, best, *values)))
    return table


def _shown(found: "list[RunSummary]") -> list[str]:
    """The values that stand in the table: of each run at least one, as far as there is room."""
    own = [sorted(each.best, key=_held_out, reverse=True) for each in found]
    first = dict.fromkeys(keys[0] for keys in own if keys)
    all_keys = dict.fromkeys(key for each in found for key in each.best)
    others = sorted((key for key in all_keys if key not in first), key=_held_out, reverse=True)
    chosen = {*[*first, *others][:MOST_VALUES]}
    return sorted((key for key in all_keys if key in chosen), key=_held_out, reverse=True)


def _held_out(key: str) -> int:
    """The greater, the more it says: of validation rows, of test rows, of training rows."""
    return 2 if key.startswith("val_") else int(key.startswith("test_"))


def _compare(one: str, other: str, runs_dir: str, *, as_json: bool) -> None:
    from modelspec.runner.run.compare import compare
    from modelspec.runner.run.directory import find

    for text in (one, other):
        refuse_study(text, runs_dir)
    found = compare(*(find(text, Path(runs_dir), series=True) for text in (one, other)))
    if as_json:
        content = {
            "runs": [each.as_data() for each in found.runs],
            "spec": found.spec,
            "data": found.data,
            "environment": found.environment,
            "results": found.results,
        }
        say_json(content)
        return
    _print(_differences(found))


def _report(run: str, runs_dir: str, plugins: list[str] | None, *, as_json: bool) -> None:
    from modelspec.runner.inference.trained_model import TrainedModel, load_splits
    from modelspec.runner.run.directory import find

    study = study_folder(run, runs_dir)
    if study is not None:
        _report_study(study, as_json=as_json)
        return
    several = series_folder(run, runs_dir)
    if several is not None:
        _report_series(several, as_json=as_json)
        return
    model = TrainedModel.from_run(find(run, Path(runs_dir)), plugins=plugins or ())
    report = Report()
    splits = load_splits(model, report)
    stop_at_errors(report)
    assert splits
    set_threads(None, model)
    from modelspec.runner.reporting.report import OTHER_DATA, is_other_data, write_report

    other = is_other_data(model, splits)
    if other:
        say(f"modelspec: {OTHER_DATA}", error=True)
    try:
        path = write_report(model, splits, note=OTHER_DATA if other else "")
    except OSError as error:
        say(f"modelspec: the report cannot be written: {error}", error=True)
        raise typer.Exit(1) from error
    say(json.dumps({"report": str(path)}) if as_json else path)


def _report_study(folder: Path, *, as_json: bool) -> None:
    from modelspec.tuning.results.report import write_report
    from modelspec.tuning.results.study_results import read_results
    from modelspec.tuning.results.table import write_table

    results = read_results(folder)
    write_table(results)
    path = write_report(results)
    say(json.dumps({"report": str(path)}) if as_json else path)


def _report_series(folder: Path, *, as_json: bool) -> None:
    from modelspec.runner.reporting.series import report_series
    from modelspec.runner.run.series import read_series

    path = report_series(folder, read_series(folder))
    say(json.dumps({"report": str(path)}) if as_json else path)


def _differences(found: "Comparison") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("")
    for each in found.runs:
        table.add_column(Text(_from_here(each.folder)), overflow="fold")
    sections = {"spec": found.spec, "data": found.data, "environment": found.environment}
    for name, changes in sections.items():
        for path, values in changes.items():
            table.add_row(*map(Text, (f"{name}: {path}", *values)))
        if not changes:
            table.add_row(Text(f"{name}: the same", style="dim"), "", "")
    table.add_section()
    for key, (first, second) in found.results.items():
        table.add_row(*map(Text, (f"best {key}", _number(first), _number(second))))
    return table


def _from_here(folder: str) -> str:
    """A folder's path as it is written here: short where it is below."""
    path, here = Path(folder), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else folder


def _best(run: "RunSummary") -> str:
    """The best epoch; of several runs, how many there are."""
    if run.trials:
        return f"{run.trials} trial{'s' * (run.trials != 1)}"
    if run.folds or run.seeds:
        return f"{run.folds} folds" if run.folds else f"{run.seeds} seeds"
    if run.members:
        return f"{run.members} members"
    return str(run.best_epoch or "")


def _value(run: "RunSummary", key: str) -> str:
    """A value of the best epoch; of several runs, the mean and the deviation."""
    deviation = _number(run.std.get(key))
    return _number(run.best.get(key)) + (f" ± {deviation}" if deviation else "")


def _number(value: float | None) -> str:
    from modelspec.runner.progress.epoch_line import number_text

    return "" if value is None else number_text(value)


def _print(table: "Table") -> None:
    from modelspec.cli.console import console

    console().print(table)
