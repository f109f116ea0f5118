"""What the outputs of two models differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison import entries
from modelspec.comparison.changes import Change
from modelspec.comparison.value_changes import value_changes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.comparison.scope import Scope
    from modelspec.language.model import Model, Output


def output_changes(scope: Scope) -> list[Change]:
    """Outputs that are new, gone, or called otherwise; their losses, metrics and sources."""
    before, after = scope.before.outputs, scope.after.outputs
    names = _matched(before, after, scope)
    at = scope.at("outputs")
    found = [
        Change(kind="removed", path=f"{at}.{name}", old=output.place.span)
        for name, output in before.items()
        if name not in names
    ]
    found += [
        Change(kind="added", path=f"{at}.{name}", new=output.place.span)
        for name, output in after.items()
        if name not in names.values()
    ]
    for name, other in names.items():
        first, second = before[name], after[other]
        if name != other:
            found.append(_renamed(first, second, scope))
        values = entries.of_output(first), entries.of_output(second)
        found += value_changes(*values, scope.params, scope.file)
        found += _source_changed(first, second, scope, f"{at}.{other}")
    return found


def _renamed(before: Output, after: Output, scope: Scope) -> Change:
    """That it is called otherwise follows, where the layer that it is called after is."""
    with_layer = scope.names.get(before.name) == after.name
    return Change(
        kind="renamed",
        path=scope.at("outputs", after.name),
        before=before.name,
        after=after.name,
        because=(scope.at("layers", after.name),) if with_layer else (),
        old=before.place.key_span,
        new=after.place.key_span,
    )


def _matched(
    before: Mapping[str, Output], after: Mapping[str, Output], scope: Scope
) -> dict[str, str]:
    """Outputs of one name, or else from one entry, are one."""
    found = {name: name for name in before if name in after}
    for name, output in before.items():
        if name in found:
            continue
        for other, candidate in after.items():
            if other not in found.values() and (
                _counterpart(output, scope) == _entry_name(candidate.source.node, scope.after)
            ):
                found[name] = other
                break
    return {name: found[name] for name in before if name in found}


def _source_changed(before: Output, after: Output, scope: Scope, at: str) -> list[Change]:
    source = _entry_name(after.source.node, scope.after)
    if _counterpart(before, scope) == source and before.source.port == after.source.port:
        return []
    added = source not in scope.names.values()
    return [
        Change(
            kind="rewired",
            path=f"{at}.from" if after.place.document.value((*after.place.path, "from")) else at,
            before=f"{before.source} -> {before.name}",
            after=f"{after.source} -> {after.name}",
            because=(scope.at("layers", source),) if added else (),
            old=before.place.span,
            new=after.place.span,
        )
    ]


def _counterpart(output: Output, scope: Scope) -> str:
    """The entry of the second model that an output of the first comes from."""
    return scope.names.get(_entry_name(output.source.node, scope.before), "")


def _entry_name(node: str, model: Model) -> str:
    declared = model.nodes.get(node)
    return declared.repeat.name if declared and declared.repeat else node
