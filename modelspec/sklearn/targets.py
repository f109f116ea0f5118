"""y, checked, and its classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_array, check_consistent_length

if TYPE_CHECKING:
    from modelspec.data.table.table import Array


def checked_targets(y: Any, estimator: str, *, classify: bool) -> list[Array]:
    """The columns of y.

    Args:
        y: One value a row, or `[rows, outputs]`.
        estimator: What a message calls the estimator.
        classify: Whether they are classes, and not numbers.

    Raises:
        ValueError: It is missing, has other axes, gaps, or no classes or numbers; or its
            classes are fewer than two.
    """
    if y is None:
        raise ValueError(f"{estimator} requires y to be passed, but the target y is None")
    dtype = None if classify else "numeric"
    values = check_array(y, ensure_2d=False, dtype=dtype, input_name="y", ensure_min_samples=0)
    if classify:
        _check_gaps(values)
        check_classification_targets(values)
    columns = [values] if values.ndim == 1 else [*values.T]
    for column in columns if classify else ():
        if len(np.unique(column)) < 2:
            raise ValueError(
                f"{estimator} tells classes apart, and there is one class in y: {column[0]}"
            )
    return columns


def _check_gaps(values: Array) -> None:
    """Refuse rows without a class: `check_array` passes over None.

    Raises:
        ValueError: There are some.
    """
    if values.dtype != object:
        return
    gaps = [row for row, each in enumerate(values.reshape(len(values), -1)) if None in [*each]]
    if gaps:
        more = f" and {len(gaps) - 1} more" if len(gaps) > 1 else ""
        raise ValueError(f"y has no class at row {gaps[0]}{more}, counted from 0")


def class_texts(column: Array) -> list[str]:
    """What the classes of a column are called in a spec, sorted as values."""
    return [_text(each) for each in np.unique(column).tolist()]


def _text(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value) if whole else value)  # type: ignore[call-overload]


def checked_weights(weights: Any, rows: int) -> Array | None:
    """How much each row counts, None where all count the same.

    Args:
        weights: A number, or one for each row.
        rows: How many there are.

    Raises:
        ValueError: They are no numbers, or not one for each row.
    """
    if weights is None:
        return None
    if np.isscalar(weights):
        weights = np.full(rows, weights)
    found: Array = check_array(
        weights, ensure_2d=False, dtype=np.float64, input_name="sample_weight"
    )
    if found.ndim != 1:
        raise ValueError("Sample weights must be 1D array or scalar")
    check_consistent_length(found, np.empty(rows))
    if not found.any():
        raise ValueError("Sample weights must contain at least one non-zero number.")
    return found
