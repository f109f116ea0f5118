"""What a body of layers sees: params and blocks by name, and the bounds of one reading."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.language.names import Suggestions
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.language.library import Library
    from modelspec.language.model import Model
    from modelspec.source import Document, Place

MAX_BLOCK_DEPTH = 32
MAX_MODELS = 10_000
MAX_NODES = 250_000
MAX_REPEAT = 10_000


@dataclass(slots=True, eq=False)
class Block:
    """A declared block.

    Attributes:
        body: Its text as plain data; None where it is broken, which has been reported.
        place: Where its body stands.
        outer: What it sees around it; nothing of a block from a file.
        is_file: Whether it is a spec of its own.
        used: Whether anything calls it.
    """

    name: str
    body: dict[str, Any] | None
    place: Place
    outer: Scope | None = None
    is_file: bool = False
    used: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """Its params' defaults, as they are written."""
        params = (self.body or {}).get("params")
        return params if isinstance(params, dict) else {}


@dataclass(slots=True, eq=False)
class Scope:
    """The params and blocks that a body sees."""

    params: dict[str, Any] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Reading:
    """What is kept while one spec is read."""

    report: Report
    library: Library
    suggestions: Suggestions = field(default_factory=Suggestions)
    models: dict[tuple[Block, str], Model | None] = field(default_factory=dict)
    open_blocks: list[tuple[Block, Place]] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
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
