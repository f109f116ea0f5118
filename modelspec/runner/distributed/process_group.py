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

BATCHES_BETWEEN_POLLS = 8


class ProcessGroup:
    """The processes of one training; this base class is the group of a single process.

    Attributes:
        rank: The index of this process, from 0.
        size: The number of processes.
    """

    rank = 0
    size = 1

    @property
    def is_main(self) -> bool:
        """Whether this is rank 0, which alone writes files and prints."""
        return self.rank == 0

    def any_rank(self, flag: bool) -> bool:
        """Whether the flag is set on any rank."""
        return flag

    def all_reduce_sum(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all ranks."""

    def broadcast(self, value: Value) -> Value:
        """The value of rank 0."""
        return value

    def all_gather(self, value: Value) -> list[Value]:
        """The values of all ranks, in the order of ranks."""
        return [value]

    def poll(self, question: Callable[[], bool]) -> Callable[[], bool]:
        """A function to call after every batch, which gives the same answer on every rank."""
        return question


class TorchProcessGroup(ProcessGroup):
    """Several processes, by `torch.distributed`. All call the same methods in the same order."""

    def __init__(self, device: torch.device) -> None:
        import torch.distributed as dist

        self._dist = dist
        self._device = device
        self.rank = dist.get_rank()
        self.size = dist.get_world_size()

    def any_rank(self, flag: bool) -> bool:
        """Whether the flag is set on any rank."""
        count = torch.tensor(float(flag), device=self._device)
        self._dist.all_reduce(count)
        return bool(count)

    def all_reduce_sum(self, tensors: Sequence[Tensor]) -> None:
        """Replace each tensor by its sum over all ranks, in one transfer."""
        if not tensors:
            return
        flat = torch.cat([tensor.reshape(-1).double() for tensor in tensors])
        self._dist.all_reduce(flat)
        start = 0
        for tensor in tensors:
            tensor.copy_(flat[start : start + tensor.numel()].view(tensor.shape))
            start += tensor.numel()

    def broadcast(self, value: Value) -> Value:
        """The value of rank 0."""
        values: list[Any] = [value]
        self._dist.broadcast_object_list(values, device=self._device)
        received: Value = values[0]
        return received

    def all_gather(self, value: Value) -> list[Value]:
        """The values of all ranks, in the order of ranks."""
        values: list[Any] = [None] * self.size
        self._dist.all_gather_object(values, value)
        return values

    def poll(self, question: Callable[[], bool]) -> Callable[[], bool]:
        """The same on every rank; it costs a transfer, so only every eighth call asks."""
        calls = 0

        def answer() -> bool:
            nonlocal calls
            calls += 1
            return calls % BATCHES_BETWEEN_POLLS == 0 and self.any_rank(question())

        return answer


@contextmanager
def process_group(device: torch.device) -> Iterator[ProcessGroup]:
    """The process group that torchrun started, or that of this process alone.

    Drop all references to distributed modules and optimizers before leaving the context.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) == 1 or "RANK" not in os.environ:
        yield ProcessGroup()
        return
    import torch.distributed as dist

    dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield TorchProcessGroup(device)
    except RuntimeError as error:
        if not lost_connection(error):
            raise
        message = f"another process of this run has ended: {str(error).splitlines()[0]}"
        raise TrainingError(message, "see what that one said", None) from error
    finally:
        gc.collect()  # what waits for others must not outlive the group: it would abort
        dist.destroy_process_group()


def lost_connection(error: RuntimeError) -> bool:
    """Whether an error comes from a broken connection to another process."""
    import torch.distributed as dist

    return isinstance(error, dist.DistError) or "gloo" in str(error)


def local_device(device: torch.device) -> torch.device:
    """The GPU of this process, where each has its own."""
    if device.type == "cuda" and device.index is None and "LOCAL_RANK" in os.environ:
        device = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(device)
    return device
