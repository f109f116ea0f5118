"""Flatten, Reshape, Permute, RepeatVector."""

from collections.abc import Iterable
from typing import ClassVar

from modelspec.layers.base import Layer, check_rank
from modelspec.layers.fields import Dims, PositiveInt, TargetShape
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product, same, text


class Flatten(Layer):
    """Lays all numbers of a sample out in one row, the last axis fastest.

    Input: any shape. Output: `[cells]`, the product of all sizes.

    Example:
        ```yaml
        flat: Flatten
        ```
    """

    keras = "reshaping_layers/flatten/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({}, ((4, 5, 2),)),
        Example({}, ((6,),)),
        Example({}, ((),)),
        Example({}, ((3, 2),), "int64"),
    )

    def output_shape(self, *shapes: Shape) -> Shape:
        return (product(shapes[0]),)


class Reshape(Layer):
    """The same numbers in the same order, under another shape.

    Input: any shape. Output: `target_shape`.

    Example:
        ```yaml
        image: {type: Reshape, target_shape: [28, 28, 1]}
        pairs: {type: Reshape, target_shape: [-1, 2]}
        ```
    """

    keras = "reshaping_layers/reshape/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"target_shape": (3, 4)}, ((12,),)),
        Example({"target_shape": (-1, 2)}, ((3, 4),)),
        Example({"target_shape": (6, -1, 2)}, ((4, 6),)),
        Example({"target_shape": (24,)}, ((4, 3, 2),), "int64"),
        Example({"target_shape": (-1,)}, ((2, 3),)),
        Example({"target_shape": (1, 1)}, ((),)),
        Example({"target_shape": ()}, ((1,),)),
    )

    target_shape: TargetShape
    """The new sizes, without the batch axis. One of them may be -1: whatever is left."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        total = product(shape)
        free = self.target_shape.count(-1)
        if free > 1 or 0 in self.target_shape:
            raise LayerError(
                "MS501",
                f"has `target_shape` `{text(self.target_shape)}`, whose sizes must be positive,"
                " one of them -1 at most",
                argument="target_shape",
            )
        cells = abs(int(product(self.target_shape)))  # type: ignore[arg-type]
        if not free:
            self._check(same(total, cells) is not False, shape, total)
            return self.target_shape
        self._check(not isinstance(total, int) or total % cells == 0, shape, total)
        return tuple(total // cells if size == -1 else size for size in self.target_shape)

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        if -1 not in self.target_shape:
            yield product(shapes[0]), product(self.target_shape)

    def _check(self, fits: bool, shape: Shape, total: Dim) -> None:
        if not fits:
            raise LayerError(
                "MS501",
                f"cannot make `{text(self.target_shape)}` of `{text(shape)}`, which has"
                f" {total} numbers",
                "the sizes of both shapes must have the same product; -1 stands for what is left",
                "target_shape",
            )


class Permute(Layer):
    """Swaps axes.

    Input: any shape. Output: its axes in the order of `dims`.

    Example:
        ```yaml
        channels_last: {type: Permute, dims: [2, 3, 1]}
        ```
    """

    keras = "reshaping_layers/permute/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"dims": (2, 1)}, ((3, 4),)),
        Example({"dims": (3, 1, 2)}, ((2, 3, 4),)),
        Example({"dims": (1,)}, ((5,),), "int64"),
    )

    dims: Dims
    """The axes in their new order, counted from 1, the batch axis not counted."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise LayerError(
                "MS509",
                f"has `dims` `{text(self.dims)}`, which is not an order of 1 to {len(self.dims)}",
                "name every axis once, counted from 1, without the batch axis",
                "dims",
            )
        if len(shape) != len(self.dims):
            raise LayerError(
                "MS503",
                f"orders {len(self.dims)} axes, gets `{text(shape)}`, which has {len(shape)}",
                argument="dims",
            )
        return tuple(shape[axis - 1] for axis in self.dims)


class RepeatVector(Layer):
    """The same vector n times: what a decoder reads at each step.

    Input: `[features]`. Output: `[n, features]`.

    Example:
        ```yaml
        steps: {type: RepeatVector, n: 10}
        ```
    """

    keras = "reshaping_layers/repeat_vector/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (Example({"n": 3}, ((5,),)), Example({"n": 1}, ((2,),), "int32"))

    n: PositiveInt
    """How often."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        check_rank(shape, "features")
        return (self.n, *shape)
