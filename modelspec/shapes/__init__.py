"""Symbolic dimensions, convolution arithmetic, broadcasting. Pure Python, no dependencies."""

from modelspec.shapes.convolution import Padding, conv_output
from modelspec.shapes.dim import (
    UNKNOWN,
    Dim,
    Expr,
    Unknown,
    ceil_div,
    evaluate,
    smallest,
    symbol,
    total,
)
from modelspec.shapes.equality import range_of_equality, same
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
    "product",
    "range_of_equality",
    "same",
    "smallest",
    "symbol",
    "text",
    "total",
]
