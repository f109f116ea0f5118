"""Bringing targets into the form that a loss or a metric computes with."""

import torch
from torch import Tensor
from torch.nn import functional

from modelspec.training.losses import Loss


class TargetError(ValueError):
    """Targets that do not fit the output: says both shapes."""


def fitted(loss: Loss, prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Prediction and target in the form that a loss computes with: classes along the last axis.

    Raises:
        TargetError: They do not fit each other.
    """
    match loss.targets:
        case "classes" | "indices":
            axis = getattr(loss, "axis", -1)
            one_hot = loss.targets == "classes"
            return classes_last(prediction, target, axis, one_hot=one_hot)
        case "labels":
            return prediction, _labels(prediction, target)
        case "sequences":
            return prediction, _sequences(prediction, target)
    return prediction, aligned(prediction, target)


def classes_last(
    prediction: Tensor, target: Tensor, axis: int, *, one_hot: bool
) -> tuple[Tensor, Tensor]:
    """Prediction and target with the axis of the classes moved to the end.

    Raises:
        TargetError: They do not fit each other.
    """
    if axis not in (-1, prediction.ndim - 1):
        if target.shape == prediction.shape:
            target = target.movedim(axis, -1)
        elif target.ndim == prediction.ndim and target.shape[axis] == 1:
            target = target.squeeze(axis)
        prediction = prediction.movedim(axis, -1)
    return prediction, class_targets(prediction, target, one_hot=one_hot)


def aligned(prediction: Tensor, target: Tensor) -> Tensor:
    """Targets in the prediction's shape and dtype; `(N,)` and `(N, 1)` stand for each other.

    Raises:
        TargetError: The shapes differ by more than a last axis of 1.
    """
    if target.dtype != prediction.dtype:
        target = target.to(prediction.dtype)
    if target.shape == prediction.shape:
        return target
    if _without_last_one(target) == _without_last_one(prediction):
        return target.reshape(prediction.shape)
    raise misfit(prediction, target, [list(prediction.shape)])


def class_targets(prediction: Tensor, target: Tensor, *, one_hot: bool) -> Tensor:
    """Class indices `(N, ...)` as int64, or rows of probabilities `(N, ..., C)`.

    Args:
        prediction: `(N, ..., C)`.
        target: `(N, ...)` or `(N, ..., 1)`, or where `one_hot` allows it `(N, ..., C)`.
        one_hot: Whether rows are taken too.

    Raises:
        TargetError: They are of another shape.
    """
    if one_hot and target.shape == prediction.shape:
        return target.to(prediction.dtype)
    indices = prediction.shape[:-1]
    if target.shape == indices:
        return target.long()
    if target.shape == (*indices, 1):
        return target.squeeze(-1).long()
    wanted = [list(indices), list(prediction.shape)]
    raise misfit(prediction, target, wanted if one_hot else wanted[:1])


def rows_of(prediction: Tensor, target: Tensor) -> Tensor:
    """Rows of the prediction's shape, of rows or of class indices."""
    if target.shape == prediction.shape:
        return target
    return functional.one_hot(target, prediction.shape[-1]).to(prediction.dtype)


def misfit(prediction: Tensor, target: Tensor, wanted: list[list[int]]) -> TargetError:
    """The error that says both shapes."""
    return TargetError(
        f"targets are `{list(target.shape)}` and the output is `{list(prediction.shape)}` "
        f"(batch axis first): expected targets of `{'` or `'.join(map(str, wanted))}`"
    )


def _without_last_one(tensor: Tensor) -> torch.Size:
    shape = tensor.shape
    return shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape


def _labels(prediction: Tensor, target: Tensor) -> Tensor:
    rows = len(prediction)
    if prediction.ndim != 2 or target.shape not in ((rows,), (rows, 1)):
        raise misfit(prediction, target, [[rows]])
    return target.reshape(-1).long()


def _sequences(prediction: Tensor, target: Tensor) -> Tensor:
    if prediction.ndim != 3 or target.ndim != 2 or len(target) != len(prediction):
        wanted = f"`[{len(prediction)}, most labels]` for an output of `[batch, steps, classes]`"
        raise TargetError(
            f"targets are `{list(target.shape)}` and the output is `{list(prediction.shape)}` "
            f"(batch axis first): expected targets of {wanted}"
        )
    return target.long()
