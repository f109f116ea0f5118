"""What a call keeps of its forward pass until its backward pass: most of a training's memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.shapes import Dim, product

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.shapes import Padding, Shape

FLOAT = 4
"""Bytes of a float32 number."""


class Kept(NamedTuple):
    """What a call keeps, a sample, beside its weights.

    Attributes:
        operands: Whether it reads its operands again, which stay until then.
        output: Whether it reads its output again.
        more: Bytes that it makes and keeps besides: masks, places of maxima, gates.
        passing: Bytes that are there only while it runs, forward or backward.
        wide: Bytes like `more`, of numbers that are float32 in mixed precision too.
        copied: Bytes like `more`, of a copy of its operand that its products read: in mixed
            precision, of a float32 operand a float32 copy is made first.
    """

    operands: bool = False
    output: bool = False
    more: Dim = 0
    passing: Dim = 0
    wide: Dim = 0
    copied: Dim = 0


NOTHING = Kept()
OPERANDS = Kept(operands=True)
OUTPUT = Kept(output=True)
BOTH = Kept(operands=True, output=True)

_KEEP_OUTPUT = frozenset({"relu", "sigmoid", "tanh", "softmax", "log_softmax", "exponential"})
_KEEP_NOTHING = frozenset({"linear"})
_MORE = {"log_sigmoid": 1, "softsign": 1, "squareplus": 1, "sparse_plus": 1.25}
"""How many times their operand these functions keep beside it."""
_ONLY_MORE = frozenset({"sparse_sigmoid", "tanh_shrink"})


def kept_by_activation(function: str, shape: Shape) -> Kept:
    """What an activation keeps of an operand of a shape."""
    size = product(shape) * FLOAT
    if function in _KEEP_NOTHING:
        return NOTHING
    if function in _KEEP_OUTPUT:
        return Kept(output=True)
    if function in _ONLY_MORE:
        return Kept(more=size)
    quarters = int(4 * _MORE.get(function, 0))
    return Kept(operands=True, more=size * quarters // 4)


def with_activation(kept: Kept, function: str | None, shape: Shape) -> Kept:
    """What a layer keeps that leads its result, of a shape, through an activation.

    The function's operand is a tensor of its own, which no other layer sees.
    """
    if function is None:
        return kept
    own = kept_by_activation(function, shape)
    size = product(shape) * FLOAT
    return Kept(
        kept.operands,
        kept.output or own.output,
        kept.more + own.more + (size if own.operands else 0),
        kept.passing + (0 if function in _KEEP_NOTHING else size),
    )


def padded_copy(
    shape: Shape,
    kernel: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: Padding,
    *,
    always: bool = False,
) -> Dim:
    """The numbers of the copy that a window is led over where zeros stand around its operand.

    Where as many stand before as after, torch adds them as it goes, and there is no copy.

    Args:
        shape: The operand's, channels last.
        kernel: The window's size, by axis, like strides and dilation.
        strides: Its steps.
        dilation: The distance of its cells.
        padding: What is added at the borders.
        always: Whether there is a copy wherever anything is added.

    Returns:
        0 where there is no copy.
    """
    if padding == "valid":
        return 0
    sizes: list[Dim] = []
    copied = padding == "causal"
    for size, cells, step, distance in zip(shape[:-1], kernel, strides, dilation, strict=True):
        reach = (cells - 1) * distance
        total = reach
        if step > 1 and isinstance(size, int):
            total = max((-(-size // step) - 1) * step + reach + 1 - size, 0)
        copied = copied or (total > 0 if always else total % 2 == 1)
        sizes.append(size + total)
    return product((*sizes, shape[-1])) if copied else 0


def with_places(kept: Kept, shape: Shape) -> Kept:
    """With where each maximum of a pooling stood, an int64 for each number of its output."""
    return kept._replace(more=kept.more + 8 * product(shape))
