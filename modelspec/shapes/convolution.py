"""Convolution arithmetic, as in Keras 3. One axis at a time; works on symbolic sizes."""

from typing import Literal, TypeAlias

from modelspec.shapes.dim import Dim, ceil_div

Padding: TypeAlias = Literal["valid", "same", "causal"]


def conv_output(size: Dim, kernel: int, stride: int, dilation: int, padding: Padding) -> Dim:
    """The length of a convolution's or a pooling's output: below 1 where the kernel does not fit.

    `valid`: `floor((size - reach) / stride) + 1` with `reach = (kernel - 1) * dilation + 1`.
    `same` and `causal`: `ceil(size / stride)`.
    """
    if padding == "valid":
        return (size - ((kernel - 1) * dilation + 1)) // stride + 1
    return ceil_div(size, stride)
