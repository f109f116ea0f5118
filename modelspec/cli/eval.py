"""`modelspec eval`."""

from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from modelspec.cli.importance import Asked, Wanted, measure, show
from modelspec.cli.model_options import (
    DataFile,
    Device,
    Model,
    RunsDir,
    Threads,
    Weights,
    devices_checked,
    model_of,
    set_threads,
    stop_at_errors,
)
from modelspec.cli.options import Overrides, Plugins, a_number, refuse
from modelspec.cli.say import say, say_json
from modelspec.cli.series import first_run, series_folder, show_series
from modelspec.cli.study import best_run, show_study, study_folder
from modelspec.diagnostics import Diagnostic, Report, Span

if TYPE_CHECKING:
    from modelspec.runner.inference.evaluate import Evaluation
    from modelspec.runner.inference.trained_model import TrainedModel

EXAMPLES = (
    "modelspec eval runs/digits/latest",
    "modelspec eval digits --data more_digits.csv --json",
    "modelspec eval specs/digits.yaml --weights best.safetensors --split validation",
    "modelspec eval breast_cancer --importance",
)

Split = Literal["train", "validation", "test"]


def run(
    model: Model,
    data: DataFile = None,
    split: Annotated[
        Split | None,
        typer.Option(help="Which of the spec's rows.  [default: test, or validation]"),
    ] = None,
    weights: Weights = "",
    importance: Annotated[
        bool,
        typer.Option(
            "--importance", help="Also permute each column, and say how much worse the model gets."
        ),
    ] = False,
    importance_seconds: Annotated[
        float | None,
        typer.Option(
            min=0,
            callback=a_number,
            help="After so long no new permutation is begun.  [default: 60]",
        ),
    ] = None,
    importance_repeats: Annotated[
        int | None,
        typer.Option(
            min=1, max=1000, help="How many permutations there are of each column.  [default: 5]"
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Rules the permutations, and which rows of many are taken.  [default: 0]"
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    device: Device = "auto",
    threads: Threads = None,
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Measure a trained model: the loss and the metrics of each output.

    The rows are the test rows of the spec's data, or the validation rows where there are no test
    rows; or those of another file. Of several runs, what `train --folds` or `--seeds` has measured;
    of a study, what its trials have. Permutation importance is kept in the run, for its report.
    """
    wanted = _wanted(importance, seed, importance_repeats, importance_seconds)
    study = study_folder(model, runs_dir)
    if study is not None:
        if data or split or weights or overrides or importance:
            best = best_run(study)
            told = f": name one, `{best}`, which is best" if best else ", none of them at its end"
            refuse(f"`{study}` is a study, whose trials are runs{told}.")
        show_study(study, as_json=json)
        return
    parent = series_folder(model, runs_dir)
    if parent is not None:
        if data or split or weights or overrides or importance:
            refuse(
                f"`{parent}` holds several runs: name one, `{first_run(parent)}`; "
                "without options, `eval` says what they measured."
            )
        show_series(parent, as_json=json)
        return
    trained = model_of(model, weights, runs_dir, plugins, overrides)
    if not any(output.loss for output in trained.graph.outputs.values()):
        nothing = "no output has a loss, so there is nothing to measure"
        if wanted is not None:
            refuse(f"{nothing}.", "--importance")
        say(f"modelspec: {nothing}", error=True)
    asked = _file_rows(trained, data) if data else _split_rows(trained, split)

    from modelspec.runner.inference.predictor import Predictor

    set_threads(threads, trained)
    worth = None
    with devices_checked():
        predictor = Predictor(trained, device=device)
        found = predictor.evaluate(asked.arrays)
        if wanted is not None:
            worth = measure(predictor, asked, wanted)
    if json:
        _print_json(found, trained, asked, worth)
        return
    for line in asked.counts.lines():
        say(line)
    _print_table(found, trained, asked.text)
    if worth is not None:
        show(worth, trained)


def _wanted(
    importance: bool, seed: int | None, repeats: int | None, seconds: float | None
) -> Wanted | None:
    """What is asked of permutation importance; None where it is not asked for."""
    settings = {"--seed": seed, "--importance-repeats": repeats, "--importance-seconds": seconds}
    if not importance:
        for option, value in settings.items():
            if value is not None:
                refuse(f"`{option}` is for `--importance`: add it.", option)
        return None
    return Wanted(seed or 0, repeats or 5, 60.0 if seconds is None else seconds)


def _file_rows(trained: "TrainedModel", file: str) -> Asked:
    from modelspec.data import CellCounts, encode_file

    report, counts = Report(), CellCounts()
    arrays = encode_file(
        trained.preprocessing,
        trained.spec.data,
        trained.graph,
        file,
        report,
        targets=True,
        counts=counts,
    )
    stop_at_errors(report)
    assert arrays
    return Asked(arrays, file, counts)


def _split_rows(trained: "TrainedModel", split: Split | None) -> Asked:
    from modelspec.runner.inference.trained_model import load_splits

    report = Report()
    splits = load_splits(trained, report)
    stop_at_errors(report)
    assert splits
    parts = {"test": splits.test, "validation": splits.validation, "train": splits.train}
    for name in [split] if split else ["test", "validation"]:
        arrays = parts[name]
        if arrays is not None:
            counts = splits.counts.get(name) or splits.counts["train"]
            return Asked(arrays, f"{name} rows", counts, name)
    message = f"the spec's data has no {split or 'test or validation'} rows"
    help = "give a file with `--data`, or take `--split train`"
    report.add(Diagnostic("MS804", message, Span(trained.spec.document.file), help))
    report.raise_if_failed()
    raise AssertionError("the finding is an error")


def _print_json(
    found: "Evaluation", trained: "TrainedModel", asked: Asked, worth: "dict[str, Any] | None"
) -> None:
    content = {
        "weights": str(trained.weights),
        "data": asked.text,
        "rows": found.rows,
        "loss": found.loss,
        "outputs": found.outputs,
        **({"notes": found.notes} if found.notes else {}),
        **({"cells": asked.counts.to_dict()} if asked.counts.lines() else {}),
        **({} if worth is None else {"importance": worth}),
    }
    say_json(content)


def _print_table(found: "Evaluation", trained: "TrainedModel", rows: str) -> None:
    from rich.table import Table

    from modelspec.cli.console import console
    from modelspec.runner.progress.epoch_line import number_text

    columns = list(dict.fromkeys(name for values in found.outputs.values() for name in values))
    table = Table()
    table.add_column("output")
    for name in columns:
        table.add_column(name, justify="right")
    for output, values in found.outputs.items():
        cells = (number_text(values[name]) if name in values else "" for name in columns)
        table.add_row(output, *cells)
    of = "" if rows.endswith(" rows") else "rows of "
    say(f"{trained.weights} on {found.rows:,} {of}{rows}")
    console().print(table)
    for output, note in found.notes.items():
        say(f"{output}: {note}")
    if len(found.outputs) > 1 and found.loss is not None:
        print(f"loss, weighted: {number_text(found.loss)}")
