"""What optimizers say that they keep, held against the slots of their twins."""

import pytest
import torch

from modelspec.torch.optimizers import twin_of
from modelspec.training.optimizers import Optimizer, classes

WITH = ({}, {"use_ema": True}, {"gradient_accumulation_steps": 2})
MORE = {
    "adam": {"amsgrad": True}, "rmsprop": {"momentum": 0.9, "centered": True},
    "sgd": {"momentum": 0.9},
}  # fmt: skip
SMALL = {"adafactor"}
"""Keeps rows and columns of a matrix, which count for nothing beside it."""


@pytest.mark.parametrize("kind", sorted(classes()))
def test_slots(kind: str) -> None:
    declared = classes()[kind]
    for arguments in (*WITH, MORE.get(kind, {})):
        settings = declared(**arguments)
        matrix = torch.zeros(30, 40, requires_grad=True)
        slots = twin_of(settings)(settings, [("matrix", matrix)]).slots
        held = sum(each.numel() for tensors in slots.values() for each in tensors)
        assert held / matrix.numel() == pytest.approx(settings.slot_count(), abs=0.1)
        assert isinstance(settings, Optimizer)
