"""Layers that make one tensor of several."""

from collections.abc import Iterable
from math import prod
from typing import ClassVar

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer
from modelspec.layers.fields import AxisPair, OperandWeights
from modelspec.layers.kept import FLOAT, NOTHING, OPERANDS, Kept
from modelspec.layers.values import FLOATS, Arity, Example, LayerError
from modelspec.shapes import UNKNOWN, Dim, Shape, broadcast, product, same, text


class _Merge(Layer):
    """What the layers have in common that work number by number.

    Shapes need not be the same: ranks are aligned at the right, and a size of 1 gives way.
    """

    arity = Arity(1, None)
    accepts = "any"
    broadcasts = True
    verb: ClassVar[str]

    def output_shape(self, *shapes: Shape) -> Shape:
        merged = broadcast(shapes)
        if merged is None:
            raise LayerError(
                "MS501",
                f"cannot {self.verb} {_listed(shapes)}",
                "use `Concatenate`, or give what is before it the same shapes",
            )
        return merged

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        for axis in range(1, max(map(len, shapes)) + 1):
            sizes = [shape[-axis] for shape in shapes if len(shape) >= axis]
            fixed = [size for size in sizes if isinstance(size, int) and size > 1]
            yield from ((size, fixed[0]) for size in sizes if fixed)

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def flops(self, *shapes: Shape) -> Dim:
        return product(self.output_shape(*shapes)) * (len(shapes) - 1)


_EXAMPLES = (
    Example({}, ((4,), (4,))),
    Example({}, ((3, 2), (3, 2), (3, 2))),
    Example({}, ((3, 4), (1, 4))),
    Example({}, ((2, 3, 4), (4,))),
    Example({}, ((5,),)),
)


class Add(_Merge):
    """The sum of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {join: Add}
        edges: ["left, right -> join"]
        ```
    """

    keras = "merging_layers/add/"
    keeps = NOTHING
    masks = "merges"
    verb = "add"
    examples = (*_EXAMPLES, Example({}, ((3,), (3,)), "int64"))


class Subtract(_Merge):
    """The first of two inputs less the second.

    Inputs: two, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {difference: Subtract}
        edges: ["left, right -> difference"]
        ```
    """

    keras = "merging_layers/subtract/"
    keeps = NOTHING
    masks = "merges"
    arity = Arity(2, 2)
    verb = "subtract"
    operand_order_matters = True
    examples = tuple(example for example in _EXAMPLES if len(example.shapes) == 2)

    def output_dtype(self, *dtypes: str) -> str:
        if "bool" in dtypes:
            raise LayerError(
                "MS506", "takes numbers, gets bool", "make numbers of it with a `Cast`"
            )
        return promoted(*dtypes)


class Multiply(_Merge):
    """The product of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, it counts as 1,
    and where none counts, the output is 0.

    Example:
        ```yaml
        layers: {gated: Multiply}
        edges: ["value, gate -> gated"]
        ```
    """

    keras = "merging_layers/multiply/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "multiply"
    examples = _EXAMPLES


class _Weighted(_Merge):
    """What takes a mean of its inputs, in which each may have a weight."""

    keeps = NOTHING
    masks = "merges"
    accepts = "float"

    operand_weights: OperandWeights | None = None
    """How much each input counts, in their order: `[2, 1]` is two thirds and one third. None of
    them is negative; they are divided by their sum. Without them all count the same."""

    def shares(self, count: int) -> tuple[float, ...]:
        """How much of the mean each of so many inputs is; they sum to 1."""
        given = self.operand_weights or (1.0,) * count
        return tuple(each / sum(given) for each in given)

    @property
    def has_order(self) -> bool:
        """Whether the inputs count differently."""
        return len(set(self.operand_weights or ())) > 1

    def output_shape(self, *shapes: Shape) -> Shape:
        given = self.operand_weights
        if given is not None and len(given) != len(shapes):
            raise LayerError(
                "MS501",
                f"has {len(given)} `operand_weights`, gets {len(shapes)} inputs",
                "give one for each input, in the order of the edges",
                "operand_weights",
            )
        return super().output_shape(*shapes)

    def flops(self, *shapes: Shape) -> Dim:
        return product(super().output_shape(*shapes)) * len(shapes)


class Average(_Weighted):
    """The mean of its inputs, number by number; with `operand_weights` a weighted one.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers:
          mean: Average
          most_of_one: {type: Average, operand_weights: [3, 1, 1]}
        edges: ["first, second, third -> mean, most_of_one"]
        ```
    """

    keras = "merging_layers/average/"
    verb = "average"
    examples = _EXAMPLES


class Maximum(_Merge):
    """The largest of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, the others do.

    Example:
        ```yaml
        layers: {best: Maximum}
        edges: ["left, right -> best"]
        ```
    """

    keras = "merging_layers/maximum/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "compare"
    examples = _EXAMPLES


class Minimum(_Merge):
    """The least of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, the others do.

    Example:
        ```yaml
        layers: {least: Minimum}
        edges: ["left, right -> least"]
        ```
    """

    keras = "merging_layers/minimum/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "compare"
    examples = _EXAMPLES


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
                f"cannot join {_listed(shapes)}: they differ in their number of axes",
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
                    f"cannot join {_listed(shapes)} along axis {self.axis}: they differ at axis"
                    f" {index + 1}, {joined} and {size}",
                    "only the size of the axis that is joined may differ",
                )
            if equal is None:
                joined = next((d for d in (joined, size) if isinstance(d, int)), UNKNOWN)
        return joined


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


_ORDER = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64".split()


def promoted(*dtypes: str) -> str:
    """The dtype of what mixes these, as torch has it."""
    widest = max(dtypes, key=_ORDER.index)
    kinds = set(dtypes)
    if kinds >= {"uint8", "int8"} and widest == "int8":
        return "int16"
    if kinds >= {"float16", "bfloat16"} and widest in FLOATS - {"float64"}:
        return "float32"
    return widest


def _listed(shapes: tuple[Shape, ...]) -> str:
    names = [f"`{text(shape)}`" for shape in shapes]
    return f"{', '.join(names[:-1])} and {names[-1]}"
