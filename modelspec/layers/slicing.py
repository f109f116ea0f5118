"""ExpandDims, Squeeze, Stack, GetItem: axes that come and go, and parts along them."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from modelspec.layers.axes import distinct, resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import Axes
from modelspec.layers.kept import NOTHING
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.values import Arity, Example, LayerError
from modelspec.shapes import Dim, Shape, ceil_div, same, text

Part: TypeAlias = int | slice | None
_PART = r"\s*(?:-?\d+|(?:-?\d+)?\s*:\s*(?:-?\d+)?(?:\s*:\s*(?:[1-9]\d*)?)?|\.\.\.|None)\s*"
_KEY = rf"^\[{_PART}(?:,{_PART})*\]$"


class ExpandDims(Layer):
    """One more axis, of size 1.

    Input: any shape. Output: the same with an axis more.

    Example:
        ```yaml
        image: {type: ExpandDims, axis: -1}
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"axis": 1}, ((3, 2),)),
        Example({"axis": -1}, ((3, 2),)),
        Example({"axis": 2}, ((3, 2),), "int64"),
        Example({"axis": 1}, ((),)),
    )

    axis: int
    """Where it stands in the output. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        place = resolve(self.axis, (*shape, 1))
        return (*shape[:place], 1, *shape[place:])


class Squeeze(Layer):
    """Without axes of size 1.

    Input: any shape. Output: the same without these axes.

    Example:
        ```yaml
        flat: {type: Squeeze, axis: 1}
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"axis": 1}, ((1, 2),)),
        Example({"axis": [1, -1]}, ((1, 3, 1),)),
        Example({"axis": -1}, ((3, 1),), "int64"),
    )

    axis: Axes
    """The axis or axes that go. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        gone = distinct(self.axis, shape)
        for place in gone:
            if known_size(shape[place], "places along an axis that goes") != 1:
                raise LayerError(
                    "MS501",
                    f"cannot leave out an axis of size {shape[place]} of `{text(shape)}`",
                    "only axes of size 1 can go; `GetItem` takes one place of an axis",
                    "axis",
                )
        return tuple(size for place, size in enumerate(shape) if place not in gone)


class Stack(Layer):
    """Several tensors of one shape side by side, along a new axis.

    Inputs: any number, of one shape. Output: that shape with an axis more.

    Example:
        ```yaml
        layers: {pair: {type: Stack, axis: 1}}
        edges: ["left, right -> pair"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    arity = Arity(1, None)
    idle_alone = False
    accepts = "any"
    operand_order_matters = True
    examples: ClassVar = (
        Example({"axis": 1}, ((3,), (3,))),
        Example({}, ((3, 2), (3, 2), (3, 2))),
        Example({"axis": 2}, ((3, 2), (3, 2)), "int64"),
    )

    axis: int = -1
    """Where the new axis stands in the output. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        first = shapes[0]
        for shape in shapes:
            if len(shape) != len(first) or not all(map(same, shape, first)):
                raise LayerError(
                    "MS501",
                    f"cannot stack `{text(first)}` and `{text(shape)}`",
                    "all operands must have one shape",
                )
        place = resolve(self.axis, (*first, 1))
        return (*first[:place], len(shapes), *first[place:])

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)


class GetItem(Layer):
    """A part of a tensor, as Python writes it: `[:, -1]` is the last step.

    Input: any shape. Output: an integer takes one place of an axis, which goes; `a:b:c` takes the
    places from a to below b, every c-th; `...` stands for all axes between; `None` is a new axis.

    Example:
        ```yaml
        last: {type: GetItem, key: "[:, -1]"}
        half: {type: GetItem, key: "[..., ::2]"}
        ```
    """

    keras = "../ops/"
    keeps = NOTHING
    gives_view = True
    accepts = "any"
    examples: ClassVar = (
        Example({"key": "[:, -1]"}, ((4, 3),)),
        Example({"key": "[:, 1:3]"}, ((4, 2),)),
        Example({"key": "[..., ::2]"}, ((3, 5),)),
        Example({"key": "[:, :-1, None, 0]"}, ((4, 3),), "int64"),
        Example({"key": "[:, -3:]"}, ((5,),)),
    )

    key: Annotated[str, Field(pattern=_KEY)]
    """What stands in Python's brackets, in quotes. The batch axis comes first, and stays: `:`."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        sizes = iter(shape)
        found: list[Dim] = []
        for part in self.parts(len(shape)):
            if part is None:
                found.append(1)
            elif isinstance(part, int):
                self._check(part, next(sizes))
            else:
                found.append(self._length(part, next(sizes)))
        return tuple(found)

    def parts(self, rank: int) -> tuple[Part, ...]:
        """What is taken of each axis after the batch's; None is a new one.

        Raises:
            LayerError: The key has more axes, or takes a part of the batch.
        """
        words = [word.strip() for word in self.key[1:-1].split(",")]
        named = sum(word not in ("...", "None") for word in words)
        if words.count("...") > 1 or named > rank + 1:
            raise LayerError(
                "MS503",
                f"takes `{self.key}` of what has {rank + 1} axes with the batch's",
                "one part an axis, and `...` once at most",
                "key",
            )
        if "..." not in words:
            words.append("...")
        at = words.index("...")
        words[at : at + 1] = [":"] * (rank + 1 - named)
        first, *rest = (_part(word) for word in words)
        if first != slice(None):
            raise LayerError(
                "MS509",
                f"takes `{self.key}`, a part of the batch",
                "the batch axis comes first, and stays: begin with `:`",
                "key",
            )
        return tuple(rest)

    def _check(self, index: int, size: Dim) -> None:
        if not isinstance(size, int):
            if index not in (0, -1):
                raise self._unfixed(size)
        elif not -size <= index < size:
            raise LayerError(
                "MS501",
                f"takes place {index} of an axis of size {size}",
                f"places are 0 to {size - 1}, or -1 to {-size} from the end",
                "key",
            )

    def _length(self, part: slice, size: Dim) -> Dim:
        start, stop, step = part.start or 0, part.stop, part.step or 1
        if isinstance(size, int):
            length: Dim = len(range(size)[part])
        elif start < 0 or (stop is not None and stop >= 0):
            raise self._unfixed(size)
        else:
            length = ceil_div(size + (stop or 0) - start, step)
        if isinstance(length, int) and length < 1:
            message = f"takes nothing of an axis of size {size}: `{self.key}`"
            raise LayerError("MS502", message, "", "key", (length,))
        return length

    def _unfixed(self, size: Dim) -> LayerError:
        return LayerError(
            "MS508",
            f"needs a fixed size for `{self.key}`, gets `{size}`",
            "of an axis of unknown size, take `0`, `-1`, `a:`, `:-b` or `::c`",
            "key",
        )


def _part(word: str) -> Part:
    if word == "None":
        return None
    if ":" not in word:
        return int(word)
    return slice(*(int(number) if number.strip() else None for number in word.split(":")))
