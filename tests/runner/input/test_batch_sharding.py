"""Rows dealt to the processes of a team."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data import Arrays
from modelspec.data.arrays.lazy_arrays import RaggedArray
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.input.batch_sharding import eval_shard, shard_batches
from modelspec.runner.input.batches import batch_source


class Seat(ProcessGroup):
    """One place in a team that is not there."""

    def __init__(self, rank: int, size: int) -> None:
        self.rank, self.size = rank, size


COUNTS = st.integers(1, 60)
SIZES = st.integers(1, 4)


@given(count=COUNTS, size=SIZES, share_of_one=st.integers(1, 9), done=st.integers(0, 3))
def test_each_batch_is_the_batch_of_one_process_in_parts(
    count: int, size: int, share_of_one: int, done: int
) -> None:
    rows = batch_source(Arrays({"x": np.arange(count)}, {}, count), torch.device("cpu"))
    order, whole = np.random.default_rng(0).permutation(count), size * share_of_one
    alone = [batch.inputs["x"].tolist() for batch in rows.batches(whole, order, done)]
    parts = [
        list(shard_batches(rows, whole, order, done, Seat(rank, size))) for rank in range(size)
    ]
    assert {len(part) for part in parts} == {len(alone)}
    for number, batch in enumerate(alone):
        taken = [part[number] for part in parts]
        assert [x for each in taken if each.rows for x in each.inputs["x"].tolist()] == batch
        assert sum(each.rows for each in taken) == len(batch)
        assert taken[0].rows > 0
        assert all(len(each.inputs["x"]) for each in taken)
        assert size == 1 or {each.whole for each in taken} == {len(batch)}


@given(size=st.integers(2, 4), share_of_one=st.integers(1, 5), done=st.integers(0, 2))
def test_parts_are_padded_like_the_batch_of_one_process(
    size: int, share_of_one: int, done: int
) -> None:
    count, whole, cpu = 31, size * share_of_one, torch.device("cpu")
    generator = np.random.default_rng(size)
    sizes = generator.integers(0, 9, count)
    order, starts = generator.permutation(count), np.cumsum(sizes) - sizes
    for symbol in ("", "T"):
        words = RaggedArray(np.arange(sizes.sum()), starts, sizes, least=2, symbol=symbol)
        rows = batch_source(Arrays({"x": words}, {}, count), cpu)
        alone = [batch.inputs["x"] for batch in rows.batches(whole, order, done)]
        parts = [
            list(shard_batches(rows, whole, order, done, Seat(rank, size))) for rank in range(size)
        ]
        for number, batch in enumerate(alone):
            taken = [part[number].inputs["x"] for part in parts if part[number].rows]
            assert torch.equal(torch.cat(taken), batch)


@given(count=COUNTS, size=SIZES, batch=st.integers(1, 9))
def test_what_is_measured_is_measured_once_in_the_batches_of_one(
    count: int, size: int, batch: int
) -> None:
    found = [eval_shard(count, batch, Seat(rank, size)) for rank in range(size)]
    if size == 1:
        assert found == [None]
        return
    alone = [list(range(start, min(start + batch, count))) for start in range(0, count, batch)]
    for rank, rows in enumerate(found):
        assert rows is not None
        assert rows.tolist() == [row for each in alone[rank::size] for row in each]
