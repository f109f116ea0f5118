"""The classes of a column's training rows: which they are, and in what order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from modelspec.data.features.spellings import are_whole, boolean_pair, mixed_pair, truth
from modelspec.data.features.spellings import whole_number as whole

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Vocabulary(NamedTuple):
    """What was found.

    Attributes:
        rows: By class, in order: how many training rows have it.
        merged: The spellings that are one of two classes now, where there were more than two.
    """

    rows: dict[str, int]
    merged: tuple[str, ...] = ()


def learnt(
    counts: Mapping[str, int],
    *,
    apart: Collection[str],
    booleans: bool,
    most_common: int,
    min_count: int,
) -> Vocabulary:
    """The classes of some values: sorted, by number if all are whole, no before yes.

    Args:
        counts: How many rows have each value.
        apart: Classes that stand for what the data lacks, and say nothing of the others.
        booleans: Whether spellings of yes and no may be one class.
        most_common: How many of the most frequent ones are kept; 0 for all.
        min_count: How many rows a class has at least.
    """
    found: dict[str, int] = dict(counts)
    merged: tuple[str, ...] = ()
    for others in ({}, {name: count for name, count in counts.items() if name in apart}):
        own = {name: count for name, count in counts.items() if name not in others}
        united = _united(own, booleans=booleans)
        if united is not None:
            found = {**united.rows, **others}
            merged = tuple(name for name in united.merged if name not in apart)
            break
    kept = [name for name in found if found[name] >= min_count]
    if most_common:
        kept = sorted(in_order(kept), key=lambda name: -found[name])[:most_common]
    merged = merged if len(merged) > 2 else ()
    return Vocabulary({name: found[name] for name in in_order(kept)}, merged)


def _united(counts: Mapping[str, int], *, booleans: bool) -> Vocabulary | None:
    """Values that are spellings of whole numbers, or of yes and no; None where they are not."""
    whole_ones = are_whole(counts)
    found = (
        _summed(counts, {name: whole(name) or name for name in counts}) if whole_ones else counts
    )
    pair = mixed_pair(found) if booleans else None
    if pair is not None:
        merged = tuple(sorted(found)) if len(found) > 2 else ()
        renamed = {name: pair[bool(truth(name))] for name in found}
        return Vocabulary(_summed(found, renamed), merged)
    return Vocabulary(dict(found)) if whole_ones else None


def in_order(names: Collection[str]) -> tuple[str, ...]:
    """Sorted, by number if all are whole, no before yes."""
    pair = boolean_pair(names)
    if pair is not None:
        return pair
    return tuple(sorted(names, key=int) if all(map(is_integer, names)) else sorted(names))


def is_integer(name: str) -> bool:
    """Whether a class is a whole number, written as an integer is."""
    return whole(name) == name


def _summed(counts: Mapping[str, int], renamed: Mapping[str, str]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for name, count in counts.items():
        found[renamed[name]] += count
    return dict(found)
