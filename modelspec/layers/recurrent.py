"""SimpleRNN, LSTM, GRU."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt, Rate
from modelspec.layers.initializers import MatrixInitializer, VectorInitializer
from modelspec.layers.kept import FLOAT, Kept
from modelspec.layers.regularizers import MatrixRegularizer, Regularizer
from modelspec.layers.values import (
    Bundle,
    Example,
    LayerError,
    MaskUse,
    Operands,
    Tensor,
    Value,
    Weight,
    tensors_of,
)
from modelspec.shapes import Dim, Shape, same, text


class _Stateful(Layer):
    """What the layers have in common that read step by step and carry states along."""

    input_ports = ("state",)
    several_at_ports = True
    gates: ClassVar[int]
    states: ClassVar[tuple[str, ...]]
    """The names of the final states, in Keras's order."""

    activation: ActivationName = "tanh"
    """The function of the candidate and the output. Others than `tanh` are much slower."""
    use_bias: bool = True
    """Whether trained biases are added."""
    kernel_initializer: MatrixInitializer = "glorot_uniform"
    """What the input's kernel starts as."""
    recurrent_initializer: MatrixInitializer = "orthogonal"
    """What the state's kernel starts as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the biases start as."""
    kernel_regularizer: MatrixRegularizer = None
    """What the input's kernel costs; nothing by default."""
    recurrent_regularizer: MatrixRegularizer = None
    """What the state's kernel costs."""
    bias_regularizer: Regularizer = None
    """What the biases cost."""
    kernel_constraint: Constraint = None
    """What the input's kernel is held to after every update; nothing by default."""
    recurrent_constraint: Constraint = None
    """What the state's kernel is held to."""
    bias_constraint: Constraint = None
    """What the biases are held to."""
    dropout: Rate = 0.0
    """In training, the share of the input's features that is dropped, the same at every step."""
    recurrent_dropout: Rate = 0.0
    """In training, the share of the state that is dropped, the same at every step. Much slower."""
    return_sequences: bool = False
    """Whether the output is that of every step, or only of the last."""
    go_backwards: bool = False
    """Whether the steps are read from the last to the first; the output comes in that order."""
    zero_output_for_mask: bool = False
    """Whether the output of a masked step is 0, also that of the last one, instead of that before
    it. Bidirectional does so by itself where it returns sequences, and not where it does not."""

    def output_ports(self) -> tuple[str, ...]:
        return ("state", *self.states)

    def state_shape(self, shape: Shape) -> Shape:
        """The shape of each state, for an operand's."""
        raise NotImplementedError(type(self).__name__)

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        state = self.state_shape(shape)
        return (shape[0], *state) if self.return_sequences else state

    def mask_use(self) -> MaskUse:
        return "uses and passes" if self.return_sequences else "uses"

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        final = dict.fromkeys(self.states, Tensor(self.state_shape(shapes[0])))
        return {"state": Bundle(tuple(final.values())), **final}

    def check_ports(self, operands: Operands, *shapes: Shape) -> None:
        check_states(operands, self.states, self.state_shape(shapes[0]))

    def port_agreements(self, operands: Operands, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        return state_agreements(operands, self.state_shape(shapes[0]))


class _Units(Layer):
    """The argument that stands before all others."""

    units: PositiveInt
    """The length of the state, and so of the output."""


class _Recurrent(_Stateful, _Units):
    """What the recurrent layers have in common whose states are vectors."""

    def state_shape(self, shape: Shape) -> Shape:
        check_sequence(shape)
        known_size(shape[-1], "features")
        return (self.units,)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        features = known_size(shapes[0][-1], "features")
        width = self.gates * self.units
        kernels = (
            Weight("kernel", (features, width)),
            Weight("recurrent_kernel", (self.units, width)),
        )
        return (*kernels, Weight("bias", self._bias(width))) if self.use_bias else kernels

    def flops(self, *shapes: Shape) -> Dim:
        """Both matrix products, the biases, and the gates' own products and sums."""
        numbers = sum(prod(weight.shape) for weight in self.weights(*shapes)[:2])
        return shapes[0][0] * (2 * numbers + (self.gates * self.use_bias + 4) * self.units)

    def _bias(self, width: int) -> tuple[int, ...]:
        return (width,)


class _Gated(_Recurrent):
    """What the layers have in common whose state has gates."""

    recurrent_activation: ActivationName = "sigmoid"
    """The function of the gates. Others than `sigmoid` are much slower."""


_EXAMPLES = (
    Example({"units": 4}, ((6, 3),)),
    Example({"units": 3, "return_sequences": True}, ((5, 2),)),
    Example({"units": 3, "go_backwards": True, "return_sequences": True}, ((5, 2),)),
    Example({"units": 2, "go_backwards": True}, ((4, 3),)),
    Example({"units": 3, "use_bias": False}, ((4, 2),)),
    Example({"units": 3, "bias_initializer": "normal"}, ((4, 2),)),
    Example({"units": 3, "dropout": 0.25}, ((4, 2),)),
    Example({"units": 3, "dropout": 0.25, "recurrent_dropout": 0.25}, ((4, 2),)),
    Example({"units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, ((4, 2),)),
    Example(
        {"units": 2, "activation": "softsign", "use_bias": False, "go_backwards": True}, ((3, 2),)
    ),
    Example({"units": 1}, ((1, 1),)),
)


class SimpleRNN(_Recurrent):
    """The plain recurrent layer: `activation(x @ kernel + state @ recurrent_kernel + bias)`.

    Input: `[steps, features]`, floats. Output: `[units]`, that of the last step, or
    `[steps, units]` with `return_sequences`.
    Input port: `.state`, what the state starts as (zeros by default): another layer's `.state`, or
    a tensor.
    Output ports: `.state`, which flows into another layer's `.state`; `.h`, `[units]`, the same
    as a tensor.
    Weights: `kernel [features, units]`, `recurrent_kernel [units, units]`, `bias [units]`.

    Example:
        ```yaml
        encoder: {type: SimpleRNN, units: 64}
        ```
    """

    keras = "recurrent_layers/simple_rnn/"
    gates = 1
    states = ("h",)
    examples: ClassVar = (
        *(example for example in _EXAMPLES if "recurrent_activation" not in example.arguments),
        Example({"units": 3, "activation": "relu", "return_sequences": True}, ((4, 2),)),
    )

    def kept(self, *shapes: Shape) -> Kept:
        steps, features = shapes[0]
        return Kept(more=steps * FLOAT * (features + self.units))


class LSTM(_Gated):
    """Long short-term memory: reads a sequence step by step, carrying two states along.

    Input: `[steps, features]`, floats. Output: `[units]`, that of the last step, or
    `[steps, units]` with `return_sequences`.
    Input port: `.state`, what the states start as (zeros by default): another layer's `.state`,
    or two tensors, `h` and `c`.
    Output ports: `.state`, all final states in one, which flow into another layer's `.state`;
    `.h` and `.c`, `[units]`, one by one.
    Weights: `kernel [features, 4 * units]`, `recurrent_kernel [units, 4 * units]`,
    `bias [4 * units]`; the gates in the order input, forget, candidate, output.

    Example:
        ```yaml
        encoder: {type: LSTM, units: 64}
        ```
    """

    keras = "recurrent_layers/lstm/"
    gates = 4
    states = ("h", "c")
    examples: ClassVar = (*_EXAMPLES, Example({"units": 3, "unit_forget_bias": False}, ((4, 2),)))

    unit_forget_bias: bool = True
    """Whether the forget gate's bias starts as 1, so that a fresh layer remembers."""

    def kept(self, *shapes: Shape) -> Kept:
        """Its kernels' workspace: the gates, the states and both inputs of every step."""
        steps, features = shapes[0]
        if self.recurrent_dropout:
            return Kept(operands=True, more=steps * FLOAT * 10 * self.units)
        width = known_size(features, "features")
        a_step = width + 6 * max(width, self.units) + 10 * self.units
        return Kept(output=self.return_sequences, more=steps * FLOAT * a_step)


class GRU(_Gated):
    """Gated recurrent unit: reads a sequence step by step, carrying one state along.

    Input: `[steps, features]`, floats. Output: `[units]`, that of the last step, or
    `[steps, units]` with `return_sequences`.
    Input port: `.state`, what the state starts as (zeros by default): another layer's `.state`, or
    a tensor.
    Output ports: `.state`, which flows into another layer's `.state`; `.h`, `[units]`, the same
    as a tensor.
    Weights: `kernel [features, 3 * units]`, `recurrent_kernel [units, 3 * units]`, `bias`
    `[2, 3 * units]`, or `[3 * units]` without `reset_after`; the gates in the order update,
    reset, candidate.

    Example:
        ```yaml
        encoder: {type: GRU, units: 64}
        ```
    """

    keras = "recurrent_layers/gru/"
    gates = 3
    halved = False
    states = ("h",)
    examples: ClassVar = (
        *_EXAMPLES,
        Example({"units": 3, "reset_after": False}, ((4, 2),)),
        Example({"units": 3, "reset_after": False, "recurrent_dropout": 0.25}, ((4, 2),)),
        Example({"units": 3, "reset_after": False, "use_bias": False}, ((4, 2),)),
    )

    reset_after: bool = True
    """Whether the reset gate acts after the state's kernel (cuDNN's way), with a bias of its own,
    or before it, which is much slower."""

    def _bias(self, width: int) -> tuple[int, ...]:
        return (2, width) if self.reset_after else (width,)

    def kept(self, *shapes: Shape) -> Kept:
        steps, features = shapes[0]
        if not self.reset_after or self.recurrent_dropout:
            return Kept(operands=True, more=steps * FLOAT * 7 * self.units)
        return Kept(more=steps * FLOAT * (features + 7 * self.units))


def check_sequence(shape: Shape) -> None:
    """Refuse what is not `[steps, features]`.

    Raises:
        LayerError: MS503.
    """
    if len(shape) == 2:
        return
    help = (
        "set `return_sequences: true` on the recurrent layer before it, or make a sequence of"
        " the vector with `RepeatVector`"
        if len(shape) == 1
        else "`Reshape` the input to two axes, or wrap the layer in `TimeDistributed`"
    )
    raise LayerError("MS503", f"needs `[steps, features]`, gets `{text(shape)}`", help)


def check_states(operands: Operands, names: tuple[str, ...], wanted: Shape) -> None:
    """Refuse first states that do not fit.

    Args:
        operands: What reaches the layer; its port `state` takes one bundle, or one tensor a state.
        names: What the states are called.
        wanted: The shape of each.

    Raises:
        LayerError: MS501.
    """
    parts: list[Tensor] = []
    for value in operands.get("state", ()):
        parts.extend(tensors_of(value))
    if not parts or any(part.shape is None for part in parts):
        return
    if len(parts) == len(names) and all(_fits(part.shape, wanted) for part in parts):
        return
    needs = " and ".join(f"{name} `{text(wanted)}`" for name in names)
    gets = " and ".join(f"`{text(part.shape)}`" for part in parts)
    raise LayerError(
        "MS501",
        f"needs {needs} at `.state`, gets {gets}",
        "give both layers the same `units`, and lead the `.state` of the same kind of layer here",
    )


def state_agreements(operands: Operands, wanted: Shape) -> Iterable[tuple[Dim, Dim]]:
    """The sizes of first states, each beside that which the layer's states have."""
    for value in operands.get("state", ()):
        for part in tensors_of(value):
            if part.shape is not None and len(part.shape) == len(wanted):
                yield from zip(part.shape, wanted, strict=True)


def _fits(shape: Shape | None, wanted: Shape) -> bool:
    return (
        shape is not None
        and len(shape) == len(wanted)
        and all(same(left, right) is not False for left, right in zip(shape, wanted, strict=True))
    )
