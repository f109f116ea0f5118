"""Permutation importance: how much worse a model is without what a column says."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from time import monotonic
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from modelspec.data import LazyArray, encode_input
from modelspec.runner.inference.evaluate import Evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from modelspec.data import Arrays
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.table.table import RowIndices, Table
    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.trained_model import TrainedModel

REPEATS = 5
SECONDS = 60.0
LOSS = "loss"
ROUNDING = 1e-9
"""Changes whose mean is smaller than this, beside the greatest of them, cancel out."""


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """How much worse the values are with one column permuted.

    Attributes:
        column: Its name.
        inputs: Those that it is a part of.
        changes: By value (`loss`, `accuracy`), one number a permutation: above 0 where it is
            worse than with the column as it is.
    """

    column: str
    inputs: tuple[str, ...]
    changes: dict[str, list[float]] = field(default_factory=dict)

    @property
    def repeats(self) -> int:
        """How many permutations there were."""
        return max(map(len, self.changes.values()), default=0)

    def mean(self, name: str) -> float:
        """The mean change of a value; what is nothing but rounding is 0."""
        mean = float(np.mean(self.changes[name]))
        return 0.0 if abs(mean) < ROUNDING * np.abs(self.changes[name]).max() else mean

    def deviation(self, name: str) -> float:
        """Its standard deviation over the permutations."""
        return float(np.std(self.changes[name]))


@dataclass(frozen=True, slots=True)
class PermutationImportance:
    """The columns of a model's inputs, and what each is worth.

    Attributes:
        measure: The value that they are ordered by: the first metric, else the loss.
        baseline: All values with every column as it is.
        columns: Those that were permuted, the most important one first.
        left_out: Those that there was no time for.
        repeats: How many permutations were wanted of each.
    """

    measure: str
    baseline: dict[str, float]
    columns: list[ColumnChange]
    left_out: list[str]
    rows: int
    repeats: int
    seed: int

    @property
    def cut(self) -> bool:
        """Whether time ran out before all was done."""
        return bool(self.left_out) or any(each.repeats < self.repeats for each in self.columns)

    def as_data(self) -> dict[str, Any]:
        """It as JSON data."""
        return {
            "measure": self.measure,
            "rows": self.rows,
            "seed": self.seed,
            "repeats": self.repeats,
            "baseline": self.baseline,
            "columns": [
                {
                    "column": each.column,
                    "inputs": list(each.inputs),
                    "repeats": each.repeats,
                    "changes": {
                        name: {
                            "mean": each.mean(name),
                            "deviation": each.deviation(name),
                            "values": values,
                        }
                        for name, values in each.changes.items()
                    },
                }
                for each in self.columns
            ],
            "left_out": self.left_out,
        }


def permutation_importance(
    trained: TrainedModel,
    arrays: Arrays,
    raw: Callable[[], Table],
    *,
    seed: int = 0,
    repeats: int = REPEATS,
    seconds: float = SECONDS,
    device: str = "auto",
    clock: Callable[[], float] = monotonic,
    evaluator: Evaluator | None = None,
) -> PermutationImportance:
    """Permute each column of the inputs, and evaluate the model again.

    What one column of a row becomes depends on no other row, so that a permuted column gives
    permuted values; where an input is made of several columns it is encoded again from the
    permuted table. The permutation depends on the seed, the column's name and which repeat it
    is, and on nothing else. All columns get their first permutation, then their second.

    Args:
        trained: The model.
        arrays: Rows with targets.
        raw: Reads the same rows as their file has them; called where it is needed.
        seed: Rules the permutations.
        repeats: How many there are of each column.
        seconds: After so long no new one is begun.
        device: Where to compute.
        clock: The time in seconds.
        evaluator: Measures the outputs that `arrays` has targets of, where it is there already.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a picture is broken.
    """
    end = clock() + seconds
    evaluator = evaluator or Evaluator(trained, frozenset(arrays.targets), device)
    baseline = evaluator.evaluate(arrays).logs()
    growing = _growing(trained.graph, baseline)
    found = {name: ColumnChange(name, inputs) for name, inputs in _columns(trained, arrays).items()}
    permuted = _Permuted(trained, arrays, raw)
    turns = ((repeat, each) for repeat in range(repeats) for each in found.values())
    for repeat, each in turns:
        if clock() >= end:
            break
        order = np.random.default_rng([seed, repeat, crc32(each.column.encode())]).permutation(
            arrays.rows
        )
        changed = permuted.arrays(each, order)
        for name, value in evaluator.evaluate(changed).logs().items():
            worse = baseline[name] - value if name in growing else value - baseline[name]
            each.changes.setdefault(name, []).append(worse)
    measure = main_value(baseline)
    done = [each for each in found.values() if each.repeats]
    return PermutationImportance(
        measure,
        baseline,
        sorted(done, key=lambda each: _rank(each, measure)),
        [each.column for each in found.values() if not each.repeats],
        arrays.rows,
        repeats,
        seed,
    )


def _rank(each: ColumnChange, measure: str) -> tuple[float, ...]:
    means = [each.mean(name) for name in (measure, LOSS) if name in each.changes]
    return tuple(0.0 if np.isnan(mean) else -round(mean, 12) for mean in means)


def _growing(graph: Graph, values: Iterable[str]) -> set[str]:
    """The values that are better when they are greater."""
    several = len(graph.outputs) > 1
    names = [
        f"{output.name}_{metric.name}" if several else str(metric.name)
        for output in graph.outputs.values()
        for metric in output.metrics
        if metric.higher_is_better
    ]
    return {value for value in values if _without_number(value) in names or value in names}


def _without_number(name: str) -> str:
    """`f1_score` of `f1_score_0`."""
    stem, _, number = name.rpartition("_")
    return stem if number.isdigit() else name


def main_value(values: Mapping[str, float]) -> str:
    """The value that tells most about a model: its first metric, else its loss.

    Of several outputs it is their loss, and of a metric that has one value a class none.
    """
    if LOSS not in values:
        return next(iter(values))
    named = [name for name in values if name != LOSS and _without_number(name) == name]
    several = any(name.endswith(f"_{LOSS}") for name in values)
    return LOSS if several or not named else named[0]


def _columns(trained: TrainedModel, arrays: Arrays) -> dict[str, tuple[str, ...]]:
    """The columns of the inputs, and which inputs each is a part of."""
    found: dict[str, tuple[str, ...]] = {}
    for name in arrays.inputs:
        for column in dict.fromkeys(trained.preprocessing.features[name].columns):
            found[column] = (*found.get(column, ()), name)
    return found


class _Permuted:
    """Rows with one column permuted."""

    def __init__(self, trained: TrainedModel, arrays: Arrays, raw: Callable[[], Table]) -> None:
        self._trained, self._arrays, self._raw = trained, arrays, raw
        self._table: Table | None = None

    def arrays(self, each: ColumnChange, order: RowIndices) -> Arrays:
        """The rows as they are but for a column."""
        inputs = {name: self._values(name, each.column, order) for name in each.inputs}
        return replace(self._arrays, inputs=self._arrays.inputs | inputs)

    def _values(self, name: str, column: str, order: RowIndices) -> Values:
        feature = self._trained.preprocessing.features[name]
        if set(feature.columns) == {column}:
            values = self._arrays.inputs[name]
            return values.subset(order) if isinstance(values, LazyArray) else values[order]
        if self._table is None:
            self._table = self._raw()
        columns = dict(self._table.columns)
        columns[column] = columns[column][order]
        table = replace(self._table, columns=columns)
        return encode_input(self._trained.preprocessing, self._trained.graph, table, name)
