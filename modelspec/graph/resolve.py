"""What each node of a model calls: a layer, a block's model, or nothing where it is broken."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.model import Declared, Model, Use
from modelspec.layers import Callee, Layer

if TYPE_CHECKING:
    from modelspec.language.model import What

MOST_WRAPPERS = 60
"""How many wrappers may stand one around the other: shared ones may name each other in a ring."""

_NUMBERS = ("no", "one", "two", "three", "four")


class Called:
    """What a node calls, shared layers looked up.

    Attributes:
        layer: A layer; what a wrapper holds is a Layer, or the Model of a block.
        model: A block's model. Neither layer nor model: broken, and reported.
        inner_model: The model of a block inside a wrapper.
        block: The name of the block.
        shared: The name of the shared layer, also of one inside a wrapper.
    """

    __slots__ = ("block", "inner_model", "layer", "model", "shared", "trainable")

    def __init__(self, block: str, trainable: bool) -> None:
        self.layer: Layer | None = None
        self.model: Model | None = None
        self.inner_model: Model | None = None
        self.block = block
        self.shared: str | None = None
        self.trainable = trainable

    @property
    def type(self) -> str:
        """`Dense`, or the block's name; empty where it is broken."""
        return self.block or (type(self.layer).__name__ if self.layer else "")

    def title(self, name: str) -> str:
        """The node in a message: `` `left` (LSTM `encoder`) ``."""
        if not self.type:
            return f"`{name}`"
        return (
            f"`{name}` ({self.type} `{self.shared}`)" if self.shared else f"`{name}` ({self.type})"
        )

    @property
    def takes(self) -> str:
        """How many inputs it takes, in words."""
        if self.model:
            return count(len(self.model.inputs))
        if not self.layer:
            return "an input"
        low, high = self.layer.arity
        if high is None:
            return f"at least {count(max(low, 2))}"
        return count(low) if low == high else f"{_NUMBERS[low]} to {count(high)}"

    @property
    def input_ports(self) -> tuple[str, ...] | None:
        """The named ports that it takes; None where that is not known."""
        if self.model:
            return tuple(self.model.inputs) if self.model.complete else None
        return self.layer.input_ports if self.layer else None

    @property
    def output_ports(self) -> tuple[str, ...] | None:
        """The named ports that it gives; None where that is not known."""
        if self.model:
            return tuple(self.model.outputs) if self.model.complete else None
        return self.layer.output_ports() if self.layer else None


def count(number: int) -> str:
    """`one input`, `two inputs`."""
    word = _NUMBERS[number] if number < len(_NUMBERS) else str(number)
    return f"{word} input{'' if number == 1 else 's'}"


def resolve(model: Model) -> dict[str, Called]:
    """What every layer of a model calls.

    A shared layer is frozen where its own entry or any call of it says so.
    """
    frozen = {name for name, declared in model.shared.items() if not declared.trainable}
    for declared in model.nodes.values():
        if isinstance(declared.what, Use) and not declared.trainable:
            frozen.add(declared.what.shared)
    return {name: _called(declared, model, frozen) for name, declared in model.nodes.items()}


def _called(declared: Declared, model: Model, frozen: set[str]) -> Called:
    called = Called(declared.block, declared.trainable)
    what = _look_up(declared.what, model, frozen, called)
    if isinstance(what, Model):
        called.model = what
        called.block = called.block or what.name
    elif isinstance(what, Layer):
        called.trainable = called.trainable and what.trainable
        called.layer = _unwrapped(what, model, frozen, called)
        called.block = ""
    return called


def _look_up(what: What, model: Model, frozen: set[str], called: Called) -> What:
    seen: set[str] = set()
    while isinstance(what, Use):
        if what.shared in seen or what.shared not in model.shared:
            return None
        seen.add(what.shared)
        called.shared = called.shared or what.shared
        called.trainable = called.trainable and what.shared not in frozen
        called.block = model.shared[what.shared].block
        what = model.shared[what.shared].what
    return what


def _unwrapped(layer: Layer, model: Model, frozen: set[str], called: Called) -> Layer | None:
    """The layer, with what its `layer` field names put in its place; None if that is broken."""
    wrappers: list[Layer] = []
    inner: object = layer
    while isinstance(inner, Layer) and "layer" in type(inner).model_fields:
        wrappers.append(inner)
        what = _look_up(inner.layer, model, frozen, called)  # type: ignore[attr-defined]
        if what is None or len(wrappers) > MOST_WRAPPERS:
            return None
        if isinstance(what, Model):
            called.inner_model = what
        inner = what
        if isinstance(inner, Layer):
            called.trainable = called.trainable and inner.trainable
    for wrapper in reversed(wrappers):
        inner = wrapper.model_copy(update={"layer": inner})
    return inner if isinstance(inner, Layer) else None


def innermost(layer: Layer) -> object:
    """What a chain of wrappers holds in the end; the layer itself if it is none."""
    inner: object = layer
    while isinstance(inner, Layer) and "layer" in type(inner).model_fields:
        inner = inner.layer  # type: ignore[attr-defined]
    return inner


def wrappers_around(layer: Layer | None) -> int:
    """How many wrappers a layer is, one around the other."""
    inner: object = layer
    count = 0
    while isinstance(inner, Layer) and "layer" in type(inner).model_fields:
        inner = inner.layer  # type: ignore[attr-defined]
        count += 1
    return count


def with_innermost(layer: Layer, inner: Callee) -> Layer:
    """A copy of a chain of wrappers around another innermost callee."""
    held = layer.layer  # type: ignore[attr-defined]
    deeper = with_innermost(held, inner) if isinstance(held, Layer) else inner
    return layer.model_copy(update={"layer": deeper})
