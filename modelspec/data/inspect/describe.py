"""What the data looks like: each input and target of the training rows, in few numbers."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.arrays.lazy_arrays import LazyArray
from modelspec.data.features import Category, Date, Image, Sequence, Text
from modelspec.data.inspect.quality import class_counts
from modelspec.data.table.cell_counts import CellCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features import Feature
    from modelspec.data.splits import Splits
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import Graph

BINS = 10
SHOWN_ROWS = 3
"""How many rows are shown as the model sees them."""
_ENOUGH = 20_000
"""Statistics of what is read on the spot are those of so many rows."""
QUANTILES = {"least": 0.0, "5 %": 0.05, "median": 0.5, "95 %": 0.95, "most": 1.0}


@dataclass(frozen=True, slots=True)
class Description:
    """One input or target.

    Attributes:
        kind: The feature's type, `text`.
        columns: What it is made of.
        shape: Of one row; None for an axis that varies.
        missing: How many values its columns miss, in all rows of the training file.
        facts: Numbers about it, by what they are.
        counts: How many rows each class, token or interval has.
        rows: The first rows, as the model sees them.
    """

    name: str
    role: str
    kind: str
    columns: tuple[str, ...]
    shape: tuple[int | None, ...]
    dtype: str
    missing: int
    facts: dict[str, float | int | str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    rows: list[Any] = field(default_factory=list)

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data."""
        return asdict(self)


def describe(splits: Splits, graph: Graph) -> list[Description]:
    """What the training rows look like, inputs first.

    Args:
        splits: The data.
        graph: Its outputs say which targets are classes.
    """
    train, cells = splits.train, splits.counts.get("train", CellCounts())
    parts: Mapping[str, Mapping[str, Values]] = {"input": train.inputs, "target": train.targets}
    found = []
    for role, values in parts.items():
        for name, encoded in values.items():
            feature = splits.preprocessing.features[name]
            some = _some(encoded)
            facts, counts = _facts(feature, encoded, some)
            output = graph.outputs.get(name)
            if role == "target" and output and (classes := class_counts(output, splits)):
                facts, counts = {"classes": len(classes)}, classes
            found.append(
                Description(
                    name,
                    role if output or role == "input" else "weight",
                    feature.type,
                    feature.columns,
                    tuple(encoded.shape[1:]),
                    str(encoded.dtype),
                    cells.of(name, "missing", "dropped"),
                    facts,
                    counts,
                    _shown(feature, some[:SHOWN_ROWS]),
                )
            )
    return found


def _some(values: Values) -> Array:
    if not isinstance(values, LazyArray):
        return values
    return values.take(np.arange(min(len(values), SHOWN_ROWS if values.costly else _ENOUGH)))


def _facts(
    feature: Feature, values: Values, some: Array
) -> tuple[dict[str, float | int | str], dict[str, int]]:
    facts: dict[str, float | int | str] = {}
    lengths = values.lengths if isinstance(values, LazyArray) else None
    if isinstance(feature, Text):
        facts["vocabulary"] = feature.codec.size
        lengths = (some != feature.padding).sum(axis=1) if lengths is None else lengths
    if lengths is not None:
        facts |= {f"steps, {name}": _quantile(lengths, at) for name, at in QUANTILES.items()}
    if isinstance(feature, Text):
        return facts, _tokens(feature, some)
    if isinstance(feature, Category):
        facts["classes"] = len(feature.classes)
        return facts, _classes(feature, some)
    if isinstance(feature, Image):
        facts["pictures"] = len(values)
    return facts | _measured(some), _histogram(some)


def _measured(some: Array) -> dict[str, float | int | str]:
    numbers = some.astype(np.float64)
    return {
        "least": float(numbers.min()),
        "mean": float(numbers.mean()),
        "deviation": float(numbers.std()),
        "most": float(numbers.max()),
    }


def _histogram(some: Array) -> dict[str, int]:
    low, high = float(some.min()), float(some.max())
    if low == high:
        return {f"{low:g}": int(some.size)}
    counts, edges = np.histogram(some.reshape(-1).astype(np.float64), BINS)
    names = [f"{start:.4g} to {stop:.4g}" for start, stop in pairwise(edges)]
    return dict(zip(names, map(int, counts), strict=True))


def _classes(feature: Category, some: Array) -> dict[str, int]:
    if feature.encode_as in ("one_hot", "multi_hot"):
        counts = some.reshape(len(some), -1).sum(axis=0)
    else:
        counts = np.bincount(some.reshape(-1).astype(np.int64), minlength=len(feature.classes))
    pairs = zip(feature.classes, counts, strict=False)
    return {name: int(count) for name, count in pairs}


def _tokens(feature: Text, some: Array) -> dict[str, int]:
    ids = some.argmax(axis=-1) if some.ndim > 2 else some
    counts = np.bincount(ids.reshape(-1).astype(np.int64), minlength=feature.codec.size)
    counts[feature.padding] = 0
    best = [int(place) for place in np.argsort(-counts, kind="stable")[:BINS] if counts[place]]
    return {feature.codec.text([place]): int(counts[place]) for place in best}


def _quantile(lengths: Array, at: float) -> int:
    return int(np.quantile(lengths, at, method="nearest"))


def _shown(feature: Feature, rows: Array) -> list[Any]:
    if isinstance(feature, Text):
        ids = rows.argmax(axis=-1) if rows.ndim > 2 else rows
        return [feature.codec.text(row) for row in ids.tolist()]
    if isinstance(feature, Category) and feature.encode_as == "index":
        known = dict(enumerate(feature.classes))
        return [known.get(place, "?") for place in rows.reshape(-1).tolist()]
    if isinstance(feature, Date | Sequence) or rows[0].size <= BINS:
        rounded = np.round(rows.astype(float), 4) if rows.dtype.kind == "f" else rows
        return rounded.tolist()  # type: ignore[no-any-return]
    return [f"{row.min():.3g} to {row.max():.3g}" for row in rows]
