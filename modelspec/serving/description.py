"""What a served model takes and answers, as JSON data.

The OpenAPI schema, the page of documentation and the form of the page are made of it alone.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec._version import __version__
from modelspec.data import predictions_frame
from modelspec.data.decisions import decides
from modelspec.data.features import Text
from modelspec.data.features.binary import THRESHOLD
from modelspec.layers.values import Tensor
from modelspec.serving.columns import served_columns
from modelspec.shapes import evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.graph.graph import GraphOutput
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.serving.columns import Column
    from modelspec.serving.limits import Limits

MOST_COLUMNS = 10_000
"""An output of more cells is one nested list, not so many columns."""


def description(
    trained: TrainedModel, limits: Limits, columns: Iterable[Column] | None = None
) -> dict[str, Any]:
    """What a model takes and answers.

    Args:
        trained: The model; it is not built.
        limits: What a request may hold.
        columns: Those of a row, where they are known.

    Returns:
        `name`; `modelspec`, the version; `columns`, each as `Column.as_data` gives it; `outputs`,
        each with `name`, `kind`, `classes`, `threshold` and the `columns` of an answer;
        `threshold`, whether a request may give one; `example`, a row, or None where that would be
        large; `limits`.
    """
    given = list(served_columns(trained).values() if columns is None else columns)
    listed = [each.as_data() for each in given]
    shown = all(each["example"] is not None for each in listed)
    outputs = [_output(output, trained) for output in trained.graph.outputs.values()]
    return {
        "name": trained.graph.name,
        "modelspec": __version__,
        "columns": listed,
        "outputs": outputs,
        "threshold": any("threshold" in each for each in outputs),
        "example": {each["name"]: each["example"] for each in listed} if shown else None,
        "limits": {"rows": limits.rows, "body": limits.body},
    }


def _output(output: GraphOutput, trained: TrainedModel) -> dict[str, Any]:
    preprocessing = trained.preprocessing
    feature = preprocessing.features.get(output.name)
    found: dict[str, Any] = {"name": output.name, "kind": _kind(output, trained)}
    if classes := preprocessing.classes(output.name):
        found["classes"] = list(classes)
    if decides(output, preprocessing):
        found["threshold"] = list(preprocessing.thresholds.get(output.name, (THRESHOLD,)))
    if output.decode:
        text = isinstance(feature, Text)
        found["columns"] = {
            output.name: "string" if text else "integer",
            f"{output.name}_score": "number",
        }
        return found
    return found | {"columns": _columns(output, trained)}


def _kind(output: GraphOutput, trained: TrainedModel) -> str:
    """`text`, `tokens`, `category`, `labels`, `binary`, `number`, or `values` as computed."""
    feature = trained.preprocessing.features.get(output.name)
    if output.decode and not isinstance(feature, Text):
        return "tokens"
    return feature.type if feature else "values"


def _columns(output: GraphOutput, trained: TrainedModel) -> dict[str, str]:
    """The columns that one answer has of an output, and the JSON type of each."""
    shape = output.value.shape if isinstance(output.value, Tensor) else None
    sizes = [evaluate(size, trained.graph.minimums) for size in shape or ()]
    if shape is None or None in sizes:
        return {output.name: "array"}
    known = [size for size in sizes if size is not None]
    if prod(known) > MOST_COLUMNS:
        return {output.name: "array"}
    decoded = trained.preprocessing.decode(output.name, np.zeros((1, *known), np.float32))
    schema = predictions_frame(decoded).schema
    return {name: _json_type(str(dtype)) for name, dtype in schema.items()}


def _json_type(dtype: str) -> str:
    if dtype == "String":
        return "string"
    return "integer" if dtype.startswith(("Int", "UInt")) else "number"
