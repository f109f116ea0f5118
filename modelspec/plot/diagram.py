"""A diagram: the boxes and arrows that are to be seen, before anything has a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from modelspec.plot.marks import NO_MARK, Mark

Kind: TypeAlias = Literal["input", "output", "layer", "block", "entry", "exit"]


@dataclass(slots=True)
class Box:
    """One box. With a `body` it is an open block; entries and exits are the ports of one.

    Attributes:
        key: Its path in the whole, unique.
        family: A key of `theme.PAINTS`.
        detail: The telling arguments, or how an output is trained.
        shape: What it gives, `[26, 26, 32]`.
        count: How many parameters it owns, `1,234 params`.
        shared: The shared layer that it is a call of, with a key of `theme.PAINTS` in `accent`.
        times: How many equal copies it stands for.
        faded: Whether it has no part in any output.
        outlets: Its output ports that arrows leave from; of an open block, its exits.
        facts: All that is to know of it.
    """

    key: str
    kind: Kind
    name: str
    type: str = ""
    family: str = "other"
    detail: str = ""
    shape: str = ""
    count: str = ""
    shared: str = ""
    accent: str = ""
    times: int = 1
    faded: bool = False
    mark: Mark = NO_MARK
    outlets: tuple[str, ...] = ()
    facts: list[tuple[str, str]] = field(default_factory=list)
    body: Diagram | None = None


@dataclass(slots=True)
class Arrow:
    """An arrow between two boxes of one diagram, by their index.

    Attributes:
        leaving: What stands at its start: the port, where the source has several.
        entering: What stands at its head: the port, or which operand it is.
        value: The shape that flows along it.
    """

    source: int
    target: int
    source_port: str = ""
    target_port: str = ""
    leaving: str = ""
    entering: str = ""
    value: str = ""
    faded: bool = False
    mark: Mark = NO_MARK


@dataclass(slots=True)
class Diagram:
    """The boxes and arrows of a model or of an open block's inside.

    Attributes:
        notes: What the diagram leaves out, to be said under it.
    """

    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def walk(self) -> list[Box]:
        """All boxes, those of open blocks too, each before what is in it."""
        found: list[Box] = []
        waiting = [self]
        while waiting:
            diagram = waiting.pop()
            found.extend(diagram.boxes)
            waiting.extend(box.body for box in reversed(diagram.boxes) if box.body)
        return found
