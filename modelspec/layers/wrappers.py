"""Bidirectional, TimeDistributed: layers around a layer."""

from collections.abc import Callable, Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import WithJsonSchema

from modelspec.layers.base import Callee, Layer
from modelspec.layers.kept import FLOAT, NOTHING, Kept
from modelspec.layers.recurrent import GRU, LSTM, SimpleRNN, check_states, state_agreements
from modelspec.layers.values import (
    UNKNOWN_TENSOR,
    Bundle,
    Example,
    Inference,
    LayerError,
    MaskUse,
    Operands,
    Tensor,
    Value,
    Weight,
    as_computed,
    fixed,
)
from modelspec.shapes import Dim, Shape, product, text

InnerLayer = Annotated[Any, WithJsonSchema({"holds": "layer"})]
"""A layer, written as under `layers`. Whoever reads the spec validates it and puts it here."""


class Later:
    """Examples that are made when they are asked for: they build other declarations."""

    def __init__(self, make: Callable[[], tuple[Example, ...]]) -> None:
        self._make = make

    def __get__(self, instance: object, owner: type) -> tuple[Example, ...]:
        return self._make()


def _bidirectional_examples() -> tuple[Example, ...]:
    return (
        Example({"layer": LSTM(units=3)}, ((5, 2),)),
        Example({"layer": LSTM(units=3, return_sequences=True)}, ((5, 2),)),
        Example({"layer": GRU(units=2)}, ((5, 2),)),
        Example({"layer": GRU(units=2, return_sequences=True)}, ((5, 2),)),
        Example({"layer": LSTM(units=2, return_sequences=True), "merge_mode": "sum"}, ((4, 2),)),
        Example({"layer": GRU(units=2, return_sequences=True), "merge_mode": "mul"}, ((4, 2),)),
        Example({"layer": LSTM(units=2), "merge_mode": "ave"}, ((4, 2),)),
        Example({"layer": LSTM(units=2, use_bias=False)}, ((4, 2),)),
        Example({"layer": LSTM(units=2, activation="relu", return_sequences=True)}, ((4, 2),)),
        Example({"layer": GRU(units=2, reset_after=False), "merge_mode": "sum"}, ((4, 2),)),
        Example({"layer": LSTM(units=2, dropout=0.25, recurrent_dropout=0.25)}, ((4, 2),)),
        Example({"layer": LSTM(units=2), "merge_mode": None}, ((4, 2),)),
        Example({"layer": GRU(units=2, return_sequences=True), "merge_mode": None}, ((4, 2),)),
    )


def _time_distributed_examples() -> tuple[Example, ...]:
    from modelspec.layers.conv import Conv1D
    from modelspec.layers.core import Dense
    from modelspec.layers.normalization import BatchNormalization

    return (
        Example({"layer": Dense(units=3, activation="relu")}, ((4, 2),)),
        Example({"layer": Conv1D(filters=2, kernel_size=3)}, ((3, 5, 2),)),
        Example({"layer": LSTM(units=2)}, ((3, 4, 2),)),
        Example({"layer": BatchNormalization(momentum=0.5)}, ((3, 2),)),
    )


class Bidirectional(Layer):
    """A recurrent layer that reads the sequence in both directions, each with its own weights.

    Input: `[steps, features]`, floats. Output: `[2 * units]`, or `[steps, 2 * units]` where the
    inner layer has `return_sequences`; `units` instead of `2 * units` where `merge_mode` is not
    `concat`. Without sequences, the output joins the last state of either direction.
    Input port: `.state`, the first states, the forward layer's and then the backward layer's.
    Output ports: `.state`, all final states, in the same order; `.h` and (of an LSTM) `.c`, the
    forward and the backward state side by side, `[2 * units]`; `.forward` and `.backward`, the
    output of either direction by itself.
    Weights: those of the inner layer twice, `forward_...` and `backward_...`.

    Example:
        ```yaml
        both: {type: Bidirectional, layer: {type: LSTM, units: 32}}
        ```
    """

    keras = "recurrent_layers/bidirectional/"
    masked_ports = ("", "forward", "backward")
    input_ports = ("state",)
    several_at_ports = True
    examples: ClassVar = Later(_bidirectional_examples)

    layer: InnerLayer
    """The recurrent layer, an LSTM, a GRU or a SimpleRNN."""
    merge_mode: Literal["concat", "sum", "mul", "ave"] | None = "concat"
    """How the two directions' outputs are joined; with null there is no output but `.forward` and
    `.backward`."""

    def output_ports(self) -> tuple[str, ...]:
        return ("state", "h", "c", "forward", "backward")

    def infer(self, operands: Operands) -> Inference:
        if self.layer is None:
            return self.unknown()
        if not isinstance(self.layer, LSTM | GRU | SimpleRNN):
            raise LayerError(
                "MS501",
                "runs an LSTM, a GRU or a SimpleRNN both ways, not a"
                f" `{type(self.layer).__name__}`",
                argument="layer",
            )
        if self.layer.go_backwards:
            raise LayerError(
                "MS501",
                "reads both ways, and its inner layer is to go backwards",
                "remove `go_backwards`",
                "layer",
            )
        found = super().infer(operands)
        if self.merge_mode is not None:
            return found
        return self.without_default(
            found,
            "has an output that costs, and with `merge_mode: null` no output of its own",
            "remove `activity_regularizer`, or choose a `merge_mode`",
        )

    def option(self, weight: str, kind: str) -> object:
        return self.layer.option(weight.partition("_")[2], kind)

    def output_shape(self, *shapes: Shape) -> Shape:
        *steps, units = self.layer.output_shape(*shapes)
        return (*steps, units * 2 if self.merge_mode == "concat" else units)

    def mask_use(self) -> MaskUse:
        return self.layer.mask_use()  # type: ignore[no-any-return]

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        inner: tuple[Tensor, ...] = self.layer.ports(*shapes)["state"].parts
        joined = dict.fromkeys(self.layer.states, Tensor((2 * self.layer.units,)))
        ways = dict.fromkeys(("forward", "backward"), Tensor(self.layer.output_shape(*shapes)))
        return {"state": Bundle(inner + inner), **joined, **ways}

    def check_ports(self, operands: Operands, *shapes: Shape) -> None:
        names = [f"{way} {name}" for way in ("forward", "backward") for name in self.layer.states]
        check_states(operands, tuple(names), (self.layer.units,))

    def port_agreements(self, operands: Operands, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        return state_agreements(operands, (self.layer.units,))

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        inner = self.layer.weights(*shapes)
        if not self.layer.trainable:
            inner = fixed(inner)
        return tuple(
            weight._replace(name=f"{way}_{weight.name}")
            for way in ("forward", "backward")
            for weight in inner
        )

    def flops(self, *shapes: Shape) -> Dim:
        return self.layer.flops(*shapes) * 2  # type: ignore[no-any-return]

    def kept(self, *shapes: Shape) -> Kept:
        one = self.layer.kept(*shapes)
        joined = FLOAT * product(self.output_shape(*shapes))
        return Kept(operands=one.operands, more=2 * one.more, passing=one.passing + joined)


class TimeDistributed(Layer):
    """A layer, or a block, that is applied to every step of a sequence with the same weights.

    Input: `[steps, ...]`, what the inner layer takes after the steps. Output: `[steps, ...]`,
    what the inner layer makes of each.

    Example:
        ```yaml
        frames: {type: TimeDistributed, layer: {type: Conv2D, filters: 8, kernel_size: 3}}
        ```
    """

    keras = "recurrent_layers/time_distributed/"
    masks = "uses and passes"
    accepts = "any"
    examples: ClassVar = Later(_time_distributed_examples)

    layer: InnerLayer
    """What is applied: a layer, a block, or a shared one (`{use: name}`)."""

    def option(self, weight: str, kind: str) -> object:
        return self.layer.option(weight, kind) if isinstance(self.layer, Layer) else None

    def mask_axes(self, axes: int) -> int:
        """Those of the steps, and those that the inner layer passes on."""
        inner = self.layer
        if axes == 1 or not isinstance(inner, Layer) or "passes" not in inner.mask_use():
            return 1
        return 1 + inner.mask_axes(axes - 1)

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        inner = self.layer
        return inner.agreements(shapes[0][1:]) if isinstance(inner, Layer) else ()

    def infer(self, operands: Operands) -> Inference:
        (sequence,) = self._tensors(as_computed(operands))
        if self.layer is None or sequence.shape is None:
            return self.unknown()
        if not sequence.shape:
            raise LayerError("MS503", "needs `[steps, ...]`, gets `[]`, one number a sample")
        steps, *rest = sequence.shape
        callee: Callee = self.layer
        if isinstance(callee, Layer) and callee.arity.minimum > 1:
            raise LayerError(
                "MS406",
                f"gives its inner layer one tensor a step, and a `{type(callee).__name__}` takes"
                f" {callee.arity.minimum}",
                "hold a layer of one input in it, or a block that brings the others",
                "layer",
            )
        try:
            inner = callee.infer({"": (Tensor(tuple(rest), sequence.dtype),)})
        except LayerError as error:
            error.message = f"gives its inner layer `{text(tuple(rest))}`, which {error.message}"
            error.argument = "layer"
            raise
        if isinstance(callee, Layer) and "" not in inner.outputs:
            raise LayerError(
                "MS503",
                "takes its inner layer's output at every step, and that has none of its own",
                "choose a `merge_mode`, or use the inner layer's ports",
                "layer",
            )
        value = inner.outputs.get("") or UNKNOWN_TENSOR
        assert isinstance(value, Tensor)
        shape = None if value.shape is None else (steps, *value.shape)
        weights = inner.weights if self.trainable else fixed(inner.weights)
        return Inference({"": Tensor(shape, value.dtype)}, weights, steps * inner.flops)

    def kept(self, *shapes: Shape) -> Kept:
        """What the inner layer keeps, for each step; of a block, its nodes say so."""
        steps, *rest = shapes[0]
        if not isinstance(self.layer, Layer):
            return NOTHING
        one = self.layer.kept(tuple(rest))
        return one._replace(more=steps * one.more, passing=steps * one.passing)
