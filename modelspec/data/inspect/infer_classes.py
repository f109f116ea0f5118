"""The classes that a column of text seems to hold, in all their spellings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelspec.data.features.spellings import TRUTH, alike, mixed_pair, respelling
from modelspec.data.inspect.column_guess import FEW_CLASSES, FREQUENT, ColumnGuess
from modelspec.diagnostics import name_list

if TYPE_CHECKING:
    from collections.abc import Sequence

    import polars as pl

_CASES = 4
"""In how many ways of upper and lower case yes or no may be written."""


def of_classes(name: str, values: pl.Series, missing: int) -> ColumnGuess:
    """One of several classes: those that differ in upper case only are one."""
    import polars as pl

    notes: list[str] = []
    settings: tuple[tuple[str, Any], ...] = ()
    said = _truths(values)
    if said is not None:
        values, pair, note = said
        notes.append(note)
        # The training rows alone may not hold both of the pair.
        settings = (("classes", list(pair)),)
    cases = list(alike(values.unique().sort().to_list())) if said is None else []
    if cases:
        settings = (("lower", True),)
        shown = "; ".join(", ".join(f"`{each}`" for each in group) for group in cases[:3])
        notes.append(f"read as one: {shown}" + f" and {len(cases) - 3} more" * (len(cases) > 3))
        values = values.str.to_lowercase()
        if values.n_unique() == 1:
            why = f"it is {shown} in every row, which differ in upper case only"
            return ColumnGuess(name, "skip", why, missing, 1)
    counts = pl.DataFrame({"as": values}).group_by("as").len()
    classes, rows = counts.sort("len", "as", descending=[True, False]).get_columns()
    count = len(classes)
    few = tuple(classes.sort().to_list()) if count <= FEW_CLASSES else ()
    notes += _but_for_marks(few)
    why = name_list(few, limit=6, last="and") if few else f"{count:,} different values"
    return ColumnGuess(
        name,
        "category",
        why,
        missing,
        count,
        values=few,
        frequent=int((rows >= FREQUENT).sum()),
        rows=(int(rows[-1]), int(rows[0])),
        rarest=classes[-1],
        settings=settings,
        notes=tuple(notes),
    )


def _truths(values: pl.Series) -> tuple[pl.Series, tuple[str, str], str] | None:
    """Yes and no in several spellings as two classes, these, and a note; None of anything else."""
    import polars as pl

    counts = values.value_counts(sort=True)
    if not 2 < len(counts) <= len(TRUTH) * _CASES:
        return None
    found = dict(zip(counts[values.name], counts["count"], strict=True))
    pair = mixed_pair(found)
    if pair is None:
        return None
    spellings = respelling({name: place for place, name in enumerate(pair)}, pair, ())
    assert spellings
    indices = spellings.of_column(values)
    note = f"read as `{pair[0]}` and `{pair[1]}`: {name_list(sorted(found), last='and')}"
    classes = indices.replace_strict([0, 1], list(pair), return_dtype=pl.String)
    return classes.alias(values.name), pair, note


def _but_for_marks(names: Sequence[str]) -> list[str]:
    """Classes that differ in marks and blanks only."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(re.sub(r"[\W_]+", "", name.lower()) or name, []).append(name)
    return [f"classes alike: {name_list(group)}" for group in groups.values() if len(group) > 1]
