"""The random draws of a step, made before it: those of a step that is not compiled, in its order.

A compiler may reorder what does not depend on each other, and each draw depends on those before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.torch.capture import Call, CaptureError, Slot, StepGraph, leaves_memory

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

_LIKE = frozenset({"rand_like", "randn_like", "randint_like"})
"""Draws that take of a tensor its shape and dtype."""
_PLAIN = frozenset({"rand", "randn", "randint", "randperm"})
_FILL = frozenset({"bernoulli_", "random_", "uniform_", "normal_", "exponential_", "log_normal_"})
"""Draws into a tensor, whatever it held."""


def draws(graph: StepGraph) -> list[Callable[[], Tensor]]:
    """The draws of a step, in order: each call makes the next draw, into the same memory.

    Raises:
        CaptureError: One goes by numbers that the step computes.
    """
    making = [call for call in graph.calls if leaves_memory(call.op)]
    empty = {slot for call in making for slot in call.results if slot is not None}
    found = []
    used: set[int] = set()
    for call in graph.calls:
        if call.draws:
            found.append(_draw(graph, call, empty - used))
        if call.name != "detach" and not leaves_memory(call.op):
            used |= set(call.reads)
    return found


def _draw(graph: StepGraph, call: Call, empty: set[int]) -> Callable[[], Tensor]:
    name, kwargs = call.name, call.kwargs
    tensors = [each for each in call.args if isinstance(each, Slot)]
    if name in _PLAIN and not tensors:
        return lambda: call.op(*call.args, **kwargs)
    fills = name in _FILL and tensors == [call.args[0]] and call.args[0] in empty
    if not fills and not (name in _LIKE and tensors == [call.args[0]]):
        raise CaptureError(f"`{name}` draws by numbers that the step computes")
    layout = graph.layouts[call.args[0]]
    memory = torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype)
    rest = call.args[1:]
    return lambda: call.op(memory, *rest, **kwargs)
