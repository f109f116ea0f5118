"""What is suspect about data that can be trained on: rare classes, rows in two parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.arrays.image_files import Pictures
from modelspec.data.arrays.lazy_arrays import LazyArray, MemmapArray, RaggedArray
from modelspec.data.inspect.row_hashes import row_hashes
from modelspec.language.data import WEIGHT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.data.arrays.arrays import Arrays
    from modelspec.data.splits import Splits
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.source import Place

RARE = 20
"""A class is rare if another one has so many times its rows."""
_BLOCK = 4096


def check_quality(splits: Splits, graph: Graph, place: Place, report: Report) -> None:
    """Report what is suspect, as warnings.

    Args:
        splits: The data of a spec.
        graph: Its outputs say which targets are classes.
        place: The spec's `data:` section.
        report: Gets the findings.
    """
    for output in graph.outputs.values():
        _check_balance(output, splits, report)
    _check_repeated(splits, place, report)


def class_counts(output: GraphOutput, splits: Splits) -> dict[str, int]:
    """How many training rows each class of an output has; nothing of one that is no class."""
    stored = splits.train.targets.get(output.name)
    if output.loss is None or stored is None or isinstance(stored, RaggedArray | Pictures):
        return {}
    if isinstance(stored, MemmapArray) and len(stored.shape) > 1 and stored.shape[-1] != 1:
        return {}  # one-hot rows, larger than memory
    targets = stored.take(np.arange(len(stored))) if isinstance(stored, LazyArray) else stored
    if output.loss.targets == "numbers" or targets.size == 0:
        return {}
    names = splits.preprocessing.classes(output.name)
    if output.loss.targets == "binary":
        if targets[0].size != 1:
            return {}
        indices = (targets.reshape(-1) >= 0.5).astype(np.int64)
    elif targets.dtype.kind == "f":
        indices = targets.argmax(axis=-1).reshape(-1)
    else:
        indices = targets.reshape(-1)
    counts = np.bincount(indices, minlength=len(names or ()))
    return {names[i] if names else str(i): int(count) for i, count in enumerate(counts)}


def _check_balance(output: GraphOutput, splits: Splits, report: Report) -> None:
    counts = class_counts(output, splits)
    if len(counts) < 2 or output.class_weight:
        return
    rare, most = min(counts, key=lambda name: counts[name]), max(counts.values())
    if counts[rare] * RARE > most:
        return
    rows = f"{counts[rare]:,} row{'s' * (counts[rare] != 1)}"
    message = f"class `{rare}` of `{output.name}` has {rows} of {sum(counts.values()):,}"
    help = f"weigh it: `class_weight: {{{rare}: {most / max(1, counts[rare]):.0f}}}`"
    if not counts[rare]:
        message, help = f"class `{rare}` of `{output.name}` is in no training row", ""
    report.add(output.place.finding("MS808", message, help=help, key=True))


def _check_repeated(splits: Splits, place: Place, report: Report) -> None:
    parts = {"validation": splits.validation, "test": splits.test}
    if _is_costly(splits.train) or not any(parts.values()):
        return
    known = _hashes(splits.train)
    for name, arrays in parts.items():
        if arrays is None:
            continue
        count = int(np.isin(_hashes(arrays), known).sum())
        if count:
            have = "have" if count > 1 else "has"
            rows = f"{count:,} of the {arrays.rows:,} {name} rows"
            message = f"{rows} {have} the inputs and targets of a training row"
            help = "remove the repetitions, or keep them together with `split: {group: ...}`"
            report.add(place.finding("MS809", message, help=help, key=True))


def _is_costly(arrays: Arrays) -> bool:
    stored = (*arrays.inputs.values(), *arrays.targets.values())
    return any(isinstance(values, LazyArray) and values.costly for values in stored)


def _hashes(arrays: Arrays) -> NDArray[np.uint64]:
    """One number for each row: its inputs and targets, not what it counts.

    Inputs alone repeat wherever they are a few categories, and say nothing then.
    """
    found = np.empty(arrays.rows, np.uint64)
    for start in range(0, arrays.rows, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, arrays.rows))
        inputs, targets = arrays.batch(rows)
        judged = [array for name, array in targets.items() if not name.endswith(WEIGHT)]
        found[rows] = row_hashes([*inputs.values(), *judged])
    return found
