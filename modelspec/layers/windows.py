"""The shape rule that convolutions and poolings share: a window that slides along axes."""

from collections.abc import Sequence

from modelspec.layers.values import LayerError
from modelspec.shapes import Dim, Padding, conv_output


def slide(
    sizes: Sequence[Dim],
    kernel: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: Padding,
    argument: str,
) -> tuple[Dim, ...]:
    """The sizes of what a window leaves of some axes.

    Args:
        sizes: The axes' sizes.
        kernel: The window's size, by axis, like strides and dilation.
        strides: Its steps.
        dilation: The distance of its cells.
        padding: What is added at the borders.
        argument: The window's name among the layer's arguments.

    Raises:
        LayerError: MS502, where the window is larger than an axis.
    """
    out = tuple(
        conv_output(size, k, s, d, padding)
        for size, k, s, d in zip(sizes, kernel, strides, dilation, strict=True)
    )
    empty = tuple(size for size in out if isinstance(size, int) and size < 1)
    if empty:
        raise _too_large(sizes, kernel, dilation, argument, empty)
    return out


def _too_large(
    sizes: Sequence[Dim],
    kernel: Sequence[int],
    dilation: Sequence[int],
    argument: str,
    empty: tuple[Dim, ...],
) -> LayerError:
    reach = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    window = " by ".join(map(str, reach))
    spread = f" (`{argument}` spread by `dilation_rate`)" if reach != list(kernel) else ""
    given = " by ".join(f"`{size}`" for size in sizes)
    what = "length" if len(sizes) == 1 else "size"
    return LayerError(
        "MS502",
        f"has a window of {window}{spread}, but gets {what} {given}: nothing is left",
        f"make `{argument}` smaller, use `padding: same`, or shrink less before it",
        argument,
        empty,
    )
