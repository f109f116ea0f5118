"""Classes that are written in several ways: yes or no, and whole numbers."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    import polars as pl

_NO = ("false", "no", "off", "0", "f", "n")
_YES = ("true", "yes", "on", "1", "t", "y")
_LETTERS = ("t", "y")
TRUTH = dict.fromkeys(_NO, False) | dict.fromkeys(_YES, True)
"""What each spelling says, in lower case."""
_FAMILY = {name: yes for no, yes in zip(_NO, _YES, strict=True) for name in (no, yes)}
"""By spelling, that of yes which belongs to it."""
_WHOLE = re.compile(r"(-?(?:0|[1-9][0-9]*))(?:\.0+)?")
_POINT = r"^(-?(?:0|[1-9][0-9]*))\.0+$"


def whole_number(name: str) -> str | None:
    """A whole number without a point; None of what is none, such as a code that begins with 0."""
    found = _WHOLE.fullmatch(name)
    return None if found is None else _signless(found[1])


def _signless(number: str) -> str:
    return "0" if number == "-0" else number


def are_whole(names: Collection[str]) -> bool:
    """Whether all names are whole numbers, written with or without a point."""
    return bool(names) and all(whole_number(name) is not None for name in names)


def truth(name: str) -> bool | None:
    """What a spelling says; None of what is none."""
    return TRUTH.get((whole_number(name) or name).lower())


def _family(name: str) -> str:
    return _FAMILY[(whole_number(name) or name).lower()]


def boolean_pair(names: Collection[str]) -> tuple[str, str] | None:
    """Two names as no and yes, if they are a pair of spellings such as `False` and `True`."""
    if len(names) != 2 or any(truth(name) is None for name in names):
        return None
    no, yes = sorted(names, key=truth)  # type: ignore[arg-type]
    return (no, yes) if _family(no) == _family(yes) and truth(no) != truth(yes) else None


def mixed_pair(counts: Mapping[str, int]) -> tuple[str, str] | None:
    """No and yes where all names are spellings of them, of one pair or several.

    The names are those of the pair with the most rows, in the spelling with the most rows. A
    pair of letters alone does not make others spellings of it: `f`, `n`, `t` and `y` stay four.
    """
    if any(truth(name) is None for name in counts):
        return None
    families = {
        family: list(members) for family, members in groupby(sorted(counts, key=_family), _family)
    }
    complete = [
        family
        for family, members in families.items()
        if len({truth(name) for name in members}) == 2
        and (len(families) == 1 or family not in _LETTERS)
    ]
    if not complete:
        return None
    rows = {family: sum(counts[name] for name in families[family]) for family in complete}
    members = families[min(complete, key=lambda family: (-rows[family], family))]
    no, yes = (
        min(
            (name for name in members if truth(name) is says),
            key=lambda name: (-counts[name], name),
        )
        for says in (False, True)
    )
    return no, yes


class Respelling(NamedTuple):
    """The other spellings of some classes.

    Attributes:
        numbers: The index of the class of each spelling, in lower case where they say yes or no.
        truth: Whether they say yes or no; else they are whole numbers.
    """

    numbers: dict[str, int]
    truth: bool

    def of_column(self, values: pl.Series) -> pl.Series:
        """The index of the class that each text is a spelling of, null where it is none."""
        import polars as pl

        if self.truth:
            plain = values.str.to_lowercase().str.replace(_POINT, "$1")
        else:
            plain = values.str.replace(_POINT, "$1").replace("-0", "0")
        return plain.replace_strict(
            list(self.numbers),
            list(self.numbers.values()),
            default=None,
            return_dtype=pl.Int64,
        )

    def of_text(self, text: str) -> int | None:
        """The same of one text."""
        plain = text.lower() if self.truth else text
        found = _WHOLE.fullmatch(plain)
        if found is not None:
            plain = found[1] if self.truth and "." in plain else plain
            plain = plain if self.truth else _signless(found[1])
        return self.numbers.get(plain)


def respelling(
    classes: Mapping[str, int], own: Sequence[str], apart: Collection[str]
) -> Respelling | None:
    """The other spellings of classes that are yes and no, or whole numbers; None of others.

    Args:
        classes: The index of each class.
        own: The classes that a value can be.
        apart: Those that perhaps stand for what the data lacks, and say nothing of the others.
    """
    for names in (own, [name for name in own if name not in apart]):
        pair = boolean_pair(names)
        if pair is not None:
            return Respelling({name: classes[pair[says]] for name, says in TRUTH.items()}, True)
        if are_whole(names):
            numbers = {whole_number(name) or name: classes[name] for name in names}
            return Respelling(numbers, False)
    return None


def alike(names: Collection[str]) -> Iterator[list[str]]:
    """The names that differ in nothing but upper and lower case, group by group."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.lower(), []).append(name)
    return (group for group in groups.values() if len(group) > 1)
