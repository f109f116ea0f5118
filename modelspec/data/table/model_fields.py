"""What a graph wants filled: its inputs, and the targets of its outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from modelspec.graph.embeddings import smallest_embedding
from modelspec.language.data import WEIGHT, weight_key
from modelspec.layers.values import INTEGERS, Tensor
from modelspec.training import losses

if TYPE_CHECKING:
    from collections.abc import Container

    from modelspec.graph.embeddings import Limit
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.layers.values import Value
    from modelspec.shapes import Shape
    from modelspec.training.losses import Targets

_DIGITS = {"float16": 11, "bfloat16": 8, "float32": 24, "float64": 53}
"""Of the dtypes' binary digits, which hold all integers of so many."""
Role: TypeAlias = Literal["input", "output", "weight"]


@dataclass(frozen=True, slots=True)
class ModelField:
    """An input, an output whose targets are wanted, or how much the rows of an output count.

    Attributes:
        shape: Of one row; None where it is not known.
        targets: What the output's loss compares it with; None of an input, and of an output
            without a loss.
        limit: How many integers, from 0, the embedding that reads an input has vectors for.
        ignored: A class index that the loss passes over.
    """

    name: str
    role: Role
    shape: Shape | None
    dtype: str
    targets: Targets | None = None
    loss: str = ""
    limit: Limit | None = None
    ignored: int | None = None

    @property
    def integers(self) -> bool:
        """Whether its values are integers."""
        return self.dtype in INTEGERS

    @property
    def ids(self) -> int:
        """How many integers, from 0 on, its dtype tells apart."""
        if self.dtype == "bool":
            return 2
        if self.integers:
            return int(np.iinfo(self.dtype).max) + 1
        return 1 << _DIGITS[self.dtype]

    @property
    def text(self) -> str:
        """How a message names it."""
        if self.role == "weight":
            return f"sample weight of output `{self.name.removesuffix(WEIGHT)}`"
        return f"{self.role} `{self.name}`"


def model_fields(
    graph: Graph, declared: Container[str], weighted: Container[str] = ()
) -> dict[str, ModelField]:
    """All inputs, and the outputs that have a loss or are `declared` as features.

    Args:
        graph: Has them.
        declared: Outputs that are wanted though they have no loss.
        weighted: The `weight_key` of each output whose rows have weights.
    """
    fields = {
        name: ModelField(
            name, "input", *_tensor(node.outputs.get("")), limit=smallest_embedding(graph, name)
        )
        for name, node in graph.inputs.items()
    }
    for name, output in graph.outputs.items():
        if output.loss or name in declared:
            fields[name] = _target(name, output)
        key = weight_key(name)
        if name in fields and key in weighted:
            fields[key] = ModelField(key, "weight", (), "float32", "numbers")
    return fields


def _target(name: str, output: GraphOutput) -> ModelField:
    loss, value = output.loss, _tensor(output.value)
    if loss is None:
        return ModelField(name, "output", *value)
    called = losses.called(loss)
    if loss.targets in ("labels", "sequences"):
        shape = () if loss.targets == "labels" else None
        return ModelField(name, "output", shape, "int64", loss.targets, called)
    ignored = getattr(loss, "ignore_class", None)
    return ModelField(name, "output", *value, loss.targets, called, ignored=ignored)


def _tensor(value: Value | None) -> Tensor:
    return value if isinstance(value, Tensor) else Tensor(None)
