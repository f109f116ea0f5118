"""The state of one reading of a spec, and the bounds of its size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.language.names import Suggestions
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.diagnostics import Report
    from modelspec.language.entry import Entry
    from modelspec.language.library import Library
    from modelspec.language.model import Declared, Model, What
    from modelspec.language.scope import Block
    from modelspec.source import Place

MAX_MODELS = 10_000
MAX_NODES = 250_000
MAX_COPIES = 20_000
"""How many layers `repeat` may make, those in a block counted once."""
MAX_WRITTEN_OUT = 1_000_000
"""How many nodes a graph may have, all blocks written out."""


@dataclass(slots=True, eq=False)
class ReadContext:
    """What is kept while one spec is read.

    Attributes:
        report: Takes the findings.
        library: The blocks that stand in files.
        read_body: Reads a body for some arguments. It is handed in, since a body calls blocks,
            and each block has a body.
        models: The models of blocks that are read, by block and arguments.
        open_blocks: The calls of blocks that lead to what is being read, the outermost first.
        nodes: How many nodes are read, copies and blocks written out.
        copies: How many of them `repeat` makes.
        exhausted: Whether there were too many of them, which has been reported.
        too_deep: Whether blocks were nested too deep, which has been reported.
    """

    report: Report
    library: Library
    read_body: Callable[[Block, dict[str, Any], ReadContext], Model]
    suggestions: Suggestions = field(default_factory=Suggestions)
    models: dict[tuple[Block, str], Model | None] = field(default_factory=dict)
    open_blocks: list[tuple[Block, Place]] = field(default_factory=list)
    nodes: int = 0
    copies: int = 0
    exhausted: bool = False
    too_deep: bool = False
    _types: dict[str, type[Layer] | None] = field(default_factory=dict)
    _sizes: dict[int, int] = field(default_factory=dict)

    def layer_type(self, name: str) -> type[Layer] | None:
        """The declaration of a layer type."""
        if name not in self._types:
            self._types[name] = registry.find(name)
        return self._types[name]

    def admit_entry(self, entry: Entry, place: Place) -> bool:
        """Whether the nodes of an entry are within the bounds; reported (MS104) if not.

        They are counted before a copy is made, and before a block is written out.
        """
        self.copies += entry.copies or 0
        return self.admit(entry.copies or 1, place, entry.what)

    def admit(self, count: int, place: Place, what: What = None) -> bool:
        """Whether so many more nodes, of what they are, are within the bounds."""
        self.nodes += count
        problem = self._beyond(count * (1 + self._written_out(what)))
        if problem and not self.exhausted:
            self.report.add(place.finding("MS104", problem, key=True, help="repeat less"))
        self.exhausted = self.exhausted or bool(problem)
        return not self.exhausted

    def _beyond(self, written_out: int) -> str:
        """Which bound is exceeded."""
        if self.nodes > MAX_NODES:
            return f"the spec has over {MAX_NODES:,} nodes, blocks written out"
        if self.copies > MAX_COPIES:
            return f"the spec repeats layers over {MAX_COPIES:,} times"
        if len(self.models) > MAX_MODELS:
            return f"the spec uses blocks with over {MAX_MODELS:,} sets of arguments"
        if written_out > MAX_WRITTEN_OUT:
            return f"with this written out, the graph has over {MAX_WRITTEN_OUT:,} nodes"
        return ""

    def _written_out(self, what: What) -> int:
        """How many nodes lie in a block, those of blocks in it too; 0 in a layer."""
        if isinstance(what, Layer):
            return self._written_out(getattr(what, "layer", None))
        nodes: Mapping[str, Declared] | None = getattr(what, "nodes", None)
        if nodes is None:
            return 0
        if id(what) not in self._sizes:
            inside = (1 + self._written_out(declared.what) for declared in nodes.values())
            self._sizes[id(what)] = sum(inside)
        return self._sizes[id(what)]
