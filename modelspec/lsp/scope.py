"""The names that can be meant at a place: those of the spec, or of the block around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.graph import Graph
    from modelspec.lsp.outline import Outline
    from modelspec.source.tree import Path


class Scope(NamedTuple):
    """One model of a text: the whole, or a block written in it.

    Attributes:
        data: Its sections.
        path: A place in it, from its top.
        blocks: All blocks that can be used in it.
        graph: Of the last text that had one, for what is in no text: the ports of a block's file.
    """

    data: dict[str, Any]
    path: Path
    blocks: dict[str, Any]
    graph: Graph | None

    def section(self, name: str) -> dict[str, Any]:
        """A section's entries; of a list of names, those names."""
        found = self.data.get(name)
        if isinstance(found, list):
            return {each: None for each in found if isinstance(each, str)}
        return found if isinstance(found, dict) else {}

    def nodes(self) -> Iterator[tuple[str, str]]:
        """Each node, and what it is."""
        for name in self.section("inputs"):
            yield name, "an input"
        for name, entry in self.section("layers").items():
            yield name, self.type_of(entry)

    def type_of(self, entry: object) -> str:
        """The type that an entry says: `Dense`, a block's name, `use: encoder`."""
        if isinstance(entry, dict):
            used = entry.get("use")
            return f"use: {used}" if used else str(entry.get("type") or "")
        return str(entry or "")

    def ports(self, node: str) -> list[tuple[str, str]]:
        """The named ports of a node, each with what it is."""
        entry = self.section("layers").get(node)
        if isinstance(entry, dict) and entry.get("use"):
            entry = self.section("shared").get(entry["use"])
        type = self.type_of(entry)
        if type in self.blocks:
            return [*self._of_block(node, self.blocks[type])]
        found = {}
        made = self.graph.nodes.get(node) if self.graph else None
        if made is not None:
            found = {port: "an output" for port in made.outputs if port}
        declared = registry.find(type)
        for port in declared.input_ports if declared else ():
            found[port] = "an input and an output" if port in found else "an input"
        return [*found.items()]

    def _of_block(self, node: str, body: object) -> Iterator[tuple[str, str]]:
        if isinstance(body, dict):
            inner = Scope(body, (), self.blocks, None)
            for kind in ("inputs", "outputs"):
                yield from ((name, f"an {kind[:-1]}") for name in inner.section(kind))
            return
        made = self.graph.nodes.get(node) if self.graph else None
        if made is not None and made.graph is not None:
            yield from ((name, "an input") for name in made.graph.inputs)
            yield from ((name, "an output") for name in made.graph.outputs)


def scope_of(outline: Outline, path: Path, graph: Graph | None) -> Scope:
    """The innermost model around a place."""
    data: Any = outline.data
    blocks: dict[str, Any] = {}
    while True:
        own = data.get("blocks")
        blocks |= own if isinstance(own, dict) else {}
        inner = data
        for key in path[:2]:
            inner = inner.get(key) if isinstance(inner, dict) else None
        if len(path) < 3 or path[0] != "blocks" or not isinstance(inner, dict):
            return Scope(data, path, blocks, graph)
        data, path, graph = inner, path[2:], None
