"""Batches are the same wherever their rows lie."""

import os
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from modelspec.data import Arrays
from modelspec.data.arrays.image_files import Pictures
from modelspec.data.arrays.lazy_arrays import MemmapArray, RaggedArray
from modelspec.diagnostics import SpecError
from modelspec.runner.input.batches import (
    Batch,
    InMemoryRows,
    StreamedRows,
    batch_of,
    batch_source,
    epoch_order,
)

CPU = torch.device("cpu")
ROWS = 23


class Slow(MemmapArray):
    """A mapped array that other processes read."""

    costly = True


@pytest.fixture
def arrays() -> Arrays:
    x = np.arange(ROWS * 2, dtype=np.float32).reshape(ROWS, 2)
    return Arrays({"x": x}, {"y": np.arange(ROWS)}, ROWS)


def mapped(arrays: Arrays, folder: Path, kind: type[MemmapArray] = MemmapArray) -> Arrays:
    np.save(folder / "x.npy", arrays.inputs["x"])
    return Arrays({"x": kind(str(folder / "x.npy"))}, arrays.targets, ROWS)


def equal(one: Batch, other: Batch) -> bool:
    return (
        one.rows == other.rows
        and torch.equal(one.inputs["x"], other.inputs["x"])
        and torch.equal(one.targets["y"], other.targets["y"])
    )


@pytest.mark.parametrize("kind", [MemmapArray, Slow])
@pytest.mark.parametrize("done", [0, 2])
def test_streamed_rows_make_the_batches_of_resident_ones(
    kind: type[MemmapArray], done: int, arrays: Arrays, tmp_path: Path
) -> None:
    resident, streamed = (
        batch_source(arrays, CPU),
        batch_source(mapped(arrays, tmp_path, kind), CPU),
    )
    assert isinstance(resident, InMemoryRows)
    assert isinstance(streamed, StreamedRows)
    assert bool(streamed.workers) == kind.costly
    taken = epoch_order(resident, 5, seed=1, epoch=1)
    assert taken.tolist() == epoch_order(streamed, 5, seed=1, epoch=1).tolist()
    for wanted, count in ((taken, 5), (None, 5), (taken[:12], 3)):
        pairs = zip(
            resident.batches(5, wanted, done), streamed.batches(5, wanted, done), strict=True
        )
        batches = [equal(*pair) for pair in pairs]
        assert len(batches) == count - done
        assert all(batches)


@pytest.mark.parametrize(("usable", "workers"), [(1, 1), (3, 3), (9, 4)])
def test_no_more_processes_read_ahead_than_this_one_may_use_cpus(
    usable: int, workers: int, arrays: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torch would warn, and warnings are errors here."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(usable)), raising=False)
    streamed = batch_source(mapped(arrays, tmp_path, Slow), CPU)
    assert isinstance(streamed, StreamedRows)
    assert streamed.workers == workers
    assert sum(batch.rows for batch in streamed.batches(4)) == ROWS


def test_where_a_process_may_use_every_cpu_all_count(
    arrays: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    streamed = batch_source(mapped(arrays, tmp_path, Slow), CPU)
    assert isinstance(streamed, StreamedRows)
    assert streamed.workers == 2


def test_reading_ahead_draws_no_random_numbers(arrays: Arrays, tmp_path: Path) -> None:
    state = torch.get_rng_state()
    assert len(list(batch_source(mapped(arrays, tmp_path), CPU).batches(4))) == 6
    assert torch.equal(torch.get_rng_state(), state)


def test_every_row_comes_once_an_epoch(arrays: Arrays) -> None:
    rows = batch_source(arrays, CPU)
    first, second = (epoch_order(rows, 4, seed=0, epoch=epoch) for epoch in (1, 2))
    assert sorted(first) == sorted(second) == list(range(ROWS))
    assert first.tolist() != second.tolist()


def test_rows_of_like_length_come_together() -> None:
    generator = np.random.default_rng(0)
    sizes = generator.integers(1, 100, 1000)
    values = np.ones(sizes.sum(), np.int64)
    arrays = Arrays({"x": RaggedArray(values, np.cumsum(sizes) - sizes, sizes)}, {}, 1000)
    rows = batch_source(arrays, CPU)
    taken = epoch_order(rows, 8, seed=0, epoch=1)
    assert sorted(taken) == list(range(1000))
    padded = [batch.inputs["x"].numel() for batch in rows.batches(8, taken)]
    assert sum(padded) < 1.15 * sizes.sum()
    lengths = [batch.inputs["x"].shape[1] for batch in rows.batches(8, taken)]
    assert lengths != sorted(lengths)
    assert taken.tolist() != epoch_order(rows, 8, seed=0, epoch=2).tolist()


@pytest.mark.parametrize("count", [4, 1])
def test_a_broken_picture_is_named(count: int, tmp_path: Path) -> None:
    files = np.array([str(tmp_path / f"{row}.png") for row in range(count)])
    for file in files:
        Image.new("RGB", (2, 2)).save(file)
    pictures = Pictures(files, (2, 2), 3, "unit", "stretch", "float32")
    rows = batch_source(Arrays({"x": pictures}, {}, count), CPU)
    assert sum(batch.rows for batch in rows.batches(2)) == count
    Path(files[-1]).write_bytes(b"no picture")
    with pytest.raises(SpecError, match="cannot be read as a picture"):
        list(rows.batches(2))


def test_batches_are_the_rows_of_their_indices() -> None:
    data = torch.arange(10)
    rows = InMemoryRows({"x": data}, {"y": data}, 10)
    for size, done, order in product((3, 5, 12), range(4), (None, np.arange(10)[::-1].copy())):
        wanted = [each.inputs["x"].tolist() for each in rows.batches(size, order, done)]
        found = [batch_of(rows, each) for each in rows.indices(size, order, done)]
        assert [each.targets["y"].tolist() for each in found] == wanted
        assert [each.rows for each in found] == list(map(len, wanted))
        assert all(batch_of(rows, each) is each for each in found)
