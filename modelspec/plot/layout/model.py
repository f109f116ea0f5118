"""What is laid out, and what comes of it."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias


class Step(NamedTuple):
    """One step of a route: a `move`, a `line` or a cubic `curve`, with the points that it needs."""

    kind: Literal["move", "line", "curve"]
    points: tuple[tuple[float, float], ...]


Route: TypeAlias = list[Step]


@dataclass(slots=True)
class Vertex:
    """A box to place.

    Attributes:
        width: Across the flow.
        height: Along the flow.
        pin: "first" and "last" keep it in a layer of such vertices before or behind all others.
        x: Its centre, once it is placed.
        y: Its centre, once it is placed.
    """

    width: float
    height: float
    pin: Literal["", "first", "last"] = ""
    x: float = 0.0
    y: float = 0.0


@dataclass(slots=True)
class Link:
    """An arrow to route, between vertices given by their index.

    Attributes:
        leaves: Where it starts at its source's lower side, counted from the centre.
        enters: Where it ends at its target's upper side; None lets the layout choose.
        room: The least distance of its head from its neighbours', where the layout chooses.
        route: Its way, once it is placed.
    """

    source: int
    target: int
    leaves: float = 0.0
    enters: float | None = None
    room: float = 14.0
    route: Route = field(default_factory=list)


class Arrangement(NamedTuple):
    """The size of a finished layout; its top left corner is (0, 0)."""

    width: float
    height: float
