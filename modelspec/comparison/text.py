"""Changes in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.comparison.changes import NOTHING

if TYPE_CHECKING:
    from modelspec.comparison.changes import Change, Consequence

MOST = 60
"""How many characters of a value are shown."""


def change_text(change: Change) -> str:
    """What was changed, `32 -> 64`; where, stands beside it."""
    if change.kind in ("added", "removed"):
        return shown(change.after if change.kind == "added" else change.before)
    if change.before is NOTHING:
        return f"set to {shown(change.after)}"
    if change.after is NOTHING:
        return f"was {shown(change.before)}"
    if change.kind == "rewired":
        return f"{change.after} (was {change.before})"
    return f"{shown(change.before)} -> {shown(change.after)}"


def consequence_text(consequence: Consequence) -> str:
    """What became of a node: `shape [26, 26, 32] -> [26, 26, 64]`."""
    before, after = consequence.before, consequence.after
    return f"{consequence.what} {shown(before)} -> {shown(after)}"


def shown(value: Any) -> str:
    """A value as the language writes it, cut where it is long."""
    if value is NOTHING:
        return ""
    if value is None:
        text = "null"
    elif isinstance(value, bool):
        text = str(value).lower()
    elif isinstance(value, int):
        text = str(value)
    elif isinstance(value, tuple):
        text = ", ".join(map(str, value))
    else:
        text = str(value)
    return text if len(text) <= MOST else text[: MOST - 1] + "\N{HORIZONTAL ELLIPSIS}"
