"""What things may be called, and what a mistyped name may have meant."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix, Report, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from modelspec.source import Place

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_MOST_COMPARISONS = 20_000
_MOST_REMEMBERED = 1_000
"""Among more choices, a name is not looked up in what was found before: they would be hashed."""


def is_name(text: object) -> bool:
    """Whether something may be the name of a node, a param, a block or a symbol."""
    return isinstance(text, str) and _NAME.match(text) is not None


def check_name(name: object, what: str, place: Place, report: Report) -> bool:
    """Report a key that is no name (MS210); `what` is "a layer"."""
    if is_name(name):
        return True
    mended = re.sub(r"\W", "_", str(name), flags=re.ASCII)
    mended = mended if is_name(mended) else f"_{mended}"
    span = place.key_span
    report.add(
        place.finding(
            "MS210",
            f"`{name}` cannot be the name of {what}",
            span=span,
            help=f"a name has letters, digits and `_`, and does not begin with a digit: `{mended}`",
        )
    )
    return False


class Suggestions:
    """Did you mean ...?, with a bound: many bad names in a large spec must not take minutes."""

    def __init__(self) -> None:
        self._left = _MOST_COMPARISONS
        self._found: dict[tuple[str, ...], str | None] = {}

    def nearest(self, name: str, *choices: Collection[str]) -> str | None:
        """The choice nearest to a name, or None if none is near.

        Args:
            name: The mistyped name; the same one among the same few choices is compared once.
            choices: What it may have meant, in one collection or several.
        """
        count = sum(map(len, choices))
        if count > _MOST_REMEMBERED:
            return self._compared(name, chain(*choices), count)
        key = (name, *chain(*choices))
        if key not in self._found:
            self._found[key] = self._compared(name, key[1:], count)
        return self._found[key]

    def _compared(self, name: str, choices: Iterable[str], count: int) -> str | None:
        if self._left < 0:
            return None
        self._left -= count
        return did_you_mean(name, choices)


def renaming(place: Place, near: str | None, *, key: bool = False) -> Fix | None:
    """The edit that writes a suggestion in a name's place."""
    if near is None:
        return None
    return Fix(place.key_span if key else place.span, near, f"write `{near}`")
