"""What a diagram is to show."""

from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

Format: TypeAlias = Literal["svg", "png", "pdf", "dot", "mermaid", "html"]
Rankdir: TypeAlias = Literal["TB", "LR", "BT", "RL"]

FORMATS: tuple[Format, ...] = get_args(Format)
RANKDIRS: tuple[Rankdir, ...] = get_args(Rankdir)


@dataclass(frozen=True, slots=True)
class PlotOptions:
    """What to draw, and how.

    Attributes:
        format: One of `FORMATS`.
        show_shapes: Whether each node shows its output's shape.
        shapes_on: Where the shapes stand: inside the nodes, or on the edges.
        show_dtype: Whether the dtype stands beside each shape.
        show_params: Whether each node shows how many parameters it owns.
        rankdir: Where the data flows: top to bottom, left to right, or the other way.
        depth: How many levels of blocks are opened, 0 for none; None for as many as leave an SVG,
            a PNG or a PDF readable (`readable.MOST_LENGTH`), and for all in the other formats.
        fold: Whether equal copies that `repeat` chained are drawn once.
        title: The heading; None for the graph's name, empty for no heading.
        scale: Pixels of a PNG for each unit of the drawing (1/96 inch).
    """

    format: Format = "svg"
    show_shapes: bool = True
    shapes_on: Literal["nodes", "edges"] = "nodes"
    show_dtype: bool = False
    show_params: bool = False
    rankdir: Rankdir = "TB"
    depth: int | None = None
    fold: bool = True
    title: str | None = None
    scale: float = 2.0
