"""Which entries take their operands from somewhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison.changes import Change

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.comparison.entry_graph import Entry, Operand
    from modelspec.comparison.scope import Scope


def edge_changes(scope: Scope) -> list[Change]:
    """A change for each entry whose operands are other ones, or in another order."""
    first, second = scope.graphs
    found = []
    for name, other in scope.names.items():
        old = [_source(each, scope.names) for each in first[name].operands]
        new = [_source(each) for each in second[other].operands]
        if old != new:
            found.append(_rewired(first[name], second[other], scope))
    return found


def _rewired(before: Entry, after: Entry, scope: Scope) -> Change:
    old = [_source(each, scope.names) for each in before.operands]
    fresh = [each for each in after.operands if _source(each) not in old]
    place = (fresh or after.operands or before.operands)[0].place
    because = _added_between(before, after, scope)
    path = scope.at("layers", after.name) if because else scope.at("edges", *place.path[1:2])
    return Change(
        kind="rewired",
        path=path,
        before=f"{', '.join(map(_label, before.operands))} -> {before.name}",
        after=f"{', '.join(map(_label, after.operands))} -> {after.name}",
        because=because,
        new=place.span,
    )


def _added_between(before: Entry, after: Entry, scope: Scope) -> tuple[str, ...]:
    """What was put in front of an entry, or taken away there, if that is all that changed."""
    kept = set(scope.names.values())
    old = {_source(each, scope.names) for each in before.operands}
    new = {_source(each) for each in after.operands}
    came = [source for source, _, _ in new - old]
    went = [each.source for each in before.operands if _source(each, scope.names) not in new]
    added = [scope.at("layers", name) for name in came if name not in kept]
    removed = [scope.at("layers", name) for name in went if name not in scope.names]
    if came and all(name not in kept for name in came):
        return tuple(dict.fromkeys(added))
    if went and all(name not in scope.names for name in went):
        return tuple(dict.fromkeys(removed))
    return ()


def _source(operand: Operand, names: Mapping[str, str] | None = None) -> tuple[str, str, str]:
    source = names.get(operand.source, f"- {operand.source}") if names else operand.source
    return source, operand.leaving, operand.entering


def _label(operand: Operand) -> str:
    return f"{operand.source}.{operand.leaving}" if operand.leaving else operand.source
