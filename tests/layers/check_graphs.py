"""The graph that a twin's code records, and what torch.export makes of it."""

from collections.abc import Sequence

import torch
from torch import nn

from modelspec.layers import Layer
from modelspec.shapes import Shape, symbol
from tests.layers.calling import chief, draw, make, record, run
from tests.layers.check_numbers import is_steady

Shapes = Sequence[tuple[int, ...]]


def check_recording(layer: Layer, shapes: Shapes, dtype: str, module: nn.Module | None) -> None:
    """The twin's code records a graph that computes the same, also in training."""
    recorded = record(layer, shapes, module)
    operands = draw(shapes, dtype)
    for training in (False, True):
        if training and not is_steady(layer):
            continue
        recorded.train(training)
        expected = chief(run(layer, shapes, module, *operands))
        assert torch.equal(recorded(*operands), expected)


def check_export(layer: Layer, shapes: Shapes, dtype: str) -> None:
    """An exported call computes the same for a batch of any size."""
    module, exported = export(layer, shapes, dtype, steps=False)
    operands = draw(shapes, dtype, batch=7)
    torch.testing.assert_close(exported(*operands), module(*operands))


def export(layer: Layer, shapes: Shapes, dtype: str, *, steps: bool) -> tuple[nn.Module, nn.Module]:
    """The recorded call, and what torch.export makes of it, with any number of steps if asked."""
    torch.compiler.reset()  # what an earlier export took for fixed would be ruled out for this one
    module = record(layer, with_steps(shapes) if steps else shapes, make(layer, shapes)).eval()
    free = {0: torch.export.Dim.DYNAMIC, **({1: torch.export.Dim.DYNAMIC} if steps else {})}
    operands = tuple(draw(shapes, dtype))
    exported = torch.export.export(module, operands, dynamic_shapes=[free] * len(shapes))
    return module, exported.module()


def with_steps(shapes: Shapes) -> list[Shape]:
    """The shapes with a symbol for their first size."""
    return [(symbol("T"), *shape[1:]) for shape in shapes]
