"""A study on a command line: which one is named, and what came of it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from modelspec.cli.say import say, say_json
from modelspec.diagnostics import Diagnostic, Span, SpecError

if TYPE_CHECKING:
    from rich.table import Table

    from modelspec.tuning.record import Trial
    from modelspec.tuning.results.study_results import StudyResults

MOST_TRIALS = 5
MOST_FRONT = 12


def study_folder(run: str, runs_dir: str) -> Path | None:
    """The folder of a study that a command line names; None where it names something else."""
    from modelspec.runner.run.directory import STUDY, folders_named

    if os.path.isfile(run):
        return None
    found = (path for path in folders_named(run, Path(runs_dir)) if path.is_dir())
    first = next(found, None)
    return first if first is not None and (first / STUDY).is_file() else None


def refuse_study(run: str, runs_dir: str, resume: str = "") -> None:
    """End where a study is named and a run is wanted, with the run that may have been meant.

    Args:
        run: What the command line names.
        runs_dir: The folder of all runs.
        resume: The spec, where the run was to be gone on with.

    Raises:
        SpecError: It is a study (MS807).
    """
    folder = study_folder(run, runs_dir)
    if folder is not None:
        _refuse(folder, resume)


def _refuse(folder: Path, resume: str) -> NoReturn:
    best = best_run(folder)
    help = f"its best is `{best}`" if best else "no trial of it has come to its end yet"
    if resume:
        help = f"go on with it by `modelspec tune {resume} --resume {folder}`; {help}"
    message = "it is a study, whose trials are runs"
    raise SpecError([Diagnostic("MS807", message, Span(str(folder)), help)])


def best_run(folder: Path) -> Path | None:
    """The run that stands for a study: its confirmed best, or its best trial.

    Raises:
        SpecError: The study is not whole (MS807).
    """
    from modelspec.tuning.results.study_results import read_results

    return read_results(folder).best_run


def show_study(folder: Path, *, as_json: bool) -> None:
    """What `eval` says of a study: what its trials have measured."""
    from modelspec.tuning.results.study_results import read_results

    results = read_results(folder)
    if as_json:
        say_json(results.as_data())
        return
    counts = ", ".join(f"{count:,} {status}" for status, count in results.counts().items())
    say(f"{folder}: {len(results.trials):,} trials" + (f", {counts}" if counts else ""))
    print_study(results)


def print_study(results: "StudyResults") -> None:
    """The best trials, what training them again showed, and what the test rows say."""
    from modelspec.cli.console import console
    from modelspec.runner.progress.epoch_line import values_text
    from modelspec.tuning.results.lines import trial_line

    best = results.front[:MOST_FRONT] if len(results.study.objective) > 1 else []
    best = best or results.ordered[:MOST_TRIALS]
    if not best:
        say("no trial has come to its end")
        return
    table = _best_table(results, best)
    if _fits(table):
        console().print(table)
    else:
        for trial in best:
            say(trial_line(trial, None, results.study.objective))
    if results.confirmed:
        console().print(_confirmed_table(results))
    if results.test:
        say(f"test rows, asked once: {values_text(results.test)}")


def _fits(table: "Table") -> bool:
    """Whether a table is as wide as it has to be: a narrower one breaks words and numbers."""
    from rich.measure import Measurement

    from modelspec.cli.console import console

    out = console()
    return Measurement.get(out, out.options.update(max_width=10_000), table).maximum <= out.width


def _best_table(results: "StudyResults", best: "list[Trial]") -> "Table":
    from rich.text import Text

    from modelspec.tuning.results.lines import objective_text, short_names, value_text

    names = results.study.objective
    costs = [] if "parameters" in names else ["parameters"]
    columns = [each for each in results.columns if any(each.path in e.values for e in best)]
    table = _plain_table("trial")
    called = short_names(each.path for each in results.columns)
    for name in (*names, *(called[each.path] for each in columns), *costs, "epochs"):
        table.add_column(Text(name), justify="right", overflow="fold")
    for trial in best:
        values = (
            value_text(trial.values[each.path]) if each.path in trial.values else ""
            for each in columns
        )
        sizes = (f"{trial.parameters:,}" for _ in costs)
        objectives = (objective_text(name, trial.objectives[name]) for name in names)
        cells = (str(trial.number), *objectives, *values, *sizes, str(trial.epochs))
        table.add_row(*map(Text, cells))
    return table


def _confirmed_table(results: "StudyResults") -> "Table":
    from rich.text import Text

    from modelspec.language.tune import COSTS
    from modelspec.runner.progress.epoch_line import number_text
    from modelspec.tuning.results.lines import objective_text

    table = _plain_table("trained again")
    for name in ("seeds", *results.study.objective):
        table.add_column(Text(name), justify="right")
    for each in results.confirmed:
        cells = [f"trial {each.trial}", str(len(each.repeats))]
        for name, mean in each.means.items():
            deviation = None if name in COSTS else each.deviations.get(name)
            more = "" if deviation is None else f" ± {number_text(deviation)}"
            cells.append(objective_text(name, mean) + more)
        table.add_row(*map(Text, cells))
    return table


def _plain_table(first: str) -> "Table":
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column(first, style="bold", no_wrap=True)
    return table
