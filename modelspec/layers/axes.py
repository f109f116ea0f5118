"""Axes as Keras counts them: the batch axis is 0, and -1 is the last."""

from collections.abc import Sequence

from modelspec.layers.values import LayerError
from modelspec.shapes import Shape, text


def resolve(axis: int, shape: Shape, argument: str = "axis") -> int:
    """The index into a shape, which has no batch axis, of an axis that counts it.

    Raises:
        LayerError: MS509, where there is no such axis, or where it is the batch axis.
    """
    rank = len(shape) + 1
    index = axis + rank if axis < 0 else axis
    if 0 < index < rank:
        return index - 1
    raise LayerError(
        "MS509",
        f"has `{argument}` {axis}, the batch axis"
        if index == 0
        else f"has `{argument}` {axis}, which `{text(shape)}` does not have",
        f"count the batch axis as 0: the axes of `{text(shape)}` are 1 to {rank - 1},"
        f" or -1 to -{rank - 1} from the end"
        if shape
        else "",
        argument,
    )


def distinct(axes: Sequence[int], shape: Shape, argument: str = "axis") -> tuple[int, ...]:
    """The indices into a shape of several axes, in their order in it.

    Raises:
        LayerError: MS509, where there is no such axis, or one is named twice.
    """
    indices = tuple(sorted(resolve(axis, shape, argument) for axis in axes))
    if len(set(indices)) < len(indices):
        raise LayerError(
            "MS509",
            f"names an axis twice in `{argument}` {list(axes)}",
            "name every axis once; -1 is the last",
            argument,
        )
    return indices
