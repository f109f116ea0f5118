"""Raw operations of functional models as layers, under the names of Keras's `ops`.

As in Keras, they lose masks.
"""

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from modelspec.layers.axes import distinct
from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import Axes
from modelspec.layers.kept import BOTH, NOTHING, OPERANDS, Kept
from modelspec.layers.merging.base import _Merge
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.values import Arity, Example, LayerError
from modelspec.shapes import Dim, Shape, broadcast, product, same, text

Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
Dtype: TypeAlias = Literal[
    "float32", "float16", "bfloat16", "float64", "int8", "int16", "int32", "int64", "uint8", "bool"
]
Function: TypeAlias = Literal[
    "absolute", "approximate_gelu", "arccos", "arccosh", "arcsin", "arcsinh", "arctan", "arctanh",
    "ceil", "cos", "cosh", "erf", "exp", "exp2", "expm1", "floor", "log", "log10", "log1p", "log2",
    "negative", "reciprocal", "round", "rsqrt", "sign", "sin", "sinh", "sqrt", "square", "tan",
    "trunc",
]  # fmt: skip
"""Keras's functions of one number that are no activations; `ops.gelu` is the approximate one."""

_REDUCED = (
    Example({"axis": 1}, ((4, 3),)),
    Example({"axis": [1, -1], "keepdims": True}, ((4, 3, 2),)),
    Example({"axis": -1}, ((5,),)),
)


class _Reduction(Layer):
    examples: ClassVar[tuple[Example, ...]] = _REDUCED

    axis: Axes
    """The axis or axes that are reduced. -1 is the last; the batch axis counts as 0."""
    keepdims: bool = False
    """Whether they stay, with size 1."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        gone = distinct(self.axis, shape)
        if self.keepdims:
            return tuple(1 if index in gone else size for index, size in enumerate(shape))
        return tuple(size for index, size in enumerate(shape) if index not in gone)

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class Mean(_Reduction):
    """The mean along axes.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Over all steps or pixels, `GlobalAveragePooling1D` and `2D` say more and know masks.

    Example:
        ```yaml
        mean: {type: Mean, axis: -1}
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING


class Sum(_Reduction):
    """The sum along axes.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        total: {type: Sum, axis: 1}
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING


class Max(_Reduction):
    """The largest number along axes.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        best: {type: Max, axis: 1}
        ```
    """

    keras = "../ops/numpy/"


class Min(_Reduction):
    """The least number along axes.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        worst: {type: Min, axis: 1}
        ```
    """

    keras = "../ops/numpy/"


class Prod(_Reduction):
    """The product along axes.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        all: {type: Prod, axis: -1}
        ```
    """

    keras = "../ops/numpy/"


class Elementwise(Layer):
    """A function of every number that is no activation: `absolute`, `exp`, `sqrt`.

    Input: any shape, floats. Output: the same shape.

    Where a function is not defined, the result is no number: `log` of numbers below 0.

    Example:
        ```yaml
        distance: {type: Elementwise, function: absolute}
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    examples: ClassVar = (
        *(
            Example({"function": name}, ((9,),))
            for name in ("absolute", "ceil", "cos", "cosh", "erf", "exp", "expm1", "floor")
        ),
        *(
            Example({"function": name}, ((9,),))
            for name in ("negative", "reciprocal", "round", "sign", "sin", "sinh", "square", "tan")
        ),
        *(Example({"function": name}, ((9,),)) for name in ("arcsinh", "arctan", "exp2", "trunc")),
        Example({"function": "approximate_gelu"}, ((9,),)),
    )

    function: Function
    """The function. `approximate_gelu`, by `tanh`, is what `keras.ops.gelu` is by default."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class Arithmetic(Layer):
    """Every number and a constant: `x * 0.5`, `1 - x`.

    Input: any shape, floats. Output: the same shape.

    Example:
        ```yaml
        half: {type: Arithmetic, function: multiply, constant: 0.5}
        rest: {type: Arithmetic, function: subtract, constant: 1.0, constant_first: true}
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    examples: ClassVar = (
        *(
            Example({"function": name, "constant": 2.0}, ((3, 5),))
            for name in ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum")
        ),
        Example({"function": "mod", "constant": 0.75}, ((9,),)),
        Example({"function": "floor_divide", "constant": 0.75}, ((9,),)),
        Example({"function": "subtract", "constant": 1.0, "constant_first": True}, ((4,),)),
        Example({"function": "power", "constant": 2.0, "constant_first": True}, ((4,),)),
        Example({"function": "add", "constant": [1.0, 2.0]}, ((3, 2),)),
    )

    function: Literal[
        "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "mod",
        "floor_divide",
    ]  # fmt: skip
    """The operation."""
    constant: Number | Annotated[tuple[Number, ...], Field(strict=False, min_length=1)]
    """A number, or a list of one for each place along the last axis."""
    constant_first: bool = False
    """Whether the constant stands before the operator: `1 - x`."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if isinstance(self.constant, tuple) and (
            not shape or known_size(shape[-1], "places along the last axis") != len(self.constant)
        ):
            raise LayerError(
                "MS501",
                f"has {len(self.constant)} constants, gets `{text(shape)}`",
                "give one number, or one for each place along the last axis",
                "constant",
            )
        return shape

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])

    def kept(self, *shapes: Shape) -> Kept:
        if self.function == "power":
            return BOTH
        return OPERANDS if self.function in ("maximum", "minimum") else NOTHING


class Divide(_Merge):
    """The first of two inputs by the second.

    Inputs: two, of one shape, floats; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {ratio: Divide}
        edges: ["part, whole -> ratio"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    arity = Arity(2, 2)
    accepts = "float"
    verb = "divide"
    operand_order_matters = True
    examples = (Example({}, ((4,), (4,))), Example({}, ((3, 2), (1, 2))))


class Matmul(Layer):
    """The matrix product of two inputs, sample by sample.

    Inputs: `[..., rows, inner]` and `[..., inner, columns]`, floats, of one rank; in the first
    axes a size of 1 is repeated. Output: `[..., rows, columns]`.

    Example:
        ```yaml
        layers: {scores: Matmul}
        edges: ["queries, keys -> scores"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    promotes = True
    arity = Arity(2, 2)
    operand_order_matters = True
    examples = (
        Example({}, ((3, 4), (4, 2))),
        Example({}, ((5, 3, 4), (5, 4, 2))),
        Example({}, ((5, 3, 4), (1, 4, 2))),
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        left, right = shapes
        fits = len(left) == len(right) >= 2 and same(left[-1], right[-2])
        if fits is None:
            known_size(left[-1], "columns, which are summed over")
            known_size(right[-2], "rows, which are summed over")
        first = broadcast([left[:-2], right[:-2]]) if fits else None
        if first is None:
            raise LayerError(
                "MS501",
                f"cannot multiply `{text(left)}` by `{text(right)}`",
                "the last axis of the first and the last but one of the second are summed over",
            )
        return (*first, left[-2], right[-1])

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def flops(self, *shapes: Shape) -> Dim:
        return product(self.output_shape(*shapes)) * shapes[0][-1] * 2


class Clip(Layer):
    """Numbers between two bounds as they are, others at the nearest bound.

    Input: any shape, floats. Output: the same shape.

    Example:
        ```yaml
        bounded: {type: Clip, x_min: 0.0, x_max: 1.0}
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    examples: ClassVar = (Example({"x_min": -0.5, "x_max": 1.0}, ((3, 5),)),)

    x_min: Number
    """The lower bound."""
    x_max: Number
    """The upper bound."""

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.x_min > self.x_max:
            raise LayerError("MS501", "has `x_min` above `x_max`", argument="x_min")
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0]) * 2


class Cast(Layer):
    """The same numbers in another type.

    Input: any shape. Output: the same shape.

    Example:
        ```yaml
        numbers: {type: Cast, dtype: float32}
        ```
    """

    keras = "../ops/core/"
    keeps = NOTHING
    accepts = "any"
    examples: ClassVar = (
        Example({"dtype": "float32"}, ((3,),), "int64"),
        Example({"dtype": "int32"}, ((3,),)),
        Example({"dtype": "float64"}, ((2, 2),)),
    )

    dtype: Dtype
    """The type."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def output_dtype(self, *dtypes: str) -> str:
        return self.dtype
