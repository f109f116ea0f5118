"""Symbolic dimensions, convolution arithmetic, broadcasting. Pure Python, no dependencies."""

from modelspec.shapes.convolution import Padding, conv_output, same_padding
from modelspec.shapes.dim import (
    UNKNOWN,
    Dim,
    Expr,
    Unknown,
    ceil_div,
    evaluate,
    floor_div,
    same,
    smallest,
    symbol,
)
from modelspec.shapes.shape import Shape, broadcast, product, text

__all__ = [
    "UNKNOWN",
    "Dim",
    "Expr",
    "Padding",
    "Shape",
    "Unknown",
    "broadcast",
    "ceil_div",
    "conv_output",
    "evaluate",
    "floor_div",
    "product",
    "same",
    "same_padding",
    "smallest",
    "symbol",
    "text",
]
