"""What two models differ in, with all blocks in them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.comparison import entries
from modelspec.comparison.because import Params, between
from modelspec.comparison.changes import NOTHING, Change
from modelspec.comparison.entry_graph import Entry, entry_graph
from modelspec.comparison.matching import matched
from modelspec.comparison.values import Path, Value, same, where_said
from modelspec.language.model import Declared, Model, Use

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelspec.comparison.entries import Values
    from modelspec.comparison.entry_graph import Operand
    from modelspec.language.model import Output, What


class ModelComparer:
    """Compares a model with another, and the bodies of its blocks.

    Attributes:
        changes: What was found, in the order of the language.
        names: Which entry is which, by the pair of models that they are in.
        params: Those of each pair of models, the blocks' first.
    """

    def __init__(self, before: Model, after: Model) -> None:
        self.changes: list[Change] = []
        self.names: dict[tuple[Model, Model], dict[str, str]] = {}
        self.params: list[Params] = []
        self._compare(before, after, Params(before, after), "")

    def _compare(self, before: Model, after: Model, params: Params, file: str) -> None:
        if (before, after) in self.names:
            return
        graphs = entry_graph(before), entry_graph(after)
        names = matched(*graphs)
        self.names[before, after] = names
        scope = _Scope(before, after, params, file, graphs, names)
        self._entries(scope, inputs=True)
        self._entries(scope, inputs=False)
        self._shared(scope)
        self._edges(scope)
        self._outputs(scope)
        self.params.append(params)
        self._find(params.used.values())

    def _find(self, changes: Iterable[Change]) -> None:
        """Add changes; what several calls of a block have in common is said once."""
        for change in changes:
            if not any(_is_same(change, known) for known in self.changes):
                self.changes.append(change)

    def _entries(self, scope: _Scope, *, inputs: bool) -> None:
        section = "inputs" if inputs else "layers"
        before, after = (
            {name: each for name, each in graph.items() if (each.declared is None) == inputs}
            for graph in scope.graphs
        )
        self._find(_gone_or_new(before, after, scope.names, scope.at(section)))
        for name, entry in before.items():
            other = after.get(scope.names.get(name, ""))
            if other is None:
                continue
            if other.name != name:
                self._find([_renamed(entry, other, scope.at(section))])
            values = entry.values, other.values
            if inputs and scope.left_to_data(name, other.name):
                values = _without_shape(entry.values), _without_shape(other.values)
            self._values(*values, scope)
            if entry.declared and other.declared:
                self._bodies(entry.declared, other.declared, scope, scope.at(section, other.name))

    def _shared(self, scope: _Scope) -> None:
        before, after = (_shared_entries(model) for model in (scope.before, scope.after))
        names = scope.shared_names()
        at = scope.at("shared")
        self._find(_gone_or_new(before, after, names, at))
        for name, entry in before.items():
            other = after.get(names.get(name, ""))
            if other is None:
                continue
            if other.name != name:
                self._find([_renamed(entry, other, at)])
            self._values(entry.values, other.values, scope)
            assert entry.declared
            assert other.declared
            self._bodies(entry.declared, other.declared, scope, f"{at}.{other.name}")

    def _values(self, before: Values, after: Values, scope: _Scope) -> None:
        if before.keys() & after.keys() & {("use",)}:
            named = scope.shared_names().get(str(before[("use",)].value))
            before = before | {("use",): before[("use",)]._replace(value=named)}
        self._find(value_changes(before, after, scope.params, scope.file))

    def _bodies(self, before: Declared, after: Declared, scope: _Scope, at: str) -> None:
        """Compare the blocks that two entries call, also inside wrappers."""
        first, second = innermost(before.what), innermost(after.what)
        if not isinstance(first, Model) or not isinstance(second, Model):
            return
        given = {
            _argument(change.path.removeprefix(f"{at}.")): change.because or (change.path,)
            for change in self.changes
            if change.path.startswith(f"{at}.")
        }
        file = scope.file if second.place.path else scope.at("blocks", second.name)
        params = Params(first, second, given, file, scope.params)
        self._compare(first, second, params, file)

    def _edges(self, scope: _Scope) -> None:
        """Say whose operands come from somewhere else."""
        first, second = scope.graphs
        kept = set(scope.names.values())
        for name, other in scope.names.items():
            before = [_source(each, scope.names) for each in first[name].operands]
            after = [_source(each) for each in second[other].operands]
            if before == after:
                continue
            new = [each for each in second[other].operands if _source(each) not in before]
            place = (new or second[other].operands or first[name].operands)[0].place
            because = _added_between(first[name], second[other], scope, kept)
            self._find(
                [
                    Change(
                        kind="rewired",
                        path=scope.at("edges", *place.path[1:2]) if not because else
                        scope.at("layers", other),
                        before=f"{', '.join(map(_label, first[name].operands))} -> {name}",
                        after=f"{', '.join(map(_label, second[other].operands))} -> {other}",
                        because=because,
                        new=place.span,
                    )
                ]
            )  # fmt: skip

    def _outputs(self, scope: _Scope) -> None:
        before, after = scope.before.outputs, scope.after.outputs
        names = _outputs_matched(before, after, scope.names)
        at = scope.at("outputs")
        for name, output in before.items():
            if name not in names:
                path = f"{at}.{name}"
                self._find([Change(kind="removed", path=path, old=output.place.span)])
        for name, output in after.items():
            if name not in names.values():
                self._find([Change(kind="added", path=f"{at}.{name}", new=output.place.span)])
        for name, other in names.items():
            first, second = before[name], after[other]
            if name != other:
                because = (scope.at("layers", other),) * (scope.names.get(name) == other)
                self._find([_change_of_name(name, other, at, first, second, because)])
            values = entries.of_output(first), entries.of_output(second)
            self._find(value_changes(*values, scope.params, scope.file))
            self._find(_source_changed(first, second, scope, f"{at}.{other}"))


class _Scope:
    """Two models that are compared, and what is known of them.

    Args:
        before: The model in the first spec.
        after: In the second one.
        params: What values of them may follow from.
        file: What stands before paths in the file of the second: empty in the spec's own file.
        graphs: Their entries.
        names: Which entry is which.
    """

    def __init__(
        self,
        before: Model,
        after: Model,
        params: Params,
        file: str,
        graphs: tuple[dict[str, Entry], dict[str, Entry]],
        names: dict[str, str],
    ) -> None:
        self.before = before
        self.after = after
        self.params = params
        self.file = file
        self.graphs = graphs
        self.names = names

    def at(self, *keys: str | int) -> str:
        """A path in the second spec."""
        head = [self.file] if self.file else []
        return ".".join(map(str, (*head, *self.after.place.path, *keys)))

    def left_to_data(self, name: str, other: str) -> bool:
        """Whether both leave an input's shape to their data."""
        return self.before.inputs[name].left_to_data and self.after.inputs[other].left_to_data

    def shared_names(self) -> dict[str, str]:
        """Which shared layer is which: by name, or by who calls it."""
        known = {name: name for name in self.before.shared if name in self.after.shared}
        for name, other in self.names.items():
            first, second = (graph.get(each) for graph, each in zip(
                self.graphs, (name, other), strict=True))  # fmt: skip
            used = [_used(entry) for entry in (first, second)]
            if used[0] and used[1] and used[0] not in known and used[1] not in known.values():
                known[used[0]] = used[1]
        return known


def value_changes(before: Values, after: Values, params: Params, file: str = "") -> list[Change]:
    """The changes from some values to others, by their ways down.

    Args:
        before: What the first spec says.
        after: What the second one says.
        params: What they may follow from.
        file: What stands before paths in the file that they are in.
    """
    retyped = {
        way[:-1]
        for way in before.keys() & after.keys()
        if way[-1:] == ("type",) and not same(before[way].value, after[way].value)
    }
    found = []
    for way in dict.fromkeys((*before, *after)):
        first, second = before.get(way), after.get(way)
        if first and second and same(first.value, second.value):
            continue
        if _is_default(first) and _is_default(second) and _is_of(way, retyped):
            continue
        if (first is None or first.value is None) and (second is None or second.value is None):
            continue
        first, second = where_said(first, second)
        path = _path(first, second, file)
        because = params.because(first, second) if first and second else ()
        found.append(between(path, first, second, because))
    return found


def _path(before: Value | None, after: Value | None, file: str) -> str:
    """The way to a value as it was written: to a layer, where its type stands alone."""
    written = [each for each in (after, before) if each and each.written is not NOTHING]
    said = written[0] if written else after or before
    assert said
    path = said.path if written else said.place.text
    return f"{file}.{path}" if file else path


def _is_default(value: Value | None) -> bool:
    return value is None or value.written is NOTHING


def _is_of(way: Path, retyped: set[Path]) -> bool:
    """Whether a value belongs to something that is of another type now."""
    return any(way[: len(around)] == around for around in retyped)


def _gone_or_new(
    before: Mapping[str, Entry], after: Mapping[str, Entry], names: Mapping[str, str], at: str
) -> list[Change]:
    gone = [
        Change(kind="removed", path=f"{at}.{name}", before=_told(entry), old=entry.place.span)
        for name, entry in before.items()
        if name not in names
    ]
    kept = set(names.values())
    new = [
        Change(kind="added", path=f"{at}.{name}", after=_told(entry), new=entry.place.span)
        for name, entry in after.items()
        if name not in kept
    ]
    return [*gone, *new]


def _told(entry: Entry) -> str:
    """A layer in a few words: `Dense(units=10, activation=softmax)`."""
    if entry.declared is None:
        shape = entry.values[("shape",)].value
        return f"Input({shape})"
    kind = entry.values.get(("type",)) or entry.values.get(("use",))
    told = [
        f"{'.'.join(map(str, way))}={value.value}"
        for way, value in entry.values.items()
        if value.written is not NOTHING and value is not kind
    ]
    return f"{kind.value if kind else '?'}({', '.join(told)})"


def _renamed(entry: Entry, other: Entry, at: str) -> Change:
    return Change(
        kind="renamed",
        path=f"{at}.{other.name}",
        before=entry.name,
        after=other.name,
        old=entry.place.key_span,
        new=other.place.key_span,
    )


def _change_of_name(
    name: str, other: str, at: str, before: Output, after: Output, because: tuple[str, ...]
) -> Change:
    return Change(
        kind="renamed",
        path=f"{at}.{other}",
        before=name,
        after=other,
        because=because,
        old=before.place.key_span,
        new=after.place.key_span,
    )


def _without_shape(values: Values) -> Values:
    """The values of an input whose shape the data says: it follows from them."""
    return {way: value for way, value in values.items() if way != ("shape",)}


def _is_same(change: Change, known: Change) -> bool:
    plain = replace(change, old=None, new=None, because=())
    return plain == replace(known, old=None, new=None, because=())


def _argument(path: str) -> str:
    """The argument at a path in an entry, also in what a wrapper holds."""
    while path.startswith("layer."):
        path = path.removeprefix("layer.")
    return path


def innermost(what: What) -> object:
    """What a wrapper holds, at its very inside; anything else itself."""
    inner: object = what
    while not isinstance(inner, Model) and getattr(inner, "layer", None) is not None:
        inner = inner.layer  # type: ignore[attr-defined]
    return inner


def _used(entry: Entry | None) -> str:
    declared = entry.declared if entry else None
    return declared.what.shared if declared and isinstance(declared.what, Use) else ""


def _shared_entries(model: Model) -> dict[str, Entry]:
    return {
        name: Entry(name, declared.place, entries.of_layer(declared), "", declared)
        for name, declared in model.shared.items()
    }


def _source(operand: Operand, names: Mapping[str, str] | None = None) -> tuple[str, str, str]:
    source = names.get(operand.source, f"- {operand.source}") if names else operand.source
    return source, operand.leaving, operand.entering


def _label(operand: Operand) -> str:
    return f"{operand.source}.{operand.leaving}" if operand.leaving else operand.source


def _added_between(before: Entry, after: Entry, scope: _Scope, kept: set[str]) -> tuple[str, ...]:
    """What was put in front of an entry, or taken away there, if that is all that changed."""
    old = {(_source(each, scope.names)) for each in before.operands}
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


def _outputs_matched(
    before: Mapping[str, Output], after: Mapping[str, Output], names: Mapping[str, str]
) -> dict[str, str]:
    """Outputs of one name, or else from one entry, are one."""
    found = {name: name for name in before if name in after}
    for name, output in before.items():
        if name in found:
            continue
        for other, candidate in after.items():
            if other not in found.values() and (
                names.get(output.source.node, "") == candidate.source.node
            ):
                found[name] = other
                break
    return {name: found[name] for name in before if name in found}


def _source_changed(before: Output, after: Output, scope: _Scope, at: str) -> list[Change]:
    source = _translated(before.source.node, scope)
    if source == _entry_name(after.source.node, scope.after) and (
        before.source.port == after.source.port
    ):
        return []
    added = _entry_name(after.source.node, scope.after) not in scope.names.values()
    return [
        Change(
            kind="rewired",
            path=f"{at}.from" if after.place.document.value((*after.place.path, "from")) else at,
            before=f"{before.source} -> {before.name}",
            after=f"{after.source} -> {after.name}",
            because=(scope.at("layers", after.source.node),) if added else (),
            old=before.place.span,
            new=after.place.span,
        )
    ]


def _translated(node: str, scope: _Scope) -> str:
    return scope.names.get(_entry_name(node, scope.before), "")


def _entry_name(node: str, model: Model) -> str:
    declared = model.nodes.get(node)
    return declared.repeat.name if declared and declared.repeat else node
