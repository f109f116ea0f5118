"""An array's columns fill the spec's inputs in their order."""

import numpy as np
import pytest

from modelspec.sklearn.inputs import Slot, columns_of_matrix

MATRIX = np.arange(12).reshape(2, 6)


def test_each_slot_takes_as_many_columns_as_it_has_numbers() -> None:
    slots = [Slot("a"), Slot("grid", (2, 2)), Slot("b"), Slot("a")]
    found = columns_of_matrix(MATRIX, slots, "X")
    assert {name: np.asarray(each).tolist() for name, each in found.items()} == {
        "a": [0, 6],
        "grid": [[[1, 2], [3, 4]], [[7, 8], [9, 10]]],
        "b": [5, 11],
    }


def test_one_slot_of_any_length_takes_all() -> None:
    assert columns_of_matrix(MATRIX, [Slot("a", (None,))], "X")["a"].shape == (2, 6)


@pytest.mark.parametrize(
    "slots", [[Slot("a", (None,)), Slot("b")], [Slot("a"), Slot("b")], [Slot("a", (7,))]]
)
def test_another_number_of_columns_is_refused(slots: list[Slot]) -> None:
    with pytest.raises(ValueError, match=r"X has 6 columns, and those of the spec are `a`"):
        columns_of_matrix(MATRIX, slots, "X")


def test_more_axes_are_for_one_input() -> None:
    cube = np.zeros((2, 3, 4))
    assert columns_of_matrix(cube, [Slot("a", (3, 4))], "X")["a"] is cube
    with pytest.raises(ValueError, match="3 axes"):
        columns_of_matrix(cube, [Slot("a"), Slot("b")], "X")
