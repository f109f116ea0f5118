"""How the tables of other frameworks' words are written and looked up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SIGN = re.compile(r"[^a-z0-9]")


def bare(word: str) -> str:
    """A word without case and signs: `cross_entropy` and `CrossEntropy` are one."""
    return _SIGN.sub("", word.lower())


class Words(Mapping[str, tuple[str, ...]]):
    """What a word may be called here, by the word as `bare` has it.

    A word that stands under several names may mean each of them. It is turned round when it is
    first asked, which only a mistake does.

    Args:
        table: Our name to other frameworks' words, parted by blanks.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._table = table

    @cached_property
    def _meanings(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for name, others in self._table.items():
            for other in others.split():
                found[bare(other)] = (*found.get(bare(other), ()), name)
        return found

    def __getitem__(self, word: str) -> tuple[str, ...]:
        return self._meanings[word]

    def __iter__(self) -> Iterator[str]:
        return iter(self._meanings)

    def __len__(self) -> int:
        return len(self._meanings)


def meaning(
    word: str, table: Mapping[str, tuple[str, ...]], choices: Collection[str]
) -> str | None:
    """What a word is called here, of what there is to choose from."""
    return next((name for name in table.get(bare(word), ()) if name in choices), None)
