"""Dealing rows out to training, validation and test."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.data.batches import permutation

if TYPE_CHECKING:
    from modelspec.data.findings import Findings
    from modelspec.data.table import Rows
    from modelspec.spec.data import Split


class Parts(NamedTuple):
    """Row indices, each part's in the order of the file; `train` None is all rows."""

    train: Rows | None
    validation: Rows | None
    test: Rows | None


def deal(rows: int, split: Split, findings: Findings) -> Parts | None:
    """The rows of each part. None after a finding: a part would be empty.

    A fraction gets `floor(rows * fraction + 1/2)` rows. The test rows are dealt first: another
    fraction for validation leaves them as they are.
    """
    if not split.validation and not split.test:
        return Parts(None, None, None)
    counts = {part: floor(rows * getattr(split, part) + 0.5) for part in ("test", "validation")}
    for part, count in counts.items():
        if getattr(split, part) and not count:
            fraction = f"`{part}: {getattr(split, part):g}`"
            message = f"{fraction} of the {rows} rows of `{findings.file}` is no row"
            findings.add("MS804", message, help="enlarge the fraction, or remove it")
            return None
    if sum(counts.values()) >= rows:
        message = f"the split leaves none of the {rows} rows of `{findings.file}` to train on"
        findings.add("MS804", message, help="make the fractions smaller, or bring more rows")
        return None
    order = permutation(rows, split.seed)
    cuts = np.split(order, [counts["test"], counts["test"] + counts["validation"]])
    test, validation, train = (np.sort(part) for part in cuts)
    return Parts(train, validation if len(validation) else None, test if len(test) else None)
