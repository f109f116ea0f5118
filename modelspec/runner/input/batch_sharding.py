"""The shard of each batch that a process takes: no row is lost, none is taken twice.

`batch_size` is the size of the whole batch, however many processes share it: together they make
the steps that one process would make.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.input.batches import Batch, BatchSource, Order


def shard_batches(
    rows: BatchSource, size: int, order: Order | None, done: int, group: ProcessGroup
) -> Iterator[Batch]:
    """This process's shard of each batch that is not done, with the rows of the whole batch.

    Where a batch has fewer rows than there are processes, some get one row with weight 0, since
    all have to take part in the step.

    Args:
        rows: All rows.
        size: Rows in a whole batch, a multiple of the number of processes.
        order: In which to take them; as they lie by default.
        done: How many batches to skip.
        group: The processes that share each batch.
    """
    if group.size == 1:
        yield from rows.batches(size, order, done)
        return
    taken = np.arange(rows.count) if order is None else order
    starts = range(0, rows.count, size)
    wholes = [taken[start : start + size] for start in starts]
    parts = [_part(whole, group) for whole in wholes]
    mine = np.concatenate(parts) if parts else taken
    for number, batch in enumerate(rows.batches(size // group.size, mine, done, wholes), done):
        yield batch._replace(whole=len(wholes[number]))
    if parts and len(parts) > done and not len(parts[-1]):
        (batch,) = rows.batches(1, taken[-1:])
        yield batch._replace(rows=0, whole=len(wholes[-1]))


def eval_shard(count: int, size: int, group: ProcessGroup) -> Order | None:
    """The rows that this process evaluates: every `group.size`-th batch. None for all rows."""
    if group.size == 1:
        return None
    starts = range(group.rank * size, count, group.size * size)
    parts = [np.arange(start, min(start + size, count)) for start in starts]
    return np.concatenate(parts) if parts else np.arange(0)


def _part(batch: Order, group: ProcessGroup) -> Order:
    """Equal shards; where the rows do not divide evenly, the first ranks get one more."""
    bounds = [-(-len(batch) * rank // group.size) for rank in (group.rank, group.rank + 1)]
    return batch[bounds[0] : bounds[1]]
