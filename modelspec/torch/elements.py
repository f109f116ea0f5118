"""The losses that have no kernel of torch's own: one value for each element or row.

Source: https://keras.io/api/losses/.
"""

from collections.abc import Callable
from math import log
from typing import TypeAlias

import torch
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-7
"""Keras's bound on probabilities and divisors."""

Elements: TypeAlias = Callable[[Tensor, Tensor], Tensor]


def percentage(prediction: Tensor, target: Tensor) -> Tensor:
    """`100 |(target - prediction) / target|`."""
    return 100 * ((target - prediction) / target.abs().clamp_min(EPSILON)).abs()


def squared_logarithmic(prediction: Tensor, target: Tensor) -> Tensor:
    """The squared difference of `log(1 + x)`."""
    logarithms = (each.clamp_min(EPSILON).add(1.0).log() for each in (prediction, target))
    return (next(logarithms) - next(logarithms)).square()


def huber(prediction: Tensor, target: Tensor) -> Tensor:
    """Half the square up to 1, a straight line from there on."""
    return functional.huber_loss(prediction, target, reduction="none")


def log_cosh(prediction: Tensor, target: Tensor) -> Tensor:
    """`log(cosh(prediction - target))`."""
    error = prediction - target
    return error + functional.softplus(-2 * error) - log(2)


def cosine(prediction: Tensor, target: Tensor) -> Tensor:
    """The cosine between the last axes, `(N, ...)` without the last."""
    lengths = (each.square().sum(-1, keepdim=True) for each in (prediction, target))
    units = (
        each * root.clamp_min(1e-12).rsqrt()
        for each, root in zip((prediction, target), lengths, strict=True)
    )
    return (next(units) * next(units)).sum(-1)


def poisson(prediction: Tensor, target: Tensor) -> Tensor:
    """`prediction - target log(prediction)`."""
    return prediction - target * (prediction + EPSILON).log()


def divergence(prediction: Tensor, target: Tensor) -> Tensor:
    """`sum(target log(target / prediction))` over the last axis."""
    wanted, found = target.clamp(EPSILON, 1), prediction.clamp(EPSILON, 1)
    return (wanted * (wanted / found).log()).sum(-1)


def hinge(prediction: Tensor, target: Tensor) -> Tensor:
    """`max(1 - target prediction, 0)`, targets of 0 and 1 being -1 and 1."""
    binary = ((target == 0) | (target == 1)).all()
    return (1 - torch.where(binary, 2 * target - 1, target) * prediction).clamp_min(0.0)


def squared_hinge(prediction: Tensor, target: Tensor) -> Tensor:
    """The square of `hinge`."""
    return hinge(prediction, target).square()


def categorical_hinge(prediction: Tensor, target: Tensor) -> Tensor:
    """`max(largest wrong - right + 1, 0)` over the last axis."""
    rows = one_hot(prediction, target)
    right = (rows * prediction).sum(-1)
    wrong = ((1 - rows) * prediction).amax(-1)
    return (wrong - right + 1).clamp_min(0.0)


def binary_focal(prediction: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy times the square of how far the probability is from the truth."""
    found = prediction.clamp(EPSILON, 1 - EPSILON)
    entropy = -(target * found.log() + (1 - target) * (1 - found).log())
    right = target * prediction + (1 - target) * (1 - prediction)
    return (1 - right).square() * entropy


def categorical_focal(prediction: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy times a quarter of the square of what is missing to 1."""
    rows = one_hot(prediction, target)
    found = (prediction / prediction.sum(-1, keepdim=True)).clamp(EPSILON, 1 - EPSILON)
    return -(0.25 * (1 - found).square() * rows * found.log()).sum(-1)


def one_hot(prediction: Tensor, target: Tensor) -> Tensor:
    """Rows of the prediction's shape, of rows or of class indices."""
    if target.shape == prediction.shape:
        return target
    return functional.one_hot(target, prediction.shape[-1]).to(prediction.dtype)


def negative_cosine(prediction: Tensor, target: Tensor) -> Tensor:
    """The cosine, smaller where it is better."""
    return -cosine(prediction, target)


LOSSES: dict[str, Elements] = {
    "mape": percentage,
    "msle": squared_logarithmic,
    "huber": huber,
    "log_cosh": log_cosh,
    "cosine_similarity": negative_cosine,
    "poisson": poisson,
    "kl_divergence": divergence,
    "hinge": hinge,
    "squared_hinge": squared_hinge,
    "categorical_hinge": categorical_hinge,
    "binary_focal_crossentropy": binary_focal,
    "categorical_focal_crossentropy": categorical_focal,
}
