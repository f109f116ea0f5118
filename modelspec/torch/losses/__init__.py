"""Losses with Keras 3's numbers. No value is broadcast unasked: shapes that differ are an error.

A declaration of `modelspec.training.losses` and what computes it have one name, in modules of
one name. Source: https://keras.io/api/losses/.
"""

from modelspec.torch.losses.output import OutputLoss
from modelspec.torch.losses.targets import TargetError

__all__ = ["OutputLoss", "TargetError"]
