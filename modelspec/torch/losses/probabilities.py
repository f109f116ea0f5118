"""The probabilities that an output stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.training.losses import Loss


def probabilities_of(loss: Loss, values: Tensor) -> Tensor:
    """The probabilities of an output that is trained on logits; other values as they are.

    Args:
        loss: The output's.
        values: `[rows, ...]`, as the output says them.
    """
    if not loss.of_logits or loss.targets == "sequences":
        return values
    if loss.activation == "sigmoid":
        return values.float().sigmoid()
    return values.float().softmax(getattr(loss, "axis", -1))
