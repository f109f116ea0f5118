"""Rows as batches of tensors on a device, and the order in which an epoch takes them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from modelspec.data import PictureError, Stored, permutation
from modelspec.diagnostics import Diagnostic, Span, SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from modelspec.data import Arrays
    from modelspec.data.arrays.arrays import Values
    from modelspec.data.table.table import Array

Tensors = dict[str, Tensor]
Order: TypeAlias = "NDArray[np.int64]"

MOST_WORKERS = 4
WINDOW = 64
"""Rows of different lengths are sorted by length within so many batches."""


class Batch(NamedTuple):
    """Some rows: inputs by name, targets by output, and how many rows there are.

    Attributes:
        whole: The rows of the whole batch, where several processes share it.
    """

    inputs: Tensors
    targets: Tensors
    rows: int
    whole: int | None = None


class Rows(Protocol):
    """Rows that batches are made of.

    Attributes:
        lengths: How many steps each row has, where that varies.
    """

    @property
    def count(self) -> int:
        """How many rows there are."""
        ...

    @property
    def lengths(self) -> Order | None:
        """How many steps each row has, where that varies."""
        ...

    def batches(
        self,
        size: int,
        order: Order | None = None,
        done: int = 0,
        wholes: Sequence[Order] | None = None,
    ) -> Iterator[Batch]:
        """The rows, `size` at a time, on the device.

        Args:
            size: Rows in a batch; the last one has what is left.
            order: In which to take them; as they lie by default.
            done: How many batches to leave out at the front.
            wholes: The batches that these are parts of, whose longest sequences say how long
                theirs are padded.
        """
        ...


@dataclass(frozen=True, slots=True)
class Resident:
    """Rows that all lie on the device."""

    inputs: Tensors
    targets: Tensors
    count: int
    lengths: None = None

    def batches(
        self,
        size: int,
        order: Order | None = None,
        done: int = 0,
        wholes: Sequence[Order] | None = None,  # noqa: ARG002  (its rows are equally long)
    ) -> Iterator[Batch]:
        """Batches by index, or slices that share the rows' memory."""
        device = next(iter(self.inputs.values())).device
        index = None if order is None else torch.from_numpy(order).to(device)
        count = self.count if order is None else len(order)
        for start in range(done * size, count, size):
            stop = min(start + size, count)
            if index is None:
                inputs, targets = _cut(self.inputs, start, stop), _cut(self.targets, start, stop)
            else:
                rows = index[start:stop]
                inputs, targets = _pick(self.inputs, rows), _pick(self.targets, rows)
            yield Batch(inputs, targets, stop - start)


@dataclass(frozen=True, slots=True)
class Streamed:
    """Rows that come from files, a batch at a time; decoded ahead in other processes."""

    arrays: Arrays
    device: torch.device
    workers: int

    @property
    def count(self) -> int:
        """How many rows there are."""
        return self.arrays.rows

    @property
    def lengths(self) -> Order | None:
        """The steps of each row's longest sequence, where they vary."""
        values = [*self.arrays.inputs.values(), *self.arrays.targets.values()]
        found = [each.lengths for each in values if isinstance(each, Stored)]
        known = [lengths for lengths in found if lengths is not None]
        return np.maximum.reduce(known) if known else None

    def batches(
        self,
        size: int,
        order: Order | None = None,
        done: int = 0,
        wholes: Sequence[Order] | None = None,
    ) -> Iterator[Batch]:
        """Batches read ahead of their use.

        Raises:
            SpecError: A picture cannot be decoded (MS803).
        """
        rows = np.arange(self.count) if order is None else order
        parts = [rows[start : start + size] for start in range(done * size, len(rows), size)]
        wanted = list(zip(parts, parts if wholes is None else wholes[done:], strict=False))
        if not self.workers:
            for chosen, whole in wanted:
                inputs, targets = self.arrays.batch(chosen, whole)
                yield self._batch((_shared(inputs), _shared(targets)), len(chosen))
            return
        loader: DataLoader[_Taken] = DataLoader(
            _Taking(self.arrays),
            batch_size=None,
            sampler=wanted,
            num_workers=min(self.workers, len(wanted)),
            pin_memory=self.device.type == "cuda",
            generator=torch.Generator(),  # else it draws from the one that dropout draws from
        )
        for (chosen, _), taken in zip(wanted, loader, strict=True):
            if isinstance(taken, PictureError):
                raise SpecError([Diagnostic("MS803", str(taken), Span(taken.file))])
            yield self._batch(taken, len(chosen))

    def _batch(self, taken: tuple[Tensors, Tensors], rows: int) -> Batch:
        return Batch(self._moved(taken[0]), self._moved(taken[1]), rows)

    def _moved(self, tensors: Tensors) -> Tensors:
        return {name: each.to(self.device, non_blocking=True) for name, each in tensors.items()}


_Taken: TypeAlias = tuple[Tensors, Tensors] | PictureError


class _Taking(Dataset[_Taken]):
    """Takes whole batches of arrays; an error is handed over, so that it stays as it is."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    def __getitem__(self, wanted: tuple[Order, Order]) -> _Taken:
        try:
            inputs, targets = self._arrays.batch(*wanted)
        except PictureError as error:
            return error
        return _shared(inputs), _shared(targets)


def rows_of(arrays: Arrays, device: torch.device) -> Rows:
    """The rows of some arrays; on the CPU, those in memory share the arrays' memory."""
    values: Sequence[Values] = [*arrays.inputs.values(), *arrays.targets.values()]
    stored = [each for each in values if isinstance(each, Stored)]
    if stored:
        workers = min(MOST_WORKERS, _usable_cpus()) if any(s.costly for s in stored) else 0
        return Streamed(arrays, device, workers)
    return Resident(_tensors(arrays.inputs, device), _tensors(arrays.targets, device), arrays.rows)


def _usable_cpus() -> int:
    """The CPUs that this process may use; torch warns of more workers than those."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def order(rows: Rows, size: int, seed: int, epoch: int) -> Order:
    """The order of an epoch's rows, a permutation that is a function of seed and epoch alone.

    Rows of different lengths come in batches of `size` whose rows are about equally long.
    """
    taken = permutation(rows.count, seed, epoch)
    lengths = rows.lengths
    return taken if lengths is None else _bucketed(taken, lengths, size, seed, epoch)


def _bucketed(taken: Order, lengths: Order, size: int, seed: int, epoch: int) -> Order:
    whole = len(taken) - len(taken) % size
    parts: list[Order] = []
    for number, start in enumerate(range(0, whole, WINDOW * size)):
        window = taken[start : min(start + WINDOW * size, whole)]
        by_length = window[np.argsort(lengths[window], kind="stable")].reshape(-1, size)
        parts.append(by_length[permutation(len(by_length), seed, epoch, number)].ravel())
    return np.concatenate([*parts, taken[whole:]])


def _shared(arrays: Mapping[str, Array]) -> Tensors:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _tensors(values: Mapping[str, Values], device: torch.device) -> Tensors:
    return {name: torch.as_tensor(array).to(device) for name, array in values.items()}


def _cut(tensors: Tensors, start: int, stop: int) -> Tensors:
    return {name: tensor[start:stop] for name, tensor in tensors.items()}


def _pick(tensors: Tensors, rows: Tensor) -> Tensors:
    return {name: tensor.index_select(0, rows) for name, tensor in tensors.items()}
