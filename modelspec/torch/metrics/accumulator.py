"""The base of all metrics, and means."""

from collections.abc import Callable
from threading import local
from typing import ClassVar, NamedTuple, TypeAlias

import torch
from torch import Tensor

from modelspec.torch.losses.targets import aligned, class_targets

Watcher: TypeAlias = Callable[["Quotient", Tensor, int | Tensor, int, int], None]
_watching = local()
"""Who is told of sums, of each thread."""


def watch_sums(watcher: Watcher | None) -> None:
    """Have somebody told what this thread adds up on the host, before it does; None ends it."""
    _watching.watcher = watcher


class Setting(NamedTuple):
    """What a metric knows of its output.

    Attributes:
        device: Where the sums lie.
        width: The size of the output's last axis, where it is known.
        binary: Whether the output is trained with a loss of yes or no.
    """

    device: torch.device | str = "cpu"
    width: int | None = None
    binary: bool = False


class Accumulator:
    """The base of all metrics: sums that `update` adds to and `value` reads.

    Attributes:
        totals: The sums, on the device; float64 where the device has it.
    """

    takes_indices: ClassVar[bool] = False
    """Whether class indices give the same value as the one-hot rows that they stand for."""

    def __init__(self, size: int | tuple[int, ...], setting: Setting) -> None:
        where = torch.device(setting.device)
        dtype = torch.float32 if where.type == "mps" else torch.float64
        self.totals = torch.zeros(size, dtype=dtype, device=where)

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch. Never waits for the device.

        Args:
            prediction: The output, `(N, ...)`: probabilities, not logits.
            target: What it should be.
            weight: One factor a sample, `(N,)`.

        Raises:
            TargetError: The targets do not fit the output.
        """
        raise NotImplementedError

    def value(self) -> Tensor:
        """The metric so far, a scalar or a vector on the device; 0 before the first batch."""
        return divide(self.totals[0], self.totals[1])

    def result(self) -> float | list[float]:
        """The metric so far. Waits for the device."""
        found: float | list[float] = self.value().tolist()
        return found

    def reset(self) -> None:
        """Forget everything."""
        self.totals.zero_()


class Quotient(Accumulator):
    """The base of means: a sum, and by what it is divided.

    On the CPU, where reading a number waits for nothing, both are Python's numbers until somebody
    asks for `totals`: a kernel on one number costs a hundred times as much as adding it up.
    """

    _sums: tuple[float, float] | None = None
    """The sums on the CPU, as long as `totals` does not have them."""

    def __init__(self, setting: Setting) -> None:
        super().__init__(2, setting)
        self._on_host = self._held.device.type == "cpu"

    @property
    def totals(self) -> Tensor:
        """The sum and what divides it, on the device; float64 where the device has it."""
        if self._sums is not None:
            self._held.copy_(torch.tensor(self._sums, dtype=torch.float64))
            self._sums = None
        return self._held

    @totals.setter
    def totals(self, totals: Tensor) -> None:
        self._sums, self._held = None, totals
        self._places = totals.unbind()

    @property
    def host_sums(self) -> tuple[float, float]:
        """The sums as Python's numbers, which they stay until somebody asks for `totals`."""
        if self._sums is None:
            total, divisor = self._held.tolist()
            self._sums = (total, divisor)
        return self._sums

    @host_sums.setter
    def host_sums(self, sums: tuple[float, float]) -> None:
        self._sums = sums

    def reset(self) -> None:
        """Forget everything."""
        if self._on_host:
            self._sums = (0.0, 0.0)
        else:
            super().reset()

    def take(self, value: Tensor, count: int | Tensor, *, times: int = 1, each: int = 1) -> None:
        """Add `times` a number to the sum, and `each` times a number to what divides it."""
        if self._on_host:
            watcher: Watcher | None = getattr(_watching, "watcher", None)
            if watcher is not None:
                watcher(self, value, count, times, each)
            total, divisor = self._sums or self.host_sums
            self._sums = (total + value.item() * times, divisor + float(count) * each)
            return
        self._places[0].add_(value.detach(), alpha=times)
        self._places[1].add_(count, alpha=each)


class Mean(Quotient):
    """The mean of numbers that come one a batch, as losses do."""

    def __init__(self, device: torch.device | str = "cpu") -> None:
        super().__init__(Setting(device))

    def add(self, value: Tensor, rows: int, whole: int | None = None) -> None:
        """Take in the mean over `rows` samples, or this process's part of that over the `whole`."""
        self.take(value, rows, times=rows if whole is None else whole)


class MeanOf(Quotient):
    """The base of means over something that each element of a batch has, weighted by samples."""

    def elements(self, prediction: Tensor, target: Tensor) -> Tensor:
        """What is averaged, `(N, ...)`."""
        raise NotImplementedError

    def update(self, prediction: Tensor, target: Tensor, weight: Tensor | None = None) -> None:
        """Take in a batch."""
        values = self.elements(prediction.detach(), target)
        if weight is None:
            self.take(values.sum(), values.numel())
            return
        rows = values.flatten(1).sum(1) if values.ndim > 1 else values
        each = values.numel() // max(len(weight), 1)
        self.take((rows * weight).sum(), weight.sum(), each=each)


def divide(numerator: Tensor, denominator: Tensor) -> Tensor:
    """The quotient, 0 where the denominator is."""
    empty = denominator == 0
    return torch.where(empty, 0.0, numerator / torch.where(empty, 1.0, denominator))


def row_targets(prediction: Tensor, target: Tensor) -> Tensor:
    """Targets in the prediction's shape and dtype; class indices become one-hot rows.

    Raises:
        TargetError: They do not fit the output.
    """
    classes = prediction.shape[-1]
    if classes > 1 and target.shape != prediction.shape and prediction.ndim > 1:
        indices = class_targets(prediction, target, one_hot=False)
        places = torch.arange(classes, device=indices.device)
        return (indices.unsqueeze(-1) == places).to(prediction.dtype)
    return aligned(prediction, target)


def by_row(weight: Tensor, shape: torch.Size) -> Tensor:
    """One factor a sample for every element of a shape."""
    return weight.view(-1, *[1] * (len(shape) - 1)).expand(shape)
