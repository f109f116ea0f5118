"""What a body of layers sees: params and blocks by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modelspec.source import Place

MAX_BLOCK_DEPTH = 32
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
