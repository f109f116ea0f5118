"""The types of arguments that several layers have, with what JSON Schema says of them."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticKnownError

ActivationName: TypeAlias = Literal[
    "celu",
    "elu",
    "exponential",
    "gelu",
    "hard_shrink",
    "hard_sigmoid",
    "hard_silu",
    "hard_swish",
    "hard_tanh",
    "leaky_relu",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "mish",
    "relu",
    "relu6",
    "selu",
    "sigmoid",
    "silu",
    "soft_shrink",
    "softmax",
    "softplus",
    "softsign",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
    "swish",
    "tanh",
    "tanh_shrink",
]
"""Keras's activation functions that keep the shape, with Keras's default parameters."""

InitializerName: TypeAlias = Literal[
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "orthogonal",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "uniform",
    "zeros",
]
"""Keras's initializers, with Keras's default parameters."""

VectorInitializerName: TypeAlias = Literal[
    "glorot_normal",
    "glorot_uniform",
    "he_normal",
    "he_uniform",
    "lecun_normal",
    "lecun_uniform",
    "normal",
    "ones",
    "random_normal",
    "random_uniform",
    "truncated_normal",
    "uniform",
    "zeros",
]
"""The initializers of what may be a vector: all but `orthogonal`, which needs a matrix."""

PositiveInt: TypeAlias = Annotated[int, Field(ge=1)]


def _some_count(weights: tuple[float, ...]) -> tuple[float, ...]:
    if not sum(weights) > 0:
        raise ValueError("they sum to 0, and at least one of them has to count")
    return weights


OperandWeights: TypeAlias = Annotated[
    tuple[Annotated[float, Field(ge=0, allow_inf_nan=False)], ...],
    Field(strict=False, min_length=1),
    AfterValidator(_some_count),
]
"""How much each operand counts."""

Rate: TypeAlias = Annotated[float, Field(ge=0, lt=1)]
Fraction: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Epsilon: TypeAlias = Annotated[float, Field(gt=0)]


def _pair(value: object) -> object:
    """3 is short for [3, 3]."""
    return (value, value) if type(value) is int else _list(value)


def _list(value: object) -> object:
    """A list; what is neither an integer nor a list is refused for not being an integer."""
    if not isinstance(value, list | tuple):
        raise PydanticKnownError("int_type")
    return value


_PAIR_SCHEMA: dict[str, object] = {
    "anyOf": [
        {"type": "integer", "minimum": 1},
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 1},
            "minItems": 2,
            "maxItems": 2,
        },
    ]
}

SizePair: TypeAlias = Annotated[
    tuple[PositiveInt, PositiveInt],
    Field(strict=False),
    BeforeValidator(_pair),
    WithJsonSchema(_PAIR_SCHEMA),
]
"""Height and width: one integer for both, or a list of two."""


def _triple(value: object) -> object:
    """3 is short for [3, 3, 3]."""
    return (value, value, value) if type(value) is int else _list(value)


SizeTriple: TypeAlias = Annotated[
    tuple[PositiveInt, PositiveInt, PositiveInt],
    Field(strict=False),
    BeforeValidator(_triple),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1},
                {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 1},
                    "minItems": 3,
                    "maxItems": 3,
                },
            ]
        }
    ),
]
"""Depth, height and width: one integer for all, or a list of three."""

Cells: TypeAlias = Annotated[int, Field(ge=0)]
Border: TypeAlias = tuple[Cells, Cells]
"""How many cells stand before and after an axis."""


def _ends(value: object) -> object:
    """3 is short for (3, 3)."""
    pair = _pair(value)
    return tuple(pair) if isinstance(pair, list) else pair


def _borders(axes: int) -> BeforeValidator:
    """What is before and after each of several axes.

    3 is short for 3 around every axis, [1, 2] for 1 around the first axis and 2 around the second.
    """

    def spread(value: object) -> object:
        if type(value) is int:
            return ((value, value),) * axes
        listed = _list(value)
        assert isinstance(listed, list | tuple)
        return tuple(_ends(each) for each in listed)

    return BeforeValidator(spread)


def _borders_schema(axes: int) -> WithJsonSchema:
    cells = {"type": "integer", "minimum": 0}
    pair = {"type": "array", "items": cells, "minItems": 2, "maxItems": 2}
    row = {"type": "array", "items": {"anyOf": [cells, pair]}, "minItems": axes, "maxItems": axes}
    return WithJsonSchema({"anyOf": [cells, row]})


Borders1: TypeAlias = Annotated[
    Border,
    Field(strict=False),
    BeforeValidator(_pair),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0},
                    "minItems": 2,
                    "maxItems": 2,
                },
            ]
        }
    ),
]
"""The front and the end: one integer for both, or a list of two."""
Borders2: TypeAlias = Annotated[
    tuple[Border, Border], Field(strict=False), _borders(2), _borders_schema(2)
]
"""Above and below, left and right: an integer for all, or for each axis one or two."""
Borders3: TypeAlias = Annotated[
    tuple[Border, Border, Border], Field(strict=False), _borders(3), _borders_schema(3)
]
"""The ends of depth, height and width: an integer for all, or for each axis one or two."""

TargetShape: TypeAlias = Annotated[tuple[Annotated[int, Field(ge=-1)], ...], Field(strict=False)]
Dims: TypeAlias = Annotated[tuple[PositiveInt, ...], Field(strict=False, min_length=1)]


def _row(value: object) -> object:
    """3 is short for [3]."""
    return (value,) if type(value) is int else _list(value)


_AXES_SCHEMA: dict[str, object] = {
    "anyOf": [
        {"type": "integer"},
        {"type": "array", "items": {"type": "integer"}, "minItems": 1},
    ]
}

Axes: TypeAlias = Annotated[
    tuple[int, ...],
    Field(strict=False, min_length=1),
    BeforeValidator(_row),
    WithJsonSchema(_AXES_SCHEMA),
]
"""One axis, or a list of them. -1 is the last; the batch axis counts as 0."""

AxisPair: TypeAlias = Annotated[
    tuple[int, int],
    Field(strict=False),
    BeforeValidator(_pair),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer"},
                {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
            ]
        }
    ),
]
"""An axis of each of two operands; one integer for both."""
