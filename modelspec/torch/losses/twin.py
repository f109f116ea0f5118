"""The base of what computes losses."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.torch import kernels, switches
from modelspec.training.losses import Loss

EPSILON = 1e-7
"""Keras's bound on probabilities and divisors."""


class Twin:
    """The base of all losses: values by which a batch is judged.

    Args:
        settings: Its declaration.
        from_logits: Whether the predictions are logits, not yet probabilities.
    """

    elementwise: ClassVar[bool] = False
    """Whether there is one value an element, of which Keras averages an axis first."""

    def __init__(self, settings: Loss, *, from_logits: bool = False) -> None:
        self.settings = settings
        self.from_logits = from_logits
        self.functional: Any = kernels if switches.FEW_CLASSES else functional

    def values(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The loss of each element or row, `(N, ...)`; a scalar of a whole batch.

        Args:
            prediction: `(N, ...)`.
            target: As `targets.fitted` says.
        """
        raise NotImplementedError

    def mean(self, prediction: Tensor, target: Tensor) -> Tensor:
        """The mean of `values`, by one kernel where there is one."""
        return self.values(prediction, target).mean()

    def counted(self, values: Tensor, target: Tensor) -> Tensor | None:  # noqa: ARG002
        """Which of the values count, as booleans of their shape; None for all."""
        return None

    def averaged(self, values: Tensor) -> int:
        """How many values Keras has made one before it adds them up."""
        if not self.elementwise or values.ndim < 2:
            return 1
        return values.shape[getattr(self.settings, "axis", -1)]

    def probabilities(self, prediction: Tensor) -> Tensor:
        """The prediction, out of its logits if it is such."""
        if not self.from_logits:
            return prediction
        if self.settings.activation == "softmax":
            found: Tensor = self.functional.softmax(prediction, -1)
            return found
        return torch.sigmoid(prediction)
