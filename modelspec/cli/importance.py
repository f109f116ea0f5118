"""`modelspec eval --importance`: what each column is worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modelspec.cli.say import say
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from modelspec.data import Arrays, CellCounts
    from modelspec.data.table.table import Table
    from modelspec.runner.inference.predictor import Predictor
    from modelspec.runner.inference.trained_model import TrainedModel

MOST_COLUMNS = 30


class Wanted(NamedTuple):
    """What the command line asks for.

    Attributes:
        seed: Rules the permutations.
        repeats: How many there are of each column.
        seconds: After so long no new one is begun.
    """

    seed: int
    repeats: int
    seconds: float


class Asked(NamedTuple):
    """Rows with targets, and where they come from.

    Attributes:
        text: `test rows`, or the file.
        part: The part of the spec's data; empty for a file.
        counts: What became of the cells of the file.
    """

    arrays: Arrays
    text: str
    counts: CellCounts
    part: str = ""


def measure(predictor: Predictor, asked: Asked, wanted: Wanted) -> dict[str, Any]:
    """Permute the columns, and keep what came of it in the run, if the model is one."""
    from modelspec.runner.inference.importance import permutation_importance
    from modelspec.runner.inference.sample_rows import sample_rows
    from modelspec.runner.run.compare import history_of
    from modelspec.runner.run.importance_file import write_importance

    trained = predictor.trained
    drawn = sample_rows(asked.arrays, trained.graph, wanted.seed)
    arrays = asked.arrays if drawn is None else asked.arrays.take(drawn)
    found = permutation_importance(
        trained,
        arrays,
        lambda: _raw(trained, asked, arrays),
        seed=wanted.seed,
        repeats=wanted.repeats,
        seconds=wanted.seconds,
        evaluator=predictor.evaluator(frozenset(arrays.targets)),
    )
    content = {
        "weights": trained.weights.stem,
        "data": asked.text if asked.part else f"rows of {asked.text}",
        "of": asked.arrays.rows,
        **found.as_data(),
    }
    if trained.run is not None:
        epochs = len(history_of(trained.run))
        write_importance(trained.run, {"epochs": epochs, **content})
    return content


def _raw(trained: TrainedModel, asked: Asked, arrays: Arrays) -> Table:
    """The rows as their file has them."""
    from modelspec.data import raw_file_rows, raw_rows

    settings, report = trained.spec.data, Report()
    rows = np.arange(arrays.rows) if arrays.kept is None else arrays.kept
    fitted, graph = trained.preprocessing, trained.graph
    if asked.part:
        assert settings
        table = raw_rows(settings, fitted, graph, trained.folder, asked.part, rows, report)
    else:
        table = raw_file_rows(settings, fitted, graph, asked.text, rows, report)
    report.raise_if_failed()
    assert table
    return table


def show(content: dict[str, Any], trained: TrainedModel) -> None:
    """Print what came of it, the most important column first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from modelspec.cli.console import console
    from modelspec.runner.run.importance_file import IMPORTANCE

    names = [content["measure"], *(["loss"] if "loss" in content["baseline"] else [])]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    table.add_column("column", overflow="fold")
    for name in dict.fromkeys(names):
        table.add_column(f"{name} worse by", justify="right")
        table.add_column("±", justify="right")
    for each in content["columns"][:MOST_COLUMNS]:
        cells = [
            f"{each['changes'][name][key]:.4g}"
            for name in dict.fromkeys(names)
            for key in ("mean", "deviation")
        ]
        table.add_row(*map(Text, (each["column"], *cells)))
    rows, of = content["rows"], content["of"]
    some = f"{rows:,}" if rows == of else f"{rows:,} of {of:,}"
    say(f"permutation importance, {some} {content['data']}, {_permutations(content)}")
    console().print(table)
    left = len(content["columns"]) - MOST_COLUMNS
    if left > 0:
        say(f"and {left} more columns: --json shows them")
    if content["left_out"]:
        said = ", ".join(content["left_out"][:MOST_COLUMNS])
        say(f"no time was left for {said}: raise --importance-seconds", error=True)
    if trained.run is not None:
        say(f"kept     {trained.run / IMPORTANCE}")
        say(f"next     modelspec runs report {trained.run}")


def _permutations(content: dict[str, Any]) -> str:
    """`5 permutations each`, or how many there was time for."""
    counts = sorted({each["repeats"] for each in content["columns"]})
    wanted = content["repeats"]
    each = f"{wanted} permutation{'s' * (wanted != 1)} each, seed {content['seed']}"
    if counts == [wanted]:
        return each
    if not counts and not content["left_out"]:
        return "no column to permute"
    some = f"{counts[0]} to {counts[-1]}" if counts[1:] else f"{counts[0]}" if counts else "none"
    return f"{some} of {each}: time was up (--importance-seconds)"
