"""Small steps that tests record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from modelspec.torch.capture import Slot, StepGraph, StepRecorder

if TYPE_CHECKING:
    from collections.abc import Callable


def recorded(
    module: nn.Module, step: Callable[..., Tensor], **batch: Tensor
) -> tuple[StepGraph, Tensor]:
    """What a step is, and its loss: `step(module, **batch)` and the backward pass."""
    recorder = StepRecorder({("inputs", name): each for name, each in batch.items()}, [module])
    module.zero_grad()
    with recorder:
        loss = step(module, **batch)
        if loss.requires_grad:
            loss.backward()
    gradients = {name: each.grad for name, each in module.named_parameters()}
    return recorder.finish(loss, gradients), loss


def rerun(graph: StepGraph, **batch: Tensor) -> dict[int, Tensor]:
    """All tensors of a step, its calls being made one after the other."""
    values = dict(graph.held)
    values |= {slot: batch[name] for slot, (_, name) in graph.inputs.items()}

    def filled(value: Any) -> Any:
        if isinstance(value, Slot):
            return values[value]
        if isinstance(value, list | tuple):
            return type(value)(map(filled, value))
        return value

    with torch.no_grad():
        for call in graph.calls:
            named = {name: filled(each) for name, each in call.kwargs.items()}
            result = call.op(*filled(call.args), **named)
            results = result if isinstance(result, list | tuple) else (result,)
            for slot, each in zip(call.results, results, strict=True):
                if slot is not None:
                    values[slot] = each
    return values
