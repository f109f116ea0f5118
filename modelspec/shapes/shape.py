"""Shapes: tuples of dimensions without the batch axis, channels last."""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from modelspec.shapes.dim import UNKNOWN, Dim
from modelspec.shapes.equality import same

Shape: TypeAlias = tuple[Dim, ...]


def text(shape: Shape | None) -> str:
    """`[T, 32]`, or `?` where not even the rank is known."""
    return "?" if shape is None else f"[{', '.join(map(str, shape))}]"


def product(sizes: Iterable[Dim]) -> Dim:
    """The number of cells of these sizes: 1 for none."""
    total: Dim = 1
    for size in sizes:
        total = size * total
    return total


def broadcast(shapes: Sequence[Shape]) -> Shape | None:
    """The shape of an elementwise operation, or None where two sizes are known to differ.

    As in Keras's merge layers: ranks are aligned at the right, and a size of 1 gives way.
    """
    rank = max(map(len, shapes))
    result: list[Dim] = []
    for axis in range(-rank, 0):
        joined = _join([shape[axis] for shape in shapes if len(shape) >= -axis])
        if joined is None:
            return None
        result.append(joined)
    return tuple(result)


def _join(sizes: list[Dim]) -> Dim | None:
    """The common size of one axis. What is not known to differ may be equal at run time."""
    joined: Dim = 1
    for size in sizes:
        if joined == 1:
            joined = size
        elif size != 1:
            equal = same(joined, size)
            if equal is False:
                return None
            if equal is None:
                joined = joined if isinstance(joined, int) else size
                joined = joined if isinstance(joined, int) else UNKNOWN
    return joined
