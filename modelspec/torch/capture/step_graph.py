"""What a recorded step is: calls of kernels on numbered tensors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor
    from torch._ops import OpOverload


class CaptureError(Exception):
    """A step cannot be repeated as a list of calls; the message says why.

    Attributes:
        of_batch: Whether that is for how large this batch is, or how it lies.
    """

    def __init__(self, reason: str, *, of_batch: bool = False) -> None:
        super().__init__(reason)
        self.of_batch = of_batch


class Slot(int):
    """The number of a tensor, where it stands among the arguments of a call."""

    __slots__ = ()


class Layout(NamedTuple):
    """How a tensor lies in memory.

    Attributes:
        memory: The number of its memory; views of each other have the same.
        offset: In elements, as are the strides.
    """

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    offset: int
    dtype: torch.dtype
    memory: int


def name_of(op: OpOverload) -> str:
    """A kernel's name, without that of its library and its overload."""
    return op._schema.name.split("::")[-1]


class Call(NamedTuple):
    """One call below autograd.

    Attributes:
        args: With a `Slot` for each tensor; lists are kept as lists.
        kwargs: Likewise.
        results: The slots of the results, in their order, those of a list one after the other;
    """

    op: OpOverload
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    results: tuple[int | None, ...]

    @property
    def name(self) -> str:
        """The kernel's name, without that of its library and its overload."""
        return name_of(self.op)

    @property
    def draws(self) -> bool:
        """Whether the call takes from the random number generator."""
        return torch.Tag.nondeterministic_seeded in self.op.tags

    @property
    def writes(self) -> tuple[int, ...]:
        """The slots whose memory the call changes, by its schema; fresh results are not among."""
        return tuple(slots_in(list(written_arguments(self.op, self.args, self.kwargs))))

    @property
    def reads(self) -> tuple[int, ...]:
        """The slots of all tensors among the arguments."""
        return (*slots_in(self.args), *slots_in(list(self.kwargs.values())))


class HostSum(NamedTuple):
    """Numbers that an accumulator has added to sums that Python holds: `take(...)` repeats it.

    Attributes:
        accumulator: A `modelspec.torch.metrics.accumulator.Quotient`.
        value: The slot of a number.
        divisor: The slot of a number, or the number.
        after: How many calls come before it.
    """

    accumulator: Any
    value: Slot
    divisor: Slot | int
    times: int
    each: int
    after: int


@dataclass(frozen=True)
class StepGraph:
    """Forward pass, loss, metrics and backward pass of one step, without the update.

    Attributes:
        calls: In the order in which they ran.
        sums: What is added up on the host besides, in order.
        inputs: Which tensor of a batch a slot is: `("inputs", name)` or `("targets", name)`.
        held: The very tensors that outlive a step: parameters, buffers, sums, constants.
        loss: The slot of the loss.
        gradients: Of each parameter by name, the slot of its gradient; None where it has none.
        written: The slots of `held` that calls change, or whose memory they change.
        layouts: Of every slot.
        bytes: Of all memory that calls have made.
    """

    calls: tuple[Call, ...]
    sums: tuple[HostSum, ...]
    inputs: Mapping[int, tuple[str, str]]
    held: Mapping[int, Tensor]
    loss: int
    gradients: Mapping[str, int | None]
    written: frozenset[int]
    layouts: tuple[Layout, ...]
    bytes: int


def written_arguments(op: OpOverload, args: Any, kwargs: Any) -> Iterator[Any]:
    """The arguments that a call writes into, by its schema."""
    if op is torch.ops.aten.native_batch_norm.default and args[5]:
        yield from args[3:5]  # the running means: its schema does not say so
    for place, argument in enumerate(op._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            given = args[place] if place < len(args) else None
            yield kwargs.get(argument.name, given)


def slots_in(value: Any) -> Iterator[Slot]:
    """The slots in an argument."""
    if isinstance(value, Slot):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from slots_in(each)
