"""What the members say of some rows, and what is true of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.data.table.table import RowIndices

Numbers: TypeAlias = "NDArray[np.float64]"
Kind: TypeAlias = Literal["classes", "yes", "numbers"]
"""Probabilities of one of several classes; of yes, each for itself; or any numbers."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the members say, and the truth.

    Attributes:
        kind: What `said` holds.
        said: `[members, rows, columns]`, in which no member was trained on a row; of a sequence,
            each step is a row. A member's probabilities of classes sum to 1.
        truth: `[rows]` class indices, or `[rows, columns]`: probabilities, zeros and ones, or
            numbers.
        counts: `[rows]`, how much each row counts; None for all alike.
    """

    kind: Kind
    said: Numbers
    truth: NDArray[np.int64] | Numbers
    counts: Numbers | None = None

    @property
    def members(self) -> int:
        """How many there are."""
        return len(self.said)

    @property
    def rows(self) -> int:
        """How many there are."""
        return int(self.said.shape[1])

    @property
    def shares(self) -> Numbers:
        """`[rows]`, what each row counts, which sums to 1."""
        counts = np.ones(self.rows) if self.counts is None else self.counts
        shares: Numbers = counts / counts.sum()
        return shares

    def mean(self, weights: Numbers) -> Numbers:
        """The weighted mean of what the members say, `[rows, columns]`."""
        mean: Numbers = np.tensordot(weights, self.said, axes=1)
        return mean

    def take(self, rows: RowIndices) -> Answers:
        """Only these rows."""
        counts = None if self.counts is None else self.counts[rows]
        return Answers(self.kind, self.said[:, rows], self.truth[rows], counts)


def target_shares(answers: Answers) -> Numbers:
    """The truth of probabilities as shares, `[rows, columns]`: a class index is one 1."""
    if answers.truth.ndim == 2:
        return answers.truth.astype(np.float64)
    shares = np.zeros(answers.said.shape[1:])
    shares[np.arange(answers.rows), answers.truth.astype(np.int64)] = 1.0
    return shares
