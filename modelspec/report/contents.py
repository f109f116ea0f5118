"""All that a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scores:
    """How much an output says for each class, row by row (or step by step).

    Attributes:
        truth: `[rows, classes]`, whether a row is of a class; of one class out of several its
            index, `[rows]`.
        values: `[rows, classes]`, none NaN. With one column and indices as the truth, it is that
            of the second of two classes.
        probabilities: Whether the values are probabilities.
        of: How many rows they are drawn from.
    """

    truth: NDArray[Any]
    values: NDArray[Any]
    probabilities: bool
    of: int

    @property
    def one_of_several(self) -> bool:
        """Whether each row is of one class."""
        return self.truth.ndim == 1


@dataclass(frozen=True, slots=True)
class Classes:
    """An output that says one class.

    Attributes:
        names: Of the classes, in order.
        pairs: How many rows (or steps, or pixels) are of one class and said to be of another,
            by both.
        scores: How much it says for each class, where that is known.
        undefined: How many rows are in none of the others, as what is said of them is NaN.
    """

    names: Sequence[str]
    pairs: Mapping[tuple[int, int], int]
    scores: Scores | None = None
    undefined: int = 0


@dataclass(frozen=True, slots=True)
class Labels:
    """An output that says yes or no to each of several labels.

    Attributes:
        names: Of the labels.
        counts: Of each, how many rows are truly yes, are said to be, and are both.
        scores: How much it says for each label, where that is known.
        undefined: How many rows are in none of the others, as what is said of them is NaN.
    """

    names: Sequence[str]
    counts: Sequence[tuple[int, int, int]]
    scores: Scores | None = None
    undefined: int = 0


@dataclass(frozen=True, slots=True)
class Measures:
    """An output of numbers, in the units of the data.

    Attributes:
        names: Of its columns.
        truth: `[values, columns]`.
        predicted: The same.
    """

    names: Sequence[str]
    truth: Numbers
    predicted: Numbers


Found: TypeAlias = Classes | Labels | Measures


@dataclass(frozen=True, slots=True)
class WorstRow:
    """A row that an output is far off at.

    Attributes:
        where: What the file calls it, `line 7`.
        true: What is true.
        predicted: What was predicted.
        off: How far that is off, in the unit that `Worst.measure` names.
        cells: What its columns hold, in the order of `Worst.columns`.
    """

    where: str
    true: str
    predicted: str
    off: float
    cells: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Worst:
    """The rows that an output is furthest off at, the worst first.

    Attributes:
        measure: What `off` is, in a word and in full: `probability`, `probability of the true
            class`.
        columns: Those of the file whose cells are shown.
        left_out: How many columns are not.
        note: What else has to be said of them.
    """

    measure: tuple[str, str]
    rows: Sequence[WorstRow]
    columns: Sequence[str] = ()
    left_out: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class ColumnImportance:
    """How much worse the model is without what a column says.

    Attributes:
        name: The column.
        mean: By how much the measure gets worse, on average over the permutations.
        deviation: The standard deviation of that.
        repeats: How many permutations there were.
    """

    name: str
    mean: float
    deviation: float
    repeats: int


@dataclass(frozen=True, slots=True)
class Importance:
    """Permutation importance of the columns, the greatest first.

    Attributes:
        measure: What gets worse: `accuracy`.
        baseline: What it is with all columns as they are.
        asked: On which rows, by which weights.
        left_out: The columns that there was no time for.
    """

    measure: str
    baseline: float
    asked: str
    columns: Sequence[ColumnImportance]
    left_out: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predicted probabilities in intervals of one width, beside what came true.

    Attributes:
        edges: `[intervals + 1]`; each upper end belongs to its interval.
        counts: How many predictions each has.
        predicted: Their mean; NaN of none.
        observed: The share that came true; NaN of none.
    """

    edges: Numbers
    counts: NDArray[np.int64]
    predicted: Numbers
    observed: Numbers

    def expected_error(self) -> float:
        """The mean distance of both, weighed by the counts (ECE)."""
        some = self.counts > 0
        off = np.abs(self.predicted[some] - self.observed[some])
        return float(np.sum(off * self.counts[some]) / np.sum(self.counts))


@dataclass(frozen=True, slots=True)
class EnsembleLine:
    """A member alone, or a mean of all.

    Attributes:
        name: Of the member; `uniform`, `fit`, `greedy`, `calibrated`.
        values: By metric.
    """

    name: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EnsembleOutput:
    """What the members count for an output.

    Attributes:
        name: Of the output.
        weights: One a member, 1 in sum.
        told: How they were chosen, and on which rows.
        lines: What the members and their means measure, on rows that nothing was fitted on.
        measured: Which rows these are.
        chosen: Which of the lines the ensemble is.
        temperature: What the logits are divided by; None where it is not calibrated.
        before, after: What came true of the probabilities without the temperature, and with it.
        notes: What has to be said of it.
    """

    name: str
    weights: Sequence[float]
    told: str = ""
    lines: Sequence[EnsembleLine] = ()
    measured: str = ""
    chosen: str = "uniform"
    temperature: float | None = None
    before: Calibration | None = None
    after: Calibration | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class EnsembleContents:
    """An ensemble.

    Attributes:
        members: What each is called, and its run directory.
        outputs: What they count.
        notes: What has to be said of all.
    """

    members: Sequence[tuple[str, str]]
    outputs: Sequence[EnsembleOutput] = ()
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Output:
    """An output, and what it said of the rows that it was asked about.

    Attributes:
        loss: What its loss is called; empty for none.
        found: What it said; None where that is not shown.
        worst: The rows that it is furthest off at, where it says one thing a row.
        note: What has to be said of its values, their units say.
    """

    name: str
    loss: str
    found: Found | None = None
    worst: Worst | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """A run.

    Attributes:
        name: The spec's name.
        folder: The run directory, `NAME/TIME`.
        started: When it began.
        ending: How it ended.
        history: One row an epoch, `epoch` and all that was logged.
        best: The row whose weights are the best ones, and the value that says so.
        parameters: How many trainable and other numbers the model has.
        rows: How many rows each part of the data has.
        asked: What `found` of the outputs is: `Predictions of the best weights on 180 rows`.
        features: What each input and target looks like, as `modelspec data --json` says it, and
            as `sampled` from how many rows that is taken, if not from all.
        cells: What became of missing, unknown, clipped and cut cells, a line for each column.
        diagram: SVG.
        spec: The resolved spec, YAML.
        overrides: What the command line changed in it.
        environment: What the run ran on.
        note: What has to be said before all else.
        importance: What each column is worth, where that was measured.
        ensemble: Its members, of what was not trained but made of other runs.
    """

    name: str
    folder: str
    started: str
    ending: str
    history: list[dict[str, float]]
    best: tuple[dict[str, float], str] | None
    outputs: list[Output]
    parameters: tuple[int, int]
    rows: dict[str, int]
    spec: str
    environment: dict[str, Any]
    description: str = ""
    asked: str = ""
    features: list[dict[str, Any]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    diagram: str | None = None
    overrides: list[str] = field(default_factory=list)
    note: str = ""
    importance: Importance | None = None
    ensemble: EnsembleContents | None = None
