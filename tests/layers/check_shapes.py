"""What a declaration says of shapes is so: fixed, symbolic, and at the least size."""

from collections.abc import Iterator, Sequence
from copy import deepcopy

import torch
from torch import nn

from modelspec.layers import Layer
from modelspec.layers.values import Bundle, Inference, LayerError
from modelspec.layers.values import Tensor as Value
from modelspec.shapes import Dim, Expr, Shape, evaluate, smallest, symbol
from tests.layers.calling import BATCH, attempt, chief, draw, infer, make, run
from tests.layers.check_spec import check_refused

BOUND = {"Arithmetic", "Dot", "Reshape"}
"""Layers whose sizes are bound by an equality, not by a least one."""


def check_outputs(
    layer: Layer,
    shapes: Sequence[tuple[int, ...]],
    dtype: str,
    inference: Inference,
    module: nn.Module | None,
) -> None:
    """Every port has the declared shape and dtype, in training and outside, and is finite."""
    for training in (True, False):
        copy = module and deepcopy(module).train(training)
        outputs = run(layer, shapes, copy, *draw(shapes, dtype))
        assert outputs.keys() == inference.outputs.keys()
        for port, declared in inference.outputs.items():
            parts = (declared,) if isinstance(declared, Value) else declared.parts
            real = (outputs[port],) if isinstance(declared, Value) else outputs[port]
            for part, tensor in zip(parts, real, strict=True):
                assert tuple(tensor.shape) == (BATCH, *part.shape), port
                assert str(tensor.dtype) == f"torch.{part.dtype}", port
                assert bool(torch.isfinite(tensor).all()), port


def check_symbols(layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str) -> None:
    """With a symbol at any axis, the rule gives the same sizes, and the exact least one."""
    known = infer(layer, shapes, dtype)
    for place, symbolic in with_symbol(shapes):
        inference = attempt(layer, symbolic, dtype)
        if isinstance(inference, LayerError):
            assert inference.code == "MS508", inference
            continue
        sizes = {"T": shapes[place[0]][place[1]]}
        for port, value in inference.outputs.items():
            assert evaluated(value, sizes) == evaluated(known.outputs[port], {}), (port, place)
        assert evaluate(inference.flops, sizes) == known.flops
        assert inference.weights == known.weights
        declared = chief(inference.outputs)
        assert isinstance(declared, Value)
        check_least(layer, symbolic, dtype, declared.shape or ())


def evaluated(value: Value | Bundle, sizes: dict[str, int]) -> list[list[int]]:
    """The sizes of a tensor, or of a bundle's parts."""
    parts = (value,) if isinstance(value, Value) else value.parts
    return [[evaluate(size, sizes) for size in part.shape or ()] for part in parts]


def check_least(layer: Layer, symbolic: list[Shape], dtype: str, declared: Shape) -> None:
    """The least size works, and one less does not: by the rule, in lint and in truth."""
    if type(layer).__name__ in BOUND:
        return
    grown = [size for size in declared if isinstance(size, Expr)]
    least = max((smallest(size) or 1 for size in grown), default=1)
    fits = filled(symbolic, least)
    output = chief(run(layer, fits, make(layer, fits), *draw(fits, dtype)))
    assert tuple(output.shape[1:]) == chief(infer(layer, fits, dtype).outputs).shape
    if least == 1:
        return
    short = filled(symbolic, least - 1)
    error = attempt(layer, short, dtype)
    assert isinstance(error, LayerError), f"{least - 1} is said to fit"
    assert error.code == "MS502"
    assert error.empty
    assert all(isinstance(size, int) and size < 1 for size in error.empty)
    check_refused(layer, short, dtype, "MS502")


def with_symbol(shapes: Sequence[Shape]) -> Iterator[tuple[tuple[int, int], list[Shape]]]:
    """The shapes with `T` in place of each size in turn; where operands agree, in all of them."""
    for index, shape in enumerate(shapes):
        for axis, size in enumerate(shape):
            changed: list[Shape] = []
            for other in shapes:
                twin = len(other) == len(shape) and other[axis] == size
                new: list[Dim] = list(other)
                if twin:
                    new[axis] = symbol("T")
                changed.append(tuple(new))
            yield (index, axis), changed


def filled(shapes: Sequence[Shape], size: int) -> list[tuple[int, ...]]:
    """The shapes with a size for `T`."""
    return [tuple(evaluate(dim, {"T": size}) for dim in shape) for shape in shapes]
