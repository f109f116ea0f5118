"""`modelspec eval`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from modelspec.cli.folds import cross_validation, show_folds
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
from modelspec.cli.options import Overrides, Plugins, refuse
from modelspec.cli.say import say
from modelspec.diagnostics import Diagnostic, Report, Span

if TYPE_CHECKING:
    from modelspec.data import Arrays, CellCounts
    from modelspec.runner.inference.evaluate import Evaluation
    from modelspec.runner.inference.trained_model import TrainedModel

EXAMPLES = (
    "modelspec eval runs/digits/latest",
    "modelspec eval digits --data more_digits.csv --json",
    "modelspec eval specs/digits.yaml --weights best.safetensors --split validation",
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
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    device: Device = "auto",
    threads: Threads = None,
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Measure a trained model: the loss and the metrics of each output.

    The rows are the test rows of the spec's data, or the validation rows where there are no test
    rows; or those of another file. Of a cross-validation, what `train --folds` has measured.
    """
    parent = cross_validation(model, runs_dir)
    if parent is not None:
        if data or split or weights or overrides:
            refuse(
                f"`{parent}` holds the runs of several folds: name one, `{parent}/fold-1`; "
                "without options, `eval` says what they measured."
            )
        show_folds(parent, as_json=json)
        return
    trained = model_of(model, weights, runs_dir, plugins, overrides)
    from modelspec.data import CellCounts

    counts = CellCounts()
    if data:
        arrays, rows = _file_rows(trained, data, counts)
    else:
        arrays, rows = _split_rows(trained, split, counts)

    from modelspec.runner.inference.evaluate import evaluate

    set_threads(threads, trained)
    with devices_checked():
        found = evaluate(trained, arrays, device)
    if json:
        _print_json(found, trained, rows, counts)
        return
    for line in counts.lines():
        say(line)
    _print_table(found, trained, rows)


def _file_rows(trained: "TrainedModel", file: str, counts: "CellCounts") -> "tuple[Arrays, str]":
    from modelspec.data import encode_file

    report = Report()
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
    return arrays, file


def _split_rows(
    trained: "TrainedModel", split: Split | None, counts: "CellCounts"
) -> "tuple[Arrays, str]":
    from modelspec.runner.inference.trained_model import load_splits

    report = Report()
    splits = load_splits(trained, report)
    stop_at_errors(report)
    assert splits
    parts = {"test": splits.test, "validation": splits.validation, "train": splits.train}
    for name in [split] if split else ["test", "validation"]:
        arrays = parts[name]
        if arrays is not None:
            counts.take(splits.counts.get(name) or splits.counts["train"])
            return arrays, f"{name} rows"
    message = f"the spec's data has no {split or 'test or validation'} rows"
    help = "give a file with `--data`, or take `--split train`"
    report.add(Diagnostic("MS804", message, Span(trained.spec.document.file), help))
    report.raise_if_failed()
    raise AssertionError("the finding is an error")


def _print_json(
    found: "Evaluation", trained: "TrainedModel", rows: str, counts: "CellCounts"
) -> None:
    from json import dumps

    content = {
        "weights": str(trained.weights),
        "data": rows,
        "rows": found.rows,
        "loss": found.loss,
        "outputs": found.outputs,
        **({"notes": found.notes} if found.notes else {}),
        **({"cells": counts.to_dict()} if counts.lines() else {}),
    }
    print(dumps(content, indent=2))


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
