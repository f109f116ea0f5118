"""What two models differ in, with all blocks in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.comparison import entries
from modelspec.comparison.because import Params
from modelspec.comparison.changes import NOTHING, Change
from modelspec.comparison.connections import edge_changes
from modelspec.comparison.entry_graph import Entry, EntryGraphs
from modelspec.comparison.matching import matched
from modelspec.comparison.outputs import output_changes
from modelspec.comparison.scope import Scope, innermost
from modelspec.comparison.value_changes import value_changes
from modelspec.language.model import Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelspec.comparison.entries import Values
    from modelspec.language.model import Declared


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
        self._graphs = EntryGraphs()
        self._known: set[tuple[str, ...]] = set()
        self._compare(before, after, Params(before, after), "")

    def _compare(self, before: Model, after: Model, params: Params, file: str) -> None:
        if (before, after) in self.names:
            return
        graphs = self._graphs.of(before), self._graphs.of(after)
        names = matched(*graphs)
        self.names[before, after] = names
        scope = Scope(before, after, params, file, graphs, names)
        self._entries(scope, inputs=True)
        self._entries(scope, inputs=False)
        self._shared(scope)
        self._find(edge_changes(scope))
        self._find(output_changes(scope))
        self.params.append(params)
        self._find(params.used.values())

    def _find(self, changes: Iterable[Change]) -> None:
        """Add changes; what several calls of a block have in common is said once."""
        for change in changes:
            key = (change.kind, change.path, repr(change.before), repr(change.after))
            if key not in self._known:
                self._known.add(key)
                self.changes.append(change)

    def _entries(self, scope: Scope, *, inputs: bool) -> None:
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
            changes = self._values(*values, scope)
            if entry.declared and other.declared:
                at = scope.at(section, other.name)
                self._bodies(entry.declared, other.declared, scope, at, changes)

    def _shared(self, scope: Scope) -> None:
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
            changes = self._values(entry.values, other.values, scope)
            assert entry.declared
            assert other.declared
            self._bodies(entry.declared, other.declared, scope, f"{at}.{other.name}", changes)

    def _values(self, before: Values, after: Values, scope: Scope) -> list[Change]:
        if before.keys() & after.keys() & {("use",)}:
            named = scope.shared_names().get(str(before[("use",)].value))
            before = before | {("use",): before[("use",)]._replace(value=named)}
        found = value_changes(before, after, scope.params, scope.file)
        self._find(found)
        return found

    def _bodies(
        self,
        before: Declared,
        after: Declared,
        scope: Scope,
        at: str,
        changes: list[Change],
    ) -> None:
        """Compare the blocks that two entries call, also inside wrappers.

        `changes` are those of the entries' arguments, which what is inside may follow from.
        """
        first, second = innermost(before.what), innermost(after.what)
        if not isinstance(first, Model) or not isinstance(second, Model):
            return
        given = {
            _argument(change.path.removeprefix(f"{at}.")): change.because or (change.path,)
            for change in changes
            if change.path.startswith(f"{at}.")
        }
        file = scope.file if second.place.path else scope.at("blocks", second.name)
        params = Params(first, second, given, file, scope.params)
        self._compare(first, second, params, file)


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


def _without_shape(values: Values) -> Values:
    """The values of an input whose shape the data says: it follows from them."""
    return {way: value for way, value in values.items() if way != ("shape",)}


def _argument(path: str) -> str:
    """The argument at a path in an entry, also in what a wrapper holds."""
    while path.startswith("layer."):
        path = path.removeprefix("layer.")
    return path


def _shared_entries(model: Model) -> dict[str, Entry]:
    return {
        name: Entry(name, declared.place, entries.of_layer(declared), "", declared)
        for name, declared in model.shared.items()
    }
