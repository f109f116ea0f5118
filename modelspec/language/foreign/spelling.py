"""How the tables of other frameworks' words are written and looked up."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Words: TypeAlias = "dict[str, tuple[str, ...]]"
"""What a word may be called here, by the word as `bare` has it."""

_SIGN = re.compile(r"[^a-z0-9]")


def bare(word: str) -> str:
    """A word without case and signs: `cross_entropy` and `CrossEntropy` are one."""
    return _SIGN.sub("", word.lower())


def words(table: Mapping[str, str]) -> Words:
    """A table the other way round: our name to other frameworks' words, parted by blanks.

    A word that stands under several names may mean each of them.
    """
    found: Words = {}
    for name, others in table.items():
        for other in others.split():
            found[bare(other)] = (*found.get(bare(other), ()), name)
    return found


def meaning(word: str, table: Words, choices: Collection[str]) -> str | None:
    """What a word is called here, of what there is to choose from."""
    return next((name for name in table.get(bare(word), ()) if name in choices), None)
