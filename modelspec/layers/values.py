"""What flows along an edge, and what a layer makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from modelspec.shapes import UNKNOWN, Dim, Shape

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
INTEGERS = frozenset({"bool", "int8", "int16", "int32", "int64", "uint8"})
UNKNOWN_DTYPE = "?"
"""What an input holds whose `dtype` is broken: nothing that it leads into is wrong for it."""
COMPUTED = "float32"
"""What layers compute in. Floats of other types are cast to it where they enter a layer."""


class Tensor(NamedTuple):
    """One tensor. `shape` has no batch axis; None where not even its rank is known."""

    shape: Shape | None
    dtype: str = "float32"


class Bundle(NamedTuple):
    """Several tensors on one edge: all final states of a recurrent layer."""

    parts: tuple[Tensor, ...]


Value: TypeAlias = Tensor | Bundle


def tensors_of(value: Value) -> tuple[Tensor, ...]:
    """The tensors of a bundle, or the one that a value is."""
    return value.parts if isinstance(value, Bundle) else (value,)


def typed(value: Value, dtype: str) -> Value:
    """The same value, holding numbers of a dtype."""
    if isinstance(value, Bundle):
        return Bundle(tuple(part._replace(dtype=dtype) for part in value.parts))
    return value._replace(dtype=dtype)


def is_cast(value: Value) -> bool:
    """Whether a value is cast where it enters a layer: floats that are not `COMPUTED`."""
    first = value.parts[0] if isinstance(value, Bundle) else value
    return first.dtype in FLOATS and first.dtype != COMPUTED


Operands: TypeAlias = dict[str, tuple[Value, ...]]
"""The values that reach a node, by input port (`""` is the default one), each in edge order."""


def as_computed(operands: Operands) -> Operands:
    """The operands as a layer computes with them."""
    return {
        port: tuple([typed(value, COMPUTED) if is_cast(value) else value for value in values])
        for port, values in operands.items()
    }


MaskUse: TypeAlias = Literal[
    "starts", "passes", "uses", "uses and passes", "merges", "uses and merges", "joins", "drops"
]
"""What a layer does with masks; see `modelspec.layers.masks`."""


class Weight(NamedTuple):
    """One array that a layer owns, with Keras's name and shape."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True


def fixed(weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """The same arrays, none of them trained."""
    return tuple(weight._replace(trainable=False) for weight in weights)


class Inference(NamedTuple):
    """What is known of one call before it runs.

    Attributes:
        outputs: The value at each output port; `""` is the default one, if there is one.
        weights: What the layer owns; empty where a size it needs is unknown.
        flops: Floating point operations a sample; a multiplication and an addition are two.
    """

    outputs: dict[str, Value]
    weights: tuple[Weight, ...] = ()
    flops: Dim = 0


class Example(NamedTuple):
    """A call that the tests make of a layer: its arguments, and the operands' shapes."""

    arguments: dict[str, object]
    shapes: tuple[tuple[int, ...], ...]
    dtype: str = "float32"


class Arity(NamedTuple):
    """How many operands the default input port takes; no `maximum` is any number."""

    minimum: int = 1
    maximum: int | None = 1


class LayerError(Exception):
    """A layer cannot be called like this. The graph turns it into a finding at the node.

    Attributes:
        code: A key of `diagnostics.CODES`, mostly of the MS5xx.
        message: What is wrong, after the node's own name: "cannot add [32] and [16]".
        help: The way out.
        argument: The argument to point at, if it is one argument's fault.
        empty: The expressions of sizes that came out below 1, for MS502.
    """

    def __init__(
        self,
        code: str,
        message: str,
        help: str = "",
        argument: str = "",
        empty: tuple[Dim, ...] = (),
    ) -> None:
        super().__init__(code, message, help, argument, empty)
        self.code = code
        self.message = message
        self.help = help
        self.argument = argument
        self.empty = empty

    def __str__(self) -> str:
        return self.message


UNKNOWN_TENSOR = Tensor(None)
UNKNOWN_FLOPS = UNKNOWN
