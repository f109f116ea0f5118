"""The state of one reading of a spec, and the bounds of its size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.language.names import Suggestions
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.diagnostics import Report
    from modelspec.language.library import Library
    from modelspec.language.model import Model
    from modelspec.language.scope import Block
    from modelspec.source import Place

MAX_MODELS = 10_000
MAX_NODES = 250_000


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
    exhausted: bool = False
    too_deep: bool = False
    _types: dict[str, type[Layer] | None] = field(default_factory=dict)

    def layer_type(self, name: str) -> type[Layer] | None:
        """The declaration of a layer type."""
        if name not in self._types:
            self._types[name] = registry.find(name)
        return self._types[name]

    def admit(self, count: int, place: Place) -> bool:
        """Whether so many more nodes are within the bound; reported (MS104) if not."""
        self.nodes += count
        if self.nodes > MAX_NODES or len(self.models) > MAX_MODELS:
            if not self.exhausted:
                message = f"the spec has over {MAX_NODES:,} nodes, blocks written out"
                if self.nodes <= MAX_NODES:
                    message = f"the spec uses blocks with over {MAX_MODELS:,} sets of arguments"
                self.report.add(place.finding("MS104", message, key=True))
            self.exhausted = True
        return not self.exhausted
