"""Masking, and what each layer does with the masks of its operands.

A mask says of each step of a sequence whether it counts: a bool tensor `[steps]` a sample, or with
more axes, `[sentences, words]`, always those that lead the shape of the value that it belongs to.
It is no part of the value: it goes along beside it. What a layer does with masks, its declaration
says by `masks` (or by `mask_use()`, where that depends on an argument), as measured in Keras 3.15:

- `starts`: its output gets a new mask: Masking, Embedding with `mask_zero`.
- `passes`: its output has its first operand's mask; it computes as if there were none: Dense,
  Dropout, activations, normalizations.
- `uses`: it computes with the masks, its output has none: LSTM, GlobalAveragePooling1D.
- `uses and passes`: both: LSTM with `return_sequences`, attention (its output has the query's).
- `merges`: a step of the output counts where it does in any operand; no mask if one has none: Add.
- `uses and merges`: so too, and it computes with the masks: Multiply, Maximum, Minimum.
- `joins`: one behind the other, like the values, all steps counting where one has none:
  Concatenate. Joined along the features, a step counts where it does in any operand.
- `drops`: its output has no mask, and it computes as if there were none: Conv1D, Flatten.
  This is the default, and a finding where the mask was on its way to a loss.

States carry no mask. A recurrent layer whose first states are given does not compute with a mask,
as in Keras, but passes it on. `modelspec.graph.masks` works out where masks go,
`modelspec.torch.layers` says how twins get them.
"""

from typing import ClassVar

from modelspec.layers.base import Layer
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product


class Masking(Layer):
    """Marks the steps of a sequence that do not count: those whose numbers all are `mask_value`.

    Input: `[..., features]`, floats. Output: the same shape; what does not count becomes 0.

    The mask goes along with the sequence: recurrent layers pass over the steps that do not
    count, GlobalAveragePooling1D, losses and metrics leave them out. Convolutions, pooling and
    reshaping lose it.

    Example:
        ```yaml
        valid: {type: Masking, mask_value: -1.0}
        ```
    """

    keras = "core_layers/masking/"
    keeps = NOTHING
    masks = "starts"
    examples: ClassVar = (
        Example({}, ((4, 3),)),
        Example({"mask_value": 1.5}, ((2, 3, 2),)),
    )

    mask_value: float = 0.0
    """The number that fills the steps that do not count."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if not shape:
            raise LayerError("MS503", "needs `[..., features]`, gets `[]`, one number a sample")
        return shape

    def flops(self, *shapes: Shape) -> Dim:
        """A comparison and a choice a number."""
        return product(shapes[0]) * 2
