"""All that a page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Numbers: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Classes:
    """An output that says one class.

    Attributes:
        names: Of the classes, in order.
        pairs: How many rows (or steps, or pixels) are of one class and said to be of another,
            by both.
    """

    names: Sequence[str]
    pairs: Mapping[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Labels:
    """An output that says yes or no to each of several labels.

    Attributes:
        names: Of the labels.
        counts: Of each, how many rows are truly yes, are said to be, and are both.
    """

    names: Sequence[str]
    counts: Sequence[tuple[int, int, int]]


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
class Output:
    """An output, and what it said of the rows that it was asked about.

    Attributes:
        loss: What its loss is called; empty for none.
        found: What it said; None where that is not shown.
        note: What has to be said of its values, their units say.
    """

    name: str
    loss: str
    found: Found | None = None
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
        diagram: SVG.
        spec: The resolved spec, YAML.
        overrides: What the command line changed in it.
        environment: What the run ran on.
        note: What has to be said before all else.
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
    diagram: str | None = None
    overrides: list[str] = field(default_factory=list)
    note: str = ""
