"""`modelspec predict`."""

import os
from dataclasses import replace
from math import prod
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.model_options import (
    DataFile,
    Device,
    Model,
    RunsDir,
    Threads,
    Threshold,
    Weights,
    devices_checked,
    model_of,
    set_threads,
    stop_at_errors,
)
from modelspec.cli.options import Overrides, Plugins, meant, refuse
from modelspec.cli.output import reason
from modelspec.cli.say import say
from modelspec.diagnostics import Report, did_you_mean
from modelspec.source.data_suffixes import ENDINGS, ENDINGS_TEXT

if TYPE_CHECKING:
    from modelspec.data import Arrays, CellCounts, Labelled
    from modelspec.data.table.table import Array
    from modelspec.runner.inference.trained_model import TrainedModel

EXAMPLES = (
    "modelspec predict runs/digits/latest --data new_digits.csv -o predictions.csv",
    "modelspec predict digits --data new_digits.npz -o codes.npz --output dense1",
    "modelspec predict specs/qa.yaml --weights qa.safetensors --data questions.npz -o out.parquet",
)

MOST_COLUMNS = 10_000
"""A table of more columns is a mistake: an image written cell by cell."""


def run(
    model: Model,
    data: DataFile = None,
    file: Annotated[
        str,
        typer.Option("-o", "--out", metavar="FILE", help=f"Where to write: {ENDINGS_TEXT}."),
    ] = "predictions.csv",
    output: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NODE",
            help="Write the values of a node too: `dense1`, `stage_1/conv1`; repeatable.",
        ),
    ] = None,
    threshold: Threshold = None,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Write nothing if a cell is missing, unknown, clipped or cut."
        ),
    ] = False,
    weights: Weights = "",
    device: Device = "auto",
    threads: Threads = None,
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Predict from raw columns: labels and probabilities for categories, numbers in their units.

    The columns are those that the run was trained on; the targets may be missing. It is said of
    how many cells something else stands for: missing, unknown, clipped or cut ones.
    """
    if data is None:
        refuse("say which rows with `--data FILE`.", "--data")
    if not file.lower().endswith(ENDINGS):
        name, ending = os.path.splitext(file)
        near = did_you_mean(ending, ENDINGS)
        refuse(f"`{file}` must end in {ENDINGS_TEXT}.{meant(near and name + near)}", "-o")
    trained = model_of(model, weights, runs_dir, plugins, overrides)
    if threshold is not None:
        trained = _deciding(trained, threshold)
    arrays, counts = _rows(trained, data)
    if strict:
        stop_at_errors(counts.findings())

    from modelspec.runner.inference.predictor import Predictor

    set_threads(threads, trained)
    with devices_checked():
        columns = Predictor(trained, nodes=output or (), device=device).predict(arrays)
    _write(file, columns)
    for line in counts.lines():
        say(line)
    say(f"{arrays.rows:,} rows in {file}: {', '.join(columns)}")


def _deciding(trained: "TrainedModel", threshold: float) -> "TrainedModel":
    """The model, whose outputs of yes or no decide by another threshold."""
    from modelspec.data.decisions import with_threshold

    try:
        preprocessing = with_threshold(trained.graph, trained.preprocessing, threshold)
    except ValueError as error:
        refuse(f"{error}.", "--threshold")
    return replace(trained, preprocessing=preprocessing)


def _rows(trained: "TrainedModel", file: str) -> "tuple[Arrays, CellCounts]":
    """The rows, and what became of the cells of their inputs."""
    from modelspec.data import CellCounts, encode_file
    from modelspec.runner.setup.decode_tokens import feed_inputs

    report, counts = Report(), CellCounts()
    arrays = encode_file(
        trained.preprocessing,
        trained.spec.data,
        trained.graph,
        file,
        report,
        targets=False,
        without=feed_inputs(trained.graph),
        counts=counts,
    )
    stop_at_errors(report)
    assert arrays
    return arrays, counts.only(trained.graph.inputs)


def _write(file: str, columns: "dict[str, Array | Labelled]") -> None:
    from modelspec.data import Labelled, write_predictions

    shapes = [
        (column.values if isinstance(column, Labelled) else column).shape
        for column in columns.values()
    ]
    width = sum(prod(shape[1:]) for shape in shapes)
    if width > MOST_COLUMNS and not file.lower().endswith(".npz"):
        refuse(f"that would be a table of {width:,} columns: write it as .npz.", "-o")
    try:
        write_predictions(file, columns)
    except OSError as error:
        refuse(f"cannot write `{file}`: {reason(file, error)}", "-o")
