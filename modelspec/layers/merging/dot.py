"""Dot."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer
from modelspec.layers.fields import AxisPair
from modelspec.layers.kept import FLOAT, OPERANDS, Kept
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.values import Arity, Example, LayerError
from modelspec.shapes import Dim, Shape, product, same, text


class Dot(Layer):
    """The dot product of two inputs along an axis of each.

    Inputs: two, with the same size at their axis. Output: the first one's other axes, then the
    second one's; `[1]` of two vectors. With `normalize`, the cosine of their angle.

    Example:
        ```yaml
        layers: {likeness: {type: Dot, axes: -1, normalize: true}}
        edges: ["left, right -> likeness"]
        ```
    """

    keras = "merging_layers/dot/"
    keeps = OPERANDS
    halved = True
    arity = Arity(2, 2)
    operand_order_matters = True
    examples: ClassVar = (
        Example({"axes": 1}, ((4,), (4,))),
        Example({"axes": -1, "normalize": True}, ((5,), (5,))),
        Example({"axes": 2}, ((3, 4), (5, 4))),
        Example({"axes": (2, 1)}, ((3, 4), (4, 5))),
        Example({"axes": (1, 2)}, ((4, 3), (5, 4))),
        Example({"axes": (-1, 1)}, ((3, 4), (4,))),
        Example({"axes": (1, 2), "normalize": True}, ((4,), (3, 4))),
    )

    axes: AxisPair
    """The axis of each input, one integer for both. -1 is the last; the batch axis counts as 0."""
    normalize: bool = False
    """Whether both inputs are brought to length 1 along their axis first."""

    def resolved(self, left: Shape, right: Shape) -> tuple[int, int]:
        """The axes as indices into shapes without the batch axis.

        Raises:
            LayerError: MS509.
        """
        return resolve(self.axes[0], left, "axes"), resolve(self.axes[1], right, "axes")

    def output_shape(self, *shapes: Shape) -> Shape:
        left, right = shapes
        i, j = self.resolved(left, right)
        if same(left[i], right[j]) is False:
            raise LayerError(
                "MS501",
                f"multiplies axis {self.axes[0]} of `{text(left)}`, of size {left[i]}, with axis"
                f" {self.axes[1]} of `{text(right)}`, of size {right[j]}",
                "name axes of the same size; the batch axis counts as 0",
                "axes",
            )
        rest = (*left[:i], *left[i + 1 :], *right[:j], *right[j + 1 :])
        return rest or (1,)

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        left, right = shapes
        i, j = self.resolved(left, right)
        return ((left[i], right[j]),)

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def flops(self, *shapes: Shape) -> Dim:
        left, right = shapes
        i, _ = self.resolved(left, right)
        return prod(self.output_shape(left, right), start=1) * left[i] * 2

    def kept(self, *shapes: Shape) -> Kept:
        """Its operands; a copy of each where they are brought to length 1."""
        sizes = product(shapes[0]) + product(shapes[1])
        return Kept(operands=True, more=2 * FLOAT * sizes if self.normalize else 0)
