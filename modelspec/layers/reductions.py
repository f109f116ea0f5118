"""Further reductions along axes: spread, length, and the place of the largest number.

As in Keras, they lose masks.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer
from modelspec.layers.kept import NOTHING, OPERANDS
from modelspec.layers.operations import _Reduction
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product


class Var(_Reduction):
    """The variance along axes: the mean square of the distance from the mean.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        spread: {type: Var, axis: 1}
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS


class Std(_Reduction):
    """The standard deviation along axes: the square root of the variance.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        spread: {type: Std, axis: -1, keepdims: true}
        ```
    """

    keras = "../ops/numpy/"


class Logsumexp(_Reduction):
    """The logarithm of the sum of exponentials along axes: a smooth maximum.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        total: {type: Logsumexp, axis: -1}
        ```
    """

    keras = "../ops/core/"


class Norm(_Reduction):
    """The length of vectors along an axis, or of all numbers along several together.

    Input: any shape, floats. Output: without these axes, or with size 1 there.

    Example:
        ```yaml
        length: {type: Norm, axis: -1}
        ```
    """

    keras = "../ops/linalg/"
    examples: ClassVar = (
        *_Reduction.examples,
        Example({"axis": -1, "ord": 1}, ((4, 3),)),
        Example({"axis": 1, "ord": 3.5, "keepdims": True}, ((4, 3),)),
        Example({"axis": -1, "ord": "inf"}, ((5,),)),
        Example({"axis": -1, "ord": "-inf"}, ((5,),)),
    )

    ord: Annotated[float, Field(gt=0, allow_inf_nan=False)] | Literal["inf", "-inf"] = 2.0
    """The power p of `sum(|x| ** p) ** (1 / p)`; `inf` for the largest, `-inf` for the least."""

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.ord != 2 and len(self.axis) > 1:
            raise LayerError(
                "MS509",
                f"has `ord` {self.ord} and {len(self.axis)} axes",
                "several axes go with `ord: 2` only, the Frobenius norm",
                "axis",
            )
        return super().output_shape(*shapes)


class _Place(Layer):
    keeps = NOTHING
    accepts = "any"
    examples = (
        Example({"axis": 1}, ((4, 3),)),
        Example({"axis": -1, "keepdims": True}, ((4, 3),)),
        Example({"axis": -1}, ((5,),)),
    )

    axis: int
    """The axis that is looked along. -1 is the last; the batch axis counts as 0."""
    keepdims: bool = False
    """Whether it stays, with size 1."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        place = resolve(self.axis, shape)
        return (*shape[:place], *((1,) if self.keepdims else ()), *shape[place + 1 :])

    def output_dtype(self, *dtypes: str) -> str:
        if dtypes[0] == "bool":
            raise LayerError("MS506", "takes numbers, gets bool")
        return "int32"

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class Argmax(_Place):
    """The place of the largest number along an axis, counted from 0: the class of a softmax.

    Input: any shape. Output: without the axis, or with size 1 there, int32. Of equals the first.

    Example:
        ```yaml
        chosen: {type: Argmax, axis: -1}
        ```
    """

    keras = "../ops/numpy/"


class Argmin(_Place):
    """The place of the least number along an axis, counted from 0.

    Input: any shape. Output: without the axis, or with size 1 there, int32. Of equals the first.

    Example:
        ```yaml
        nearest: {type: Argmin, axis: -1}
        ```
    """

    keras = "../ops/numpy/"
