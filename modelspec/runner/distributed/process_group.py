"""The processes that train one model together, or the only one.

torch's own launcher starts them: `torchrun --nproc-per-node 2 -m modelspec train SPEC`.
Source: https://docs.pytorch.org/docs/stable/elastic/run.html
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import torch

from modelspec.runner.run.errors import TrainingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

Value = TypeVar("Value")

BATCHES_BETWEEN_QUESTIONS = 8


class Team:
    """A process alone: all that it would ask the others, it knows.

    Attributes:
        rank: Which process this one is, from 0.
        size: How many there are.
    """

    rank = 0
    size = 1

    @property
    def first(self) -> bool:
        """Whether this process writes and speaks for all."""
        return self.rank == 0

    def any(self, flag: bool) -> bool:
        """Whether it is so for any process."""
        return flag

    def add(self, tensors: Sequence[Tensor]) -> None:
        """Put the sum over all processes in the place of each tensor."""

    def tell(self, value: Value) -> Value:
        """What the first process has."""
        return value

    def gather(self, value: Value) -> list[Value]:
        """What all have, by rank."""
        return [value]

    def asked(self, question: Callable[[], bool]) -> Callable[[], bool]:
        """A question that all answer alike, put after every batch."""
        return question


class Together(Team):
    """Several processes. Each method is called by all of them, in one order."""

    def __init__(self, device: torch.device) -> None:
        import torch.distributed as dist

        self._dist = dist
        self._device = device
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()

    def any(self, flag: bool) -> bool:
        """Whether it is so for any process."""
        found = torch.tensor(float(flag), device=self._device)
        self._dist.all_reduce(found)
        return bool(found)

    def add(self, tensors: Sequence[Tensor]) -> None:
        """Put the sum over all processes in the place of each tensor, by one transfer."""
        if not tensors:
            return
        flat = torch.cat([tensor.reshape(-1).double() for tensor in tensors])
        self._dist.all_reduce(flat)
        start = 0
        for tensor in tensors:
            tensor.copy_(flat[start : start + tensor.numel()].view(tensor.shape))
            start += tensor.numel()

    def tell(self, value: Value) -> Value:
        """What the first process has."""
        values: list[Any] = [value]
        self._dist.broadcast_object_list(values, device=self._device)
        told: Value = values[0]
        return told

    def gather(self, value: Value) -> list[Value]:
        """What all have, by rank."""
        values: list[Any] = [None] * self.size
        self._dist.all_gather_object(values, value)
        return values

    def asked(self, question: Callable[[], bool]) -> Callable[[], bool]:
        """A question that all answer alike: so it is put after every eighth batch only."""
        asked = 0

        def answer() -> bool:
            nonlocal asked
            asked += 1
            return asked % BATCHES_BETWEEN_QUESTIONS == 0 and self.any(question())

        return answer


@contextmanager
def team_on(device: torch.device) -> Iterator[Team]:
    """The processes that torchrun has started, or this one alone.

    Whoever holds what is distributed lets go of it before the end.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or "RANK" not in os.environ:
        yield Team()
        return
    import torch.distributed as dist

    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield Together(device)
    except RuntimeError as error:
        if not _of_another(error):
            raise
        message = f"another process of this run has ended: {str(error).splitlines()[0]}"
        raise TrainingError(message, "see what that one said", None) from error
    finally:
        gc.collect()  # what waits for others must not outlive the group: it would abort
        dist.destroy_process_group()


def _of_another(error: RuntimeError) -> bool:
    """Whether an error comes from the connection to other processes."""
    import torch.distributed as dist

    return isinstance(error, dist.DistError) or "gloo" in str(error)


def local_device(device: torch.device) -> torch.device:
    """The GPU of this process, where each has its own."""
    if device.type == "cuda" and device.index is None and "LOCAL_RANK" in os.environ:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    return device
