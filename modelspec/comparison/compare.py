"""Compares two specs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison.changes import NOTHING, Change, Comparison
from modelspec.comparison.consequences import consequences, node_pairs
from modelspec.comparison.models import ModelComparer
from modelspec.comparison.sections import section_changes
from modelspec.summary import summarize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.comparison.because import Params
    from modelspec.graph import Graph
    from modelspec.language.model import Spec

_ORDER = (
    "params",
    "inputs",
    "shared",
    "layers",
    "blocks",
    "edges",
    "outputs",
    "data",
    "train",
    "tune",
)


def compare(before: tuple[Spec, Graph], after: tuple[Spec, Graph]) -> Comparison:
    """What a second spec means that a first one does not.

    Edges that are written out and those that are implied, params and their values, `3` and
    `[3, 3]`, `Flatten` and `{type: Flatten}` mean the same, and are no difference.

    Args:
        before: A spec without errors, and its graph.
        after: Another one.
    """
    first, second = before[0].model, after[0].model
    comparer = ModelComparer(first, second)
    own = comparer.params[-1]
    changes = [*comparer.changes, *section_changes(before[0], after[0], own)]
    changes += [each for each in own.used.values() if each not in changes]
    changes.sort(key=lambda change: _ORDER.index(change.path.split(".")[0]))
    graphs, models = (before[1], after[1]), (first, second)
    return Comparison(
        changes=tuple(changes),
        consequences=tuple(consequences(graphs, models, comparer.names)),
        notes=(*_names(before[0], after[0]), *_unused(comparer.params)),
        before=summarize(before[1]),
        after=summarize(after[1]),
        pairs=node_pairs(graphs, models, comparer.names),
    )


def _unused(params: Sequence[Params]) -> list[Change]:
    """The params of all models that were given another value, from which nothing follows."""
    used = {path for each in params for path in each.used}
    found: dict[str, Change] = {}
    for each in reversed(params):
        found |= {change.path: change for change in each.unused()}
    return [change for path, change in found.items() if path not in used]


def _names(before: Spec, after: Spec) -> list[Change]:
    """What the specs are called, which means nothing to the model."""
    return [
        Change(kind="changed", path=path, before=old or NOTHING, after=new or NOTHING)
        for path, old, new in (
            ("name", before.name, after.name),
            ("description", before.description, after.description),
        )
        if old != new
    ]
