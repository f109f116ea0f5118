"""A Keras model as its configuration has it: layers, their calls, and what flows where."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Source(NamedTuple):
    """One output of one call of a layer.

    Attributes:
        place: Which of its outputs.
    """

    layer: str
    call: int
    place: int


class Call(NamedTuple):
    """One call; `Source` stands where a tensor stands."""

    args: list[Any]
    kwargs: dict[str, Any]

    def sources(self) -> list[Source]:
        """All tensors, the positional ones first."""
        return sources([self.args, self.kwargs])


class BrokenError(ValueError):
    """What flows where makes no model; says why."""


class UnknownPartError(ValueError):
    """A part of a model is well-formed, and there is nothing like it here; says what it is.

    Args:
        message: Which part.
        help: The way round.
    """

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


@dataclass
class KerasLayer:
    """One layer, operation or model in a model.

    Attributes:
        name: Keras's name of it.
        type: The class, `Dense`.
        module: The class's module, `keras.layers`.
        config: The arguments.
        calls: Its calls, in the order of their indices.
        weights: Where its arrays lie, `layers/dense_1`.
        model: Its content, if it is a model itself.
        input_shape: What it was built for, the batch axis first, where the file says it.
        wrapped: The content of the model that it wraps, if it is a TimeDistributed of one.
    """

    name: str
    type: str
    module: str
    config: dict[str, Any]
    weights: str
    calls: list[Call] = field(default_factory=list)
    model: KerasModel | None = None
    wrapped: KerasModel | None = None
    input_shape: Any = None

    @property
    def is_operation(self) -> bool:
        """Whether it is a bare function of tensors: `keras.ops.add`."""
        return ".ops." in self.module


@dataclass
class KerasModel:
    """A functional or sequential model.

    Attributes:
        inputs: The input layers by the names of the inputs, in the order of Keras's flat list.
        outputs: What flows out, by name, in that order too.
        by_key: Whether the inputs are a dict, and have their names from its keys.
        run_order: Its calls in the order in which Keras runs them, also those that only masks need
            which are worked out again; empty for a sequential model, which is one chain.
    """

    name: str
    layers: dict[str, KerasLayer]
    inputs: dict[str, str]
    outputs: dict[str, Source]
    by_key: bool = False
    run_order: list[Source] = field(default_factory=list)


def sources(value: Any) -> list[Source]:
    """The tensors in a structure of lists and dicts, those of a dict by their keys, as in Keras."""
    if isinstance(value, Source):
        return [value]
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [source for item in value for source in sources(item)]
    return []


def snake_case(name: str) -> str:
    """Keras's rule from a class to the name of its weights: `SeparableConv2D`, `PReLU`."""
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()
