"""The entries of a model as a graph: copies that `repeat` makes are one entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.comparison import entries
from modelspec.comparison.digest import digest
from modelspec.language.model import Model, Use

if TYPE_CHECKING:
    from modelspec.comparison.entries import Values
    from modelspec.language.model import Declared, Edge, Endpoint, What
    from modelspec.source import Place


@dataclass(slots=True)
class Operand:
    """An edge into an entry.

    Attributes:
        source: The entry it comes from.
        leaving: The port it leaves from, and which copy where that is not the last.
        entering: The port it goes to, and which copy where that is not the first.
    """

    source: str
    leaving: str
    entering: str
    place: Place


@dataclass(slots=True)
class Entry:
    """An input, or a layer with all its copies.

    Attributes:
        declared: Its first copy; None of an input.
        signature: What it does, whatever it is called.
    """

    name: str
    place: Place
    values: Values
    signature: str
    declared: Declared | None = None
    operands: list[Operand] = field(default_factory=list)


class EntryGraphs:
    """The entries of models, each model read once however many blocks call it."""

    def __init__(self) -> None:
        self._found: dict[Model, dict[str, Entry]] = {}

    def of(self, model: Model) -> dict[str, Entry]:
        """The entries of a model by name, with the edges into each in their order."""
        if model not in self._found:
            self._found[model] = self._read(model)
        return self._found[model]

    def _read(self, model: Model) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for name, given in model.inputs.items():
            values = entries.of_input(given)
            found[name] = Entry(name, given.place, values, f"input {_content(values)}")
        for name, declared in model.nodes.items():
            called = declared.repeat.name if declared.repeat else name
            if called not in found:
                values = entries.of_layer(declared)
                mark = self._signature(declared, values, model)
                found[called] = Entry(called, declared.place, values, mark, declared)
        for edge in model.edges:
            _add(edge, model, found)
        return found

    def _signature(self, declared: Declared, values: Values, model: Model) -> str:
        """What an entry does: its type and arguments; of a shared layer, those that are shared."""
        what = declared.what
        if isinstance(what, Use):
            owner = model.shared.get(what.shared)
            return f"shared {self._of_what(owner.what if owner else None)} "
        return f"{self._of_what(what)} {_content(values)}"

    def _of_what(self, what: What) -> str:
        if isinstance(what, Model):
            return f"block {digest([each.signature for each in self.of(what).values()])}"
        return type(what).__name__


def _content(values: Values) -> str:
    """The values of an entry as text; a block's name is but a name."""
    written = sorted((".".join(map(str, way)), repr(each.value)) for way, each in values.items())
    return ", ".join(f"{way}={value}" for way, value in written if way not in ("use",))


def _add(edge: Edge, model: Model, found: dict[str, Entry]) -> None:
    source, target = _called(edge.source, model), _called(edge.target, model)
    if source == target:
        return
    leaving = _port(edge.source, model, leaving=True)
    entering = _port(edge.target, model, leaving=False)
    if target in found:
        found[target].operands.append(Operand(source, leaving, entering, edge.place))


def _called(endpoint: Endpoint, model: Model) -> str:
    declared = model.nodes.get(endpoint.node)
    return declared.repeat.name if declared and declared.repeat else endpoint.node


def _port(endpoint: Endpoint, model: Model, *, leaving: bool) -> str:
    """The port; with the number of the copy, where an edge means one in the middle."""
    declared = model.nodes.get(endpoint.node)
    repeat = declared.repeat if declared else None
    if repeat is None or repeat.index == (repeat.count if leaving else 1):
        return endpoint.port
    return f"{repeat.index}.{endpoint.port}"
