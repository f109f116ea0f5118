"""Concatenate."""

from collections.abc import Iterable
from typing import ClassVar

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer
from modelspec.layers.kept import NOTHING
from modelspec.layers.merging.mixed import listed, promoted
from modelspec.layers.values import Arity, Example, LayerError
from modelspec.shapes import UNKNOWN, Dim, Shape, same


class Concatenate(Layer):
    """Its inputs one behind the other, along one axis.

    Inputs: any number, of the same sizes but for that axis. Output: that axis has the sum.

    Example:
        ```yaml
        layers: {both: Concatenate}
        edges: ["text, question -> both"]
        ```
    """

    keras = "merging_layers/concatenate/"
    keeps = NOTHING
    masks = "joins"
    arity = Arity(1, None)
    accepts = "any"
    operand_order_matters = True
    examples: ClassVar = (
        Example({}, ((4,), (3,))),
        Example({"axis": 1}, ((2, 3), (5, 3))),
        Example({"axis": -2}, ((2, 3, 1), (2, 1, 1), (2, 2, 1))),
        Example({"axis": 3}, ((2, 3, 1), (2, 3, 2))),
        Example({}, ((2, 3), (2, 1)), "int64"),
        Example({}, ((5,),)),
    )

    axis: int = -1
    """The axis along which they are joined. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        axis = resolve(self.axis, first)
        if any(len(shape) != len(first) for shape in shapes):
            raise LayerError(
                "MS503",
                f"cannot join {listed(shapes)}: they differ in their number of axes",
                "`Flatten` or `Reshape` them to the same number of axes first",
            )
        columns = zip(*shapes, strict=True)
        return tuple(
            sum(sizes, 0) if index == axis else self._common(sizes, index, shapes)
            for index, sizes in enumerate(columns)
        )

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        axis = resolve(self.axis, shapes[0])
        for index, (first, *others) in enumerate(zip(*shapes, strict=True)):
            if index != axis:
                yield from ((first, other) for other in others)

    def _common(self, sizes: tuple[Dim, ...], index: int, shapes: tuple[Shape, ...]) -> Dim:
        joined = sizes[0]
        for size in sizes[1:]:
            equal = same(joined, size)
            if equal is False:
                raise LayerError(
                    "MS501",
                    f"cannot join {listed(shapes)} along axis {self.axis}: they differ at axis"
                    f" {index + 1}, {joined} and {size}",
                    "only the size of the axis that is joined may differ",
                )
            if equal is None:
                joined = next((d for d in (joined, size) if isinstance(d, int)), UNKNOWN)
        return joined
