"""The rows that outputs are furthest off at."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from modelspec.data import Preprocessing
from modelspec.data.features import Category, Number
from modelspec.runner.reporting.worst_rows import (
    MOST_WORST,
    FarRow,
    FarRows,
    WorstRows,
    has_worst_rows,
)
from tests.runner.reporting.test_accumulators import output_of

DRAWN = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "DRAWN", np.random.default_rng(5))


def worst(
    loss: str,
    shape: str,
    said: np.ndarray,
    true: np.ndarray,
    features: dict[str, object] | None = None,
    batches: int = 3,
) -> FarRows:
    output = output_of(loss, shape)
    assert has_worst_rows(output)
    found = WorstRows(output)
    for rows in np.array_split(np.arange(len(said)), min(batches, len(said))):
        found.add(torch.from_numpy(said[rows]), torch.from_numpy(true[rows]))
    result = found.result(Preprocessing(features or {}))  # type: ignore[arg-type]
    assert result
    return result


@pytest.mark.parametrize("one_hot", [False, True])
def test_the_least_probable_true_classes(one_hot: bool) -> None:
    said = DRAWN.dirichlet(np.ones(3), 50).astype(np.float32)
    true = DRAWN.integers(0, 3, 50)
    found = worst(
        "categorical_crossentropy",
        "[3]",
        said,
        np.eye(3, dtype=np.float32)[true] if one_hot else true,
        {"y": Category(("y",), encode_as="index", classes=("a", "b", "c"))},
    )
    given = said[np.arange(50), true]
    order = np.argsort(given, kind="stable")[:MOST_WORST]
    assert found.rows == [
        FarRow(int(n), "abc"[true[n]], "abc"[said[n].argmax()], float(given[n])) for n in order
    ]
    assert found.measure == ("probability", "probability of the true class")


@pytest.mark.parametrize("logits", [False, True])
def test_yes_or_no(logits: bool) -> None:
    said = np.array([[0.75], [0.125], [0.5], [0.25]], np.float32)
    true = np.array([[0], [1], [1], [0]], np.float32)
    given = np.log(said / (1 - said)) if logits else said
    loss = f"{{type: binary_crossentropy, from_logits: {str(logits).lower()}}}"
    found = worst(loss, "[1]", given, true)
    assert [(each.row, each.true, each.predicted) for each in found.rows] == [
        (1, "1", "0"),
        (0, "0", "1"),
        (2, "1", "1"),
        (3, "0", "0"),
    ]
    assert [each.off for each in found.rows] == pytest.approx([0.125, 0.25, 0.5, 0.75])


def test_several_labels() -> None:
    said = np.array([[0.75, 0.25], [0.125, 0.25]], np.float32)
    found = worst("binary_crossentropy", "[2]", said, np.array([[1, 0], [1, 1]], np.float32))
    assert found.rows == [FarRow(1, "0, 1", "none", 0.8125), FarRow(0, "0", "0", 0.25)]


def test_numbers_in_the_units_of_the_data() -> None:
    feature = Number(("cm",), normalize="standard", offset=(10.0,), scale=(2.0,))
    said, true = np.array([[0.5], [-1.0]], np.float32), np.array([[0.25], [2.0]], np.float32)
    found = worst("mse", "[1]", said, true, {"y": feature})
    assert found.rows == [FarRow(1, "14", "8", -6.0), FarRow(0, "10.5", "11", 0.5)]


def test_numbers_of_several_columns_and_of_many() -> None:
    said = np.array([[1.0, 2.0], [5.0, 5.0]], np.float32)
    found = worst("mse", "[2]", said, said + np.array([[0], [3]], np.float32))
    assert found.rows[0] == FarRow(1, "8, 8", "5, 5", 3.0)
    wide = np.zeros((2, 4, 4), np.float32)
    assert worst("mse", "[4, 4]", wide, wide + 2).rows[0] == FarRow(0, "", "", 2.0)


def test_what_is_nan_is_worst_of_all() -> None:
    said = np.array([[0.5, 0.5], [np.nan, 0.5], [0.0, 1.0]], np.float32)
    found = worst("sparse_categorical_crossentropy", "[2]", said, np.array([0, 1, 0]))
    assert (found.rows[0].row, found.rows[0].predicted) == (1, "NaN")
    numbers = np.array([[np.nan], [9.0]], np.float32)
    assert [each.row for each in worst("mse", "[1]", numbers, numbers * 0).rows] == [0, 1]


def test_a_class_that_does_not_count_is_never_worst() -> None:
    loss = "{type: sparse_categorical_crossentropy, ignore_class: -1}"
    said = np.array([[0.9, 0.1], [0.5, 0.5]], np.float32)
    assert [each.row for each in worst(loss, "[2]", said, np.array([-1, 0])).rows] == [1]


@pytest.mark.parametrize("batches", [1, 2, 7, 40])
def test_how_rows_are_batched_makes_no_difference(batches: int) -> None:
    said = DRAWN.integers(0, 9, (40, 1)).astype(np.float32)  # many are equally far off
    whole = worst("mae", "[1]", said, said * 0 + 4, batches=1)
    assert worst("mae", "[1]", said, said * 0 + 4, batches=batches) == whole
    assert len(whole.rows) == MOST_WORST


@pytest.mark.parametrize(
    ("loss", "shape"),
    [("categorical_crossentropy", "[7, 3]"), ("categorical_hinge", "[3]"), ("ctc", "[6, 5]")],
)
def test_outputs_without_worst_rows(loss: str, shape: str) -> None:
    assert not has_worst_rows(output_of(loss, shape))
