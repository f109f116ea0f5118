"""Split, Tile: one tensor as several, and several times one."""

from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import PositiveInt
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Example, Inference, LayerError, Operands, Tensor, Value
from modelspec.shapes import Dim, Shape, text

_Indices = Annotated[tuple[PositiveInt, ...], Field(strict=False, min_length=1)]


class Split(Layer):
    """A tensor cut into parts along one axis.

    Input: any shape. Output: none of its own; `.part_0`, `.part_1` and so on, in their order along
    the axis.

    Example:
        ```yaml
        layers:
          halves: {type: Split, indices_or_sections: 2}
          gated: Multiply
        edges: ["halves.part_0, halves.part_1 -> gated"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"indices_or_sections": 2}, ((6,),)),
        Example({"indices_or_sections": 3, "axis": 1}, ((6, 2),)),
        Example({"indices_or_sections": (1, 4), "axis": 1}, ((6, 2),)),
        Example({"indices_or_sections": [2]}, ((3, 5),), "int64"),
    )

    indices_or_sections: PositiveInt | _Indices
    """How many equal parts; or a list of the places at which a new part begins."""
    axis: int = -1
    """The axis that is cut. -1 is the last; the batch axis counts as 0."""

    def output_ports(self) -> tuple[str, ...]:
        given = self.indices_or_sections
        count = given if isinstance(given, int) else len(given) + 1
        return tuple(f"part_{number}" for number in range(count))

    def sizes(self, shape: Shape) -> tuple[int, ...]:
        """The size of each part along the axis.

        Raises:
            LayerError: They are not equal, or one is empty.
        """
        given, place = self.indices_or_sections, resolve(self.axis, shape)
        size = known_size(shape[place], "places along the axis that is cut")
        if isinstance(given, int):
            if size % given:
                raise LayerError(
                    "MS504",
                    f"cuts an axis of size {size} into {given} equal parts",
                    "name the places at which parts begin in a list",
                    "indices_or_sections",
                )
            return (size // given,) * given
        ends = (0, *given, size)
        sizes = tuple(stop - start for start, stop in pairwise(ends))
        if min(sizes) < 1:
            raise LayerError(
                "MS502",
                f"cuts an axis of size {size} at {', '.join(map(str, given))}",
                f"the places increase, from 1 to {size - 1}",
                "indices_or_sections",
                (min(sizes),),
            )
        return sizes

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        return _resized(shape, resolve(self.axis, shape), self.sizes(shape)[0])

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        (shape,) = shapes
        place = resolve(self.axis, shape)
        found = (Tensor(_resized(shape, place, size)) for size in self.sizes(shape))
        return dict(zip(self.output_ports(), found, strict=True))

    def infer(self, operands: Operands) -> Inference:
        return self.without_default(
            super().infer(operands),
            "has parts, and no output of its own that could cost something",
            "remove `activity_regularizer`",
        )


class Tile(Layer):
    """The same numbers again and again, along axes.

    Input: any shape. Output: each axis as often as long as `repeats` says.

    Example:
        ```yaml
        twice: {type: Tile, repeats: [2, 1]}
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    accepts = "any"
    examples: ClassVar = (
        Example({"repeats": [3]}, ((2,),)),
        Example({"repeats": [2, 1]}, ((3, 2),)),
        Example({"repeats": [1, 2, 3]}, ((2, 1, 2),), "int64"),
    )

    repeats: Annotated[tuple[PositiveInt, ...], Field(strict=False, min_length=1)]
    """How often, for each axis after the batch's."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if len(shape) != len(self.repeats):
            raise LayerError(
                "MS503",
                f"repeats {len(self.repeats)} axes, gets `{text(shape)}`",
                "give one number for each axis after the batch's",
                "repeats",
            )
        sizes: list[Dim] = [size * count for size, count in zip(shape, self.repeats, strict=True)]
        return tuple(sizes)


def _resized(shape: Shape, place: int, size: int) -> Shape:
    return (*shape[:place], size, *shape[place + 1 :])
