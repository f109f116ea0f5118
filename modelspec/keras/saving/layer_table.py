"""The layers of one model that is written, and the tensors that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.body import Names
from modelspec.keras.model import snake_case
from modelspec.keras.saving.calls import Call
from modelspec.keras.saving.entries import Entry, Reference, saved_object
from modelspec.language.model import Endpoint
from modelspec.layers.values import Tensor, tensors_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.graph.graph import Graph, Node


class LayerTable:
    """What of a graph has been written so far.

    Args:
        graph: Which.

    Attributes:
        names: Gives out names of layers.
        entries: The layers by name.
        values: What stands for each value of the graph.
    """

    def __init__(self, graph: Graph) -> None:
        self.names = Names()
        self.entries: dict[str, Entry] = {}
        self.values: dict[Endpoint, list[Reference]] = {}
        self._graph = graph
        self._ports, self._readers = _read(graph)
        self._copies: dict[Reference, Reference] = {}

    def ports(self, node: Node) -> set[str]:
        """The ports of a node that are read, of a shared layer those read at any call."""
        calls = self._graph.shared[node.shared].calls if node.shared else [node.name]
        return set().union(*(self._ports.get(name, set()) for name in calls))

    def operands(self, node: Node) -> dict[str, list[Reference]]:
        """The tensors that reach each port of a node."""
        return {
            port: [each for end in ends for each in self.values[end]]
            for port, ends in node.operands.items()
        }

    def masked_operands(self, node: Node) -> dict[str, list[Reference]]:
        """The same for Keras's attention, which takes the masks off the tensors that it reads.

        Where others read them too, it is given copies; a `Rescaling` hands the mask on.
        """
        found = self.operands(node)
        shared = [
            len(self._readers[end]) > 1 for end in node.operands[""] for _ in self.values[end]
        ]
        pairs = zip(found[""], shared, strict=True)
        return {**found, "": [self._copy(each) if often else each for each, often in pairs]}

    def _copy(self, value: Reference) -> Reference:
        if value not in self._copies:
            name = self.names.fresh(f"{value.layer}_masked")
            entry = self.add(name, "keras.layers", "Rescaling", {"scale": 1.0, "offset": 0.0})
            self.connect(entry, Call([value.saved()], {}))
            self._copies[value] = Reference(name, 0, 0, value.tensor)
        return self._copies[value]

    def add(
        self,
        name: str,
        module: str,
        class_name: str,
        config: dict[str, Any],
        *,
        operation: bool = False,
        kind: str = "",
    ) -> Entry:
        """Write a layer; its calls are still to come."""
        filed = "" if operation else snake_case(kind or class_name)
        saved = saved_object(module, class_name, {"name": name, **config})
        entry = Entry({**saved, "name": name, "inbound_nodes": []}, filed)
        self.entries[name] = entry
        return entry

    def connect(self, entry: Entry, call: Call) -> None:
        """Write a call of a layer."""
        entry.saved["inbound_nodes"].append({"args": call.args, "kwargs": call.kwargs})
        entry.calls += 1

    def give(self, node: Node, name: str, entry: Entry, places: Mapping[str, list[int]]) -> None:
        """Note the values at the ports of a call."""
        for port, found in places.items():
            value = node.outputs.get(port)
            if value is None:
                continue
            parts = tensors_of(value)
            if len(found) == len(parts):
                pairs = zip(found, parts, strict=True)
                made = [Reference(name, entry.calls - 1, place, part) for place, part in pairs]
            elif port in self._ports.get(node.name, set()):
                assert isinstance(value, Tensor)
                made = [self._joined(name, entry.calls - 1, found, value)]
            else:
                continue
            self.values[end_of(node, port)] = made

    def give_block(self, node: Node, name: str, entry: Entry, inner: Graph) -> None:
        """Note the outputs of a call of a block."""
        place = 0
        for output in inner.outputs.values():
            parts = tensors_of(output.value)
            call = entry.calls - 1
            found = [Reference(name, call, place + i, part) for i, part in enumerate(parts)]
            place += len(parts)
            self.values[end_of(node, output.name)] = found
            if len(inner.outputs) == 1:
                self.values[end_of(node)] = found

    def _joined(self, name: str, call: int, places: list[int], value: Tensor) -> Reference:
        """A layer that joins two values, which are one here."""
        joined = self.names.fresh(f"{name}_states")
        half = Tensor(None, value.dtype)
        parts = [Reference(name, call, place, half).saved() for place in places]
        entry = self.add(joined, "keras.layers", "Concatenate", {"axis": -1})
        self.connect(entry, Call([parts], {}))
        return Reference(joined, 0, 0, value)


def end_of(node: Node, port: str = "") -> Endpoint:
    """The value at a port of a node."""
    return Endpoint(node.name, port)


def _read(graph: Graph) -> tuple[dict[str, set[str]], dict[Endpoint, set[str]]]:
    """The output ports of each node that anything alive reads, and what reads each value."""
    ports: dict[str, set[str]] = {}
    readers: dict[Endpoint, set[str]] = {}
    ends = [(node.name, end) for node in graph.nodes.values() if node.alive for end in node.sources]
    ends += [(f"-> {output.name}", output.source) for output in graph.outputs.values()]
    for reader, end in ends:
        ports.setdefault(end.node, set()).add(end.port)
        readers.setdefault(end, set()).add(reader)
    return ports, readers
