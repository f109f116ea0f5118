"""Computing with masks: `[batch, steps]`, true where a step counts.

A masked step leaves the states of a recurrent layer and repeats its output. Torch's fused kernels
know no masks, and its packed sequences only lengths, for which a GPU must be waited. So the steps
that count are moved to the front, in order, the kernel reads all of them, and each step takes
the output of the last step up to it that counts. This is exact for any mask and asks the device
for nothing.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from modelspec.torch.layers.one_node import one_node
from modelspec.torch.layers.scans import Direction, States

SATURATING = 1e4
"""What makes a gate exactly 0 or 1, in 16 bits too."""


def read_lstm(weights: Direction, x: Tensor, mask: Tensor, first: States) -> tuple[Tensor, States]:
    """One direction of a fused LSTM over `[batch, steps, features]`: all outputs, final states.

    The cell's state is known after the last step only, which is moved there and does not count:
    one more feature, 1 at such steps, shuts the input gate and opens the forget gate.
    """
    read, counts = front(x, mask)
    extra = torch.logical_not(counts).unsqueeze(-1).to(x.dtype)
    units = weights.weight_hh.shape[1]
    column = weights.weight_ih.new_zeros(4, units, 1)
    column[0] = -SATURATING
    column[1] = SATURATING
    kernel = torch.cat([weights.weight_ih, column.flatten(0, 1)], 1)
    outputs, _, cell = torch.lstm(
        torch.cat([read, extra], -1),
        [state.unsqueeze(0) for state in first],
        *_arguments(weights._replace(weight_ih=kernel)),
    )
    outputs = repeated(outputs, mask, first[0])
    return outputs, (outputs[:, -1], cell[0])


def read_gru(weights: Direction, x: Tensor, mask: Tensor, first: States) -> tuple[Tensor, States]:
    """One direction of a fused GRU over `[batch, steps, features]`: all outputs, final state."""
    return _read(torch.gru, weights, x, mask, first)


def read_simple(
    weights: Direction, x: Tensor, mask: Tensor, first: States
) -> tuple[Tensor, States]:
    """One direction of a fused plain network: all outputs, final state."""
    return _read(torch.rnn_tanh, weights, x, mask, first)


def _read(
    kernel: Callable[..., Any], weights: Direction, x: Tensor, mask: Tensor, first: States
) -> tuple[Tensor, States]:
    """One direction of what has no state but its output."""
    (state,) = first
    outputs, _ = kernel(front(x, mask)[0], state.unsqueeze(0), *_arguments(weights))
    outputs = repeated(outputs, mask, state)
    return outputs, (outputs[:, -1],)


def _arguments(weights: Direction) -> tuple[Any, ...]:
    """Weights, biases or not, layers, dropout, training, both directions, batch first."""
    flat = [weight for weight in weights if weight is not None]
    return (flat, weights.bias_ih is not None, 1, 0.0, torch.is_grad_enabled(), False, True)


def front(x: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """The steps that count before those that do not, each in order; and the mask of these."""
    order = torch.argsort(mask.to(torch.uint8), dim=1, descending=True, stable=True)
    return _steps(x, order), mask.gather(1, order)


def repeated(outputs: Tensor, mask: Tensor, first: Tensor) -> Tensor:
    """What `front` has moved back in its place, masked steps repeating the output before them.

    Args:
        outputs: `[batch, steps, units]`, of the steps that count before the others.
        mask: In the order of the sequence.
        first: `[batch, units]`, the output before the first step that counts.
    """
    last = mask.cumsum(1) - 1
    found = _steps(outputs, last.clamp(min=0))
    return torch.where(last.unsqueeze(-1) < 0, first.unsqueeze(1).to(outputs.dtype), found)


def _steps(x: Tensor, places: Tensor) -> Tensor:
    """The steps of `[batch, steps, features]` at some places of each sample, by whole rows."""
    first = torch.arange(x.shape[0], device=x.device).unsqueeze(1) * x.shape[1]
    return x.flatten(0, 1).index_select(0, (places + first).flatten()).view(x.shape)


@one_node
def masked_mean(x: Tensor, mask: Tensor, *, keepdim: bool = False) -> Tensor:
    """The mean over the steps that count; 0 where none does."""
    total = torch.where(mask.unsqueeze(-1), x, 0.0).sum(1, keepdim=keepdim)
    count = mask.sum(1).clamp(min=1).unsqueeze(-1)
    return total / (count.unsqueeze(-1) if keepdim else count)


@one_node
def every_step(x: Tensor, axes: int) -> Tensor:
    """The mask of a value all of whose steps count; it has the value's first axes."""
    return torch.ones(x.shape[: axes + 1], dtype=torch.bool, device=x.device)
