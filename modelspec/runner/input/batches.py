"""Batches of tensors on a device, and the order of rows in an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from modelspec.data import LazyArray, PictureError, permutation
from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.input.class_indices import class_indices
from modelspec.runner.process.cpu_threads import available_cores

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
    """A batch: inputs by name, targets by output, and its number of rows.

    Attributes:
        whole: The number of rows of the whole batch, where several processes share it.
    """

    inputs: Tensors
    targets: Tensors
    rows: int
    whole: int | None = None


Taken: TypeAlias = Batch | Tensor
"""A batch, or the indices of its rows among those of `InMemoryRows`."""


class BatchSource(Protocol):
    """What batches are taken from.

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
            size: Rows in a batch; the last one may have fewer.
            order: Indices of rows; by default the order of the source.
            done: How many batches to skip.
            wholes: The whole batches that these are shards of; sequences are padded to the
                longest of the whole batch.
        """
        ...


@dataclass(frozen=True, slots=True)
class InMemoryRows:
    """Rows that are in the memory of the device."""

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
        """Batches by index; without an order, views of the rows' memory."""
        if order is None:
            for start in range(done * size, self.count, size):
                stop = min(start + size, self.count)
                inputs = _slice(self.inputs, start, stop)
                yield Batch(inputs, _slice(self.targets, start, stop), stop - start)
            return
        for rows in self.indices(size, order, done):
            yield self.batch(rows)

    def indices(self, size: int, order: Order | None = None, done: int = 0) -> Sequence[Tensor]:
        """The indices of each batch's rows, on the device.

        Args:
            size: Rows in a batch; the last one may have fewer.
            order: In which to take the rows; as they lie by default.
            done: How many batches to skip.
        """
        device = next(iter(self.inputs.values())).device
        taken = np.arange(self.count) if order is None else order
        left = torch.from_numpy(taken[done * size :])
        return torch.split(left.to(device), size) if len(left) else ()

    def batch(self, rows: Tensor) -> Batch:
        """A copy of the rows of these indices."""
        return Batch(_index(self.inputs, rows), _index(self.targets, rows), rows.shape[0])


@dataclass(frozen=True, slots=True)
class StreamedRows:
    """Rows that are read, padded or decoded a batch at a time, in worker processes if costly."""

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
        found = [each.lengths for each in values if isinstance(each, LazyArray)]
        known = [lengths for lengths in found if lengths is not None]
        return np.maximum.reduce(known) if known else None

    def batches(
        self,
        size: int,
        order: Order | None = None,
        done: int = 0,
        wholes: Sequence[Order] | None = None,
    ) -> Iterator[Batch]:
        """The batches, prefetched where there are workers.

        Raises:
            SpecError: A picture cannot be decoded (MS803).
        """
        rows = np.arange(self.count) if order is None else order
        parts = [rows[start : start + size] for start in range(done * size, len(rows), size)]
        wanted = list(zip(parts, parts if wholes is None else wholes[done:], strict=False))
        if not self.workers:
            for chosen, whole in wanted:
                inputs, targets = self.arrays.batch(chosen, whole)
                yield self._batch((_zero_copy(inputs), _zero_copy(targets)), len(chosen))
            return
        loader: DataLoader[_Loaded] = DataLoader(
            _BatchDataset(self.arrays),
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


_Loaded: TypeAlias = tuple[Tensors, Tensors] | PictureError


class _BatchDataset(Dataset[_Loaded]):
    """Loads whole batches; returns a `PictureError`, since a DataLoader would change its type."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays

    def __getitem__(self, wanted: tuple[Order, Order]) -> _Loaded:
        try:
            inputs, targets = self._arrays.batch(*wanted)
        except PictureError as error:
            return error
        return _zero_copy(inputs), _zero_copy(targets)


def batch_source(
    arrays: Arrays,
    device: torch.device,
    classes: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> BatchSource:
    """Batches from arrays. On the CPU, arrays in memory are not copied.

    Args:
        arrays: All rows.
        device: Where batches are to be.
        classes: The targets that become class indices where they are one-hot rows in memory,
            with the number of axes and of classes that they have then.
    """
    values: Sequence[Values] = [*arrays.inputs.values(), *arrays.targets.values()]
    stored = [each for each in values if isinstance(each, LazyArray)]
    if stored:
        workers = min(MOST_WORKERS, available_cores()) if any(s.costly for s in stored) else 0
        return StreamedRows(arrays, device, workers)
    targets: dict[str, Array] = {
        name: each for name, each in arrays.targets.items() if isinstance(each, np.ndarray)
    }
    for name, shape in classes.items():
        rows = targets[name]
        found = class_indices(rows) if (rows.ndim, rows.shape[-1]) == shape else None
        targets[name] = rows if found is None else found
    return InMemoryRows(_tensors(arrays.inputs, device), _tensors(targets, device), arrays.rows)


def batch_of(rows: BatchSource, taken: Taken) -> Batch:
    """A batch that is taken from these rows."""
    if isinstance(taken, Batch):
        return taken
    assert isinstance(rows, InMemoryRows)
    return rows.batch(taken)


def epoch_order(rows: BatchSource, size: int, seed: int, epoch: int) -> Order:
    """The order of rows in an epoch: a permutation that depends on seed and epoch alone.

    Rows of different lengths are bucketed: the rows of a batch are about equally long.
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


def _zero_copy(arrays: Mapping[str, Array]) -> Tensors:
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def _tensors(values: Mapping[str, Values], device: torch.device) -> Tensors:
    return {name: torch.as_tensor(array).to(device) for name, array in values.items()}


def _slice(tensors: Tensors, start: int, stop: int) -> Tensors:
    return {name: tensor[start:stop] for name, tensor in tensors.items()}


def _index(tensors: Tensors, rows: Tensor) -> Tensors:
    return {name: tensor.index_select(0, rows) for name, tensor in tensors.items()}
