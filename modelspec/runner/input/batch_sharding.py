"""Which rows each process of a team takes: none is lost, none is taken twice.

A batch is what a spec calls so, however many processes share it: they train as one would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.input.batches import Batch, Order, Rows


def dealt(rows: Rows, size: int, order: Order | None, done: int, team: Team) -> Iterator[Batch]:
    """This process's part of each batch that is not done, with the rows of the whole batch.

    Where a batch has fewer rows than there are processes, some get a row to go along with that
    counts as none.

    Args:
        rows: All of them.
        size: Rows in a batch; as many times those of a process as there are processes.
        order: In which to take them; as they lie by default.
        done: How many batches to leave out.
        team: Who shares them.
    """
    if team.size == 1:
        yield from rows.batches(size, order, done)
        return
    taken = np.arange(rows.count) if order is None else order
    starts = range(0, rows.count, size)
    wholes = [taken[start : start + size] for start in starts]
    parts = [_part(whole, team) for whole in wholes]
    mine = np.concatenate(parts) if parts else taken
    for number, batch in enumerate(rows.batches(size // team.size, mine, done, wholes), done):
        yield batch._replace(whole=len(wholes[number]))
    if parts and len(parts) > done and not len(parts[-1]):
        (batch,) = rows.batches(1, taken[-1:])
        yield batch._replace(rows=0, whole=len(wholes[-1]))


def share(count: int, size: int, team: Team) -> Order | None:
    """The rows of every so manieth batch, for what is only measured; None for all."""
    if team.size == 1:
        return None
    starts = range(team.rank * size, count, team.size * size)
    parts = [np.arange(start, min(start + size, count)) for start in starts]
    return np.concatenate(parts) if parts else np.arange(0)


def _part(batch: Order, team: Team) -> Order:
    """Equal parts; of what is left over, the first processes get one more."""
    bounds = [-(-len(batch) * rank // team.size) for rank in (team.rank, team.rank + 1)]
    return batch[bounds[0] : bounds[1]]
