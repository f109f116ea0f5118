"""One call that checks all that must hold of any layer.

Its numbers are compared with Keras's elsewhere, by golden files of the same examples.
"""

from collections.abc import Sequence

from modelspec.layers import Layer
from modelspec.shapes import evaluate
from tests.layers.calling import attempt, draw, infer, make, record, run
from tests.layers.check_graphs import check_export, check_recording
from tests.layers.check_masks import check_masks
from tests.layers.check_numbers import (
    check_bfloat16,
    check_frozen,
    check_modes,
    check_seed,
    check_training,
    check_weights,
)
from tests.layers.check_shapes import check_outputs, check_symbols
from tests.layers.check_spec import check_lint, check_saving

__all__ = [
    "attempt",
    "check_layer",
    "check_outputs",
    "check_symbols",
    "check_weights",
    "draw",
    "infer",
    "make",
    "record",
    "run",
]


def check_layer(
    layer: Layer,
    shapes: Sequence[tuple[int, ...]],
    dtype: str = "float32",
    *,
    exported: bool = False,
) -> None:
    """Check all that must hold of any layer.

    Args:
        layer: The declaration.
        shapes: The operands' shapes, without batch axis.
        dtype: The operands' dtype.
        exported: Whether to see it through `torch.export` too, which is slow.
    """
    graph = check_lint(layer, shapes, dtype)
    inference = infer(layer, shapes, dtype)
    module = make(layer, shapes)
    check_outputs(layer, shapes, dtype, inference, module)
    check_symbols(layer, shapes, dtype)
    check_weights(inference, module)
    assert evaluate(inference.flops, {}) >= 0
    assert type(layer).model_validate(layer.model_dump()) == layer or hasattr(layer, "layer")
    check_recording(layer, shapes, dtype, module)
    check_modes(layer, shapes, dtype, module)
    check_bfloat16(layer, shapes, dtype, module)
    check_masks(layer, shapes, dtype, module)
    if module is not None:
        check_training(layer, shapes, dtype, module)
        check_frozen(layer, shapes, dtype, module)
        check_seed(layer, shapes, dtype, module)
        check_saving(graph, shapes, dtype)
    if exported:
        check_export(layer, shapes, dtype)
