"""Recurrent layers step by step: what torch's fused kernels cannot do.

That is other activations than theirs, dropout on the state, and the GRU whose reset gate acts
before the product. One step is written out here; weights are laid out as torch's.
"""

import warnings
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.layers.activations import activate


class Direction(NamedTuple):
    """The weights of one direction: `[gates * units, features]` and `[gates * units, units]`."""

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None


class Masks(NamedTuple):
    """What dropout leaves of the input and of the state: one mask a gate, or none."""

    input: tuple[Tensor, ...] | None = None
    state: tuple[Tensor, ...] | None = None


class Cell(NamedTuple):
    """What one step does.

    Attributes:
        gates: How many gates there are.
        activation: The candidate's function.
        recurrent_activation: The gates' function.
        reset_after: Of a GRU, whether the reset gate acts after the product.
    """

    gates: int
    activation: str
    recurrent_activation: str
    reset_after: bool = True


States = tuple[Tensor, ...]
Step = Callable[[Cell, Direction, Tensor, States, Masks], States]


def scan(
    step: Step,
    cell: Cell,
    weights: Direction,
    x: Tensor,
    states: States,
    masks: Masks,
    valid: Tensor | None = None,
) -> tuple[Tensor, States]:
    """Read `[batch, steps, features]` from first to last: all outputs, and the final states.

    A step where `valid`, `[batch, steps]`, is false leaves the states and repeats the output.
    """
    projected = by_gate(x, weights.weight_ih, weights.bias_ih, masks.input)
    return read_steps(step, cell, weights, projected, states, masks, valid)


def read_steps(
    step: Step,
    cell: Cell,
    weights: Direction,
    projected: Tensor,
    states: States,
    masks: Masks,
    valid: Tensor | None = None,
) -> tuple[Tensor, States]:
    """The same of what the gates take from the input, `[batch, steps, ...]`."""
    # An open number of steps is no `int` while torch exports.
    alone = isinstance(projected.shape[1], int) and projected.shape[1] == 1
    if torch.compiler.is_exporting() and not alone:
        return _scan_in_graph(step, cell, weights, projected, states, masks, valid)
    outputs = []
    for index, gates in enumerate(projected.unbind(1)):
        after = step(cell, weights, gates, states, masks)
        states = after if valid is None else kept(valid[:, index], after, states)
        outputs.append(states[0])
    return torch.stack(outputs, 1), states


def kept(valid: Tensor, after: States, before: States) -> States:
    """The states after a step where it counts, `valid` being `[batch]`, else those before it."""
    rows = valid.reshape(-1, *(1,) * (after[0].dim() - 1))
    return tuple(torch.where(rows, new, old) for new, old in zip(after, before, strict=True))


def _scan_in_graph(
    step: Step,
    cell: Cell,
    weights: Direction,
    projected: Tensor,
    states: States,
    masks: Masks,
    valid: Tensor | None,
) -> tuple[Tensor, States]:
    """The same as one operator of an exported graph, which leaves the number of steps open."""
    from torch._higher_order_ops.scan import scan as scan_operator

    def combine(carried: States, read: tuple[Tensor, ...]) -> tuple[States, Tensor]:
        gates, *counts = read
        after = step(cell, weights, gates, carried, masks)
        carried = kept(counts[0], after, carried) if counts else after
        return carried, carried[0].clone()

    read = (projected,) if valid is None else (projected, valid)
    with warnings.catch_warnings(action="ignore"):  # of torch's own internals
        final, outputs = scan_operator(combine, states, read, dim=1)
    return outputs, tuple(final)


def by_gate(
    x: Tensor, weight: Tensor, bias: Tensor | None, masks: tuple[Tensor, ...] | None
) -> Tensor:
    """`x @ weight + bias`, where each gate sees what its own mask leaves of `x`."""
    if masks is None:
        return F.linear(x, weight, bias)
    parts = [F.linear(x * mask, w) for mask, w in zip(masks, weight.chunk(len(masks)), strict=True)]
    joined = torch.cat(parts, -1)
    return joined if bias is None else joined + bias


def lstm_step(
    cell: Cell, weights: Direction, gates: Tensor, states: States, masks: Masks
) -> States:
    """Input, forget, candidate and output gate; states `h`, `c`."""
    h, c = states
    both = gates + by_gate(h, weights.weight_hh, None, masks.state)
    i, f, candidate, o = both.chunk(4, -1)
    gate = cell.recurrent_activation
    c = activate(gate, f) * c + activate(gate, i) * activate(cell.activation, candidate)
    return activate(gate, o) * activate(cell.activation, c), c


def simple_step(
    cell: Cell, weights: Direction, gates: Tensor, states: States, masks: Masks
) -> States:
    """The only gate is the candidate; state `h`."""
    (h,) = states
    return (activate(cell.activation, gates + by_gate(h, weights.weight_hh, None, masks.state)),)


def gru_step(cell: Cell, weights: Direction, gates: Tensor, states: States, masks: Masks) -> States:
    """Reset, update and candidate gate, in torch's order; state `h`."""
    (h,) = states
    # In thirds, not at a size: an export would take the size for one that its callers may choose.
    read_r, read_z, read_candidate = gates.chunk(3, -1)
    if cell.reset_after:
        inner = by_gate(h, weights.weight_hh, weights.bias_hh, masks.state)
        inner_r, inner_z, inner_candidate = inner.chunk(3, -1)
    else:
        weight_r, weight_z, weight_candidate = weights.weight_hh.chunk(3)
        gate_masks = None if masks.state is None else masks.state[:2]
        inner = by_gate(h, torch.cat([weight_r, weight_z]), None, gate_masks)
        inner_r, inner_z = inner.chunk(2, -1)
    r = activate(cell.recurrent_activation, read_r + inner_r)
    z = activate(cell.recurrent_activation, read_z + inner_z)
    if cell.reset_after:
        inner_candidate = r * inner_candidate
    else:
        seen = h if masks.state is None else h * masks.state[2]
        inner_candidate = F.linear(r * seen, weight_candidate)
    candidate = activate(cell.activation, read_candidate + inner_candidate)
    return (z * h + (1 - z) * candidate,)


def draw_masks(x: Tensor, units: int, gates: int, dropout: float, recurrent: float) -> Masks:
    """New masks for a batch, one a sample and gate, the same at every step.

    Without dropout on the state, all gates share one mask of the input, as in Keras.
    """
    seen = x.new_ones(gates if recurrent else 1, x.shape[0], 1, x.shape[-1])
    state = x.new_ones(gates, x.shape[0], units)
    return Masks(
        tuple(F.dropout(seen, dropout)) if dropout else None,
        tuple(F.dropout(state, recurrent)) if recurrent else None,
    )
