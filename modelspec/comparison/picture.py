"""One diagram of two specs."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from modelspec.comparison.text import change_text, consequence_text
from modelspec.plot import Differences, PlotOptions, draw_differences

if TYPE_CHECKING:
    from modelspec.comparison.changes import Change, Comparison
    from modelspec.graph import Graph


def picture(before: Graph, after: Graph, found: Comparison, options: PlotOptions) -> bytes:
    """Draw two specs as one: green is new, red is gone, yellow was changed, grey only follows.

    Raises:
        TooLargeError: A PNG would have too many pixels.
    """
    changed: dict[str, list[str]] = defaultdict(list)
    follows: dict[str, list[str]] = defaultdict(list)
    for change in found.changes:
        if change.kind in ("added", "removed"):
            continue
        key = _key(change)
        if key:
            (changed if change.is_cause else follows)[key].append(change_text(change))
    for each in found.consequences:
        follows[each.node].append(consequence_text(each))
    pairs = found.pairs.nodes | {
        f"outputs/{change.before}": f"outputs/{change.after}"
        for change in found.changes
        if change.kind == "renamed" and change.path.startswith("outputs.")
    }
    return draw_differences(before, after, Differences(pairs, changed, follows), options)


def _key(change: Change) -> str:
    """The box that a change is about, as far as it is one of the whole model."""
    section, _, rest = change.path.partition(".")
    name = rest.split(".")[0]
    if section == "outputs":
        return f"outputs/{name}"
    if change.kind == "rewired" and section == "edges":
        return str(change.after).rpartition("-> ")[2]
    return name if section in ("layers", "inputs") else ""
