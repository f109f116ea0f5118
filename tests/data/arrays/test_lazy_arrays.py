"""Rows that are not one array in memory give what such an array would."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.data import Arrays
from modelspec.data.arrays.lazy_arrays import MemmapArray, RaggedArray


@pytest.fixture
def mapped(tmp_path: Path) -> tuple[MemmapArray, np.ndarray]:
    array = np.arange(60, dtype=np.float32).reshape(20, 3)
    np.save(tmp_path / "x.npy", array)
    return MemmapArray(str(tmp_path / "x.npy")), array


def test_a_mapped_array_is_the_array(mapped: tuple[MemmapArray, np.ndarray]) -> None:
    stored, array = mapped
    rows = np.array([3, 0, 19, 3])
    assert stored.shape == array.shape
    assert stored.dtype == array.dtype
    taken = stored.take(rows)
    np.testing.assert_array_equal(taken, array[rows])
    taken[:] = -1
    np.testing.assert_array_equal(stored.take(rows), array[rows])


def test_subsets_of_subsets(mapped: tuple[MemmapArray, np.ndarray]) -> None:
    stored, array = mapped
    first, second = np.array([5, 6, 7, 8]), np.array([2, 0])
    part = stored.subset(first).subset(second)
    assert len(part) == 2
    np.testing.assert_array_equal(part.take(np.array([0, 1])), array[first[second]])


def test_another_process_opens_the_file_itself(mapped: tuple[MemmapArray, np.ndarray]) -> None:
    stored, array = mapped
    stored.take(np.array([0]))
    sent = pickle.dumps(stored.subset(np.array([1, 2])))
    assert len(sent) < 1000
    np.testing.assert_array_equal(pickle.loads(sent).take(np.array([1])), array[[2]])


def test_the_checksum_is_that_of_the_rows(mapped: tuple[MemmapArray, np.ndarray]) -> None:
    stored, array = mapped
    everything = np.arange(len(array))
    assert stored.checksum() == stored.subset(everything).checksum()
    assert stored.checksum() != stored.subset(everything[::-1]).checksum()


sequences = st.lists(st.lists(st.integers(1, 99), max_size=7), min_size=1, max_size=12)


def ragged(rows: list[list[int]], **settings: object) -> RaggedArray:
    sizes = np.array([len(row) for row in rows])
    values = np.array([step for row in rows for step in row], np.int64)
    return RaggedArray(values, np.cumsum(sizes) - sizes, sizes, **settings)  # type: ignore[arg-type]


@given(sequences, st.integers(0, 9), st.booleans(), st.data())
def test_a_batch_is_padded_to_its_longest(
    rows: list[list[int]], least: int, front: bool, data: st.DataObject
) -> None:
    stored = ragged(rows, least=least, front=front)
    chosen = data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1))
    taken = stored.take(np.array(chosen))
    longest = max(least, *(len(rows[row]) for row in chosen))
    assert taken.shape == (len(chosen), longest)
    for found, row in zip(taken.tolist(), chosen, strict=True):
        padding = [0] * (longest - len(rows[row]))
        assert found == (padding + rows[row] if front else rows[row] + padding)


@given(sequences, st.data())
def test_a_subset_of_sequences(rows: list[list[int]], data: st.DataObject) -> None:
    chosen = np.array(data.draw(st.lists(st.integers(0, len(rows) - 1), min_size=1)))
    part = ragged(rows).subset(chosen)
    assert part.lengths is not None
    assert part.lengths.tolist() == [len(rows[row]) for row in chosen]
    everything = np.arange(len(chosen))
    np.testing.assert_array_equal(part.take(everything), ragged(rows).take(chosen))


def test_arrays_of_both_kinds_are_dealt_out_alike(mapped: tuple[MemmapArray, np.ndarray]) -> None:
    stored, array = mapped
    arrays = Arrays({"a": stored, "b": array}, {}, len(array)).take(np.array([4, 2]))
    assert arrays.rows == 2
    np.testing.assert_array_equal(arrays.inputs["a"].take(np.arange(2)), arrays.inputs["b"])


def test_dealt_rows_are_gone_from_the_whole() -> None:
    values, steps = np.arange(12.0).reshape(6, 2), np.arange(9)
    ragged = RaggedArray(steps, np.arange(6), np.array([3, 2, 1, 0, 2, 3]))
    whole = Arrays({"x": values, "s": ragged}, {"y": values[:, 0]}, 6, np.arange(10, 16))
    parts = [np.array([0, 3, 5]), None, np.array([1, 2])]
    wanted = [None if rows is None else whole.take(rows) for rows in parts]
    found = whole.dealt(parts)
    assert not whole.inputs
    assert not whole.targets
    assert found[1] is None
    for one, other in zip(found, wanted, strict=True):
        if one is not None and other is not None:
            assert one.rows == other.rows
            np.testing.assert_array_equal(one.kept, other.kept)
            rows = np.arange(one.rows)
            for role, same in zip(one.batch(rows), other.batch(rows), strict=True):
                assert role.keys() == same.keys()
                for name, array in role.items():
                    np.testing.assert_array_equal(array, same[name])
