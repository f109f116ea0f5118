"""The classes of an output: as scikit-learn has them, sorted, and as the model numbers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.data.features import Labelled
from modelspec.sklearn.inputs import plain

if TYPE_CHECKING:
    from modelspec.data.table.table import Array
    from modelspec.sklearn.kept_run import KeptRun


@dataclass(frozen=True, slots=True)
class OutputClasses:
    """The classes of one output.

    Attributes:
        name: The output's.
        values: The classes, sorted, of the type of y.
        order: For each of them, its index in the model.
        labels: What the model's table of predictions calls each, by its index in `values`.
    """

    name: str
    values: Array
    order: Array
    labels: dict[Any, int]

    def probabilities(self, said: dict[str, Any]) -> Array:
        """`[rows, classes]`, of what a model says."""
        found = said[f"{self.name}_probability"]
        values = np.asarray(found.values if isinstance(found, Labelled) else found, np.float64)
        values = values.reshape(len(values), -1)
        if values.shape[1] == 1:
            values = np.concatenate([1 - values, values], axis=1)
        return values[:, self.order]

    def answers(self, said: dict[str, Any]) -> Array:
        """The class of each row."""
        places = [self.labels[each] for each in said[self.name].reshape(-1).tolist()]
        return self.values[places]


def output_classes(
    run: KeptRun, name: str, column: str, rows: dict[str, Any], target: Array
) -> OutputClasses:
    """The classes of an output, by what the model makes of each value of y.

    Args:
        run: The run.
        name: The output's.
        column: Of its targets.
        rows: Those that it was trained on, with targets.
        target: The output's column of y.

    Raises:
        ValueError: The model takes two values of y for one class, or has one that y does not name.
    """
    values, first = np.unique(target, return_index=True)
    some = {key: _some(each, first) for key, each in rows.items()} | {column: plain(values)}
    indices = _indices(run.encode(some, targets=True).targets[name])
    if len(set(indices)) < len(values):
        raise ValueError(f"output `{name}` takes some of these for one class: {values.tolist()}")
    texts = _texts(run, name)
    known: dict[int, Any] = dict(zip(indices, values.tolist(), strict=True))
    for index, text in enumerate(texts):
        if index not in known:
            known[index] = _value(text, values, name)
    classes, order = np.unique(
        np.array([known[index] for index in range(len(texts))], values.dtype), return_index=True
    )
    if len(classes) < len(texts):
        raise ValueError(f"output `{name}` has classes that are one in y: {', '.join(texts)}")
    place = {int(index): place for place, index in enumerate(order)}
    labels = {label: place[index] for index, label in enumerate(_labels(run, name, len(texts)))}
    return OutputClasses(name, classes, order, labels)


def _some(values: Any, places: Array) -> Any:
    if isinstance(values, list):
        return [values[place] for place in places]
    if hasattr(values, "iloc"):
        return values.iloc[places]
    return values[places]


def _indices(encoded: Any) -> list[int]:
    """The class of each row: of one-hot rows, of zeros and ones, of indices."""
    array = np.asarray(encoded)
    array = array.reshape(len(array), -1)
    if array.shape[1] > 1:
        return [int(each) for each in array.argmax(axis=1)]
    return [int(each) for each in array[:, 0]]


def _texts(run: KeptRun, name: str) -> list[str]:
    """The model's classes, in its order."""
    trained = run.predictor.trained
    classes = trained.preprocessing.classes(name)
    if classes is not None:
        return list(classes)
    units = _units(run, name)
    return [str(index) for index in range(2 if units == 1 else units)]


def _units(run: KeptRun, name: str) -> int:
    """How wide an output is; one number says yes or no."""
    shape = getattr(run.predictor.trained.graph.outputs[name].value, "shape", None)
    assert shape
    return int(shape[-1])


def _labels(run: KeptRun, name: str, count: int) -> list[Any]:
    """What a table of predictions calls each class of the model."""
    feature = run.predictor.trained.preprocessing.features[name]
    units = _units(run, name)
    sure = np.eye(units, dtype=np.float32)[:count]
    yes_or_no = np.arange(2, dtype=np.float32)[:, None]
    said = feature.decode(name, yes_or_no if units == 1 else sure)
    labels: list[Any] = np.asarray(said[name]).reshape(-1).tolist()
    return labels


def _value(text: str, values: Array, name: str) -> Any:
    """A class that y does not have, as y would write it."""
    kind = values.dtype.kind
    try:
        if kind in "iu":
            return int(text)
        if kind == "f":
            return float(text)
    except ValueError:
        pass
    if kind in "OU":
        return text
    raise ValueError(f"output `{name}` has a class `{text}`, and y has {values.tolist()}")
