"""How many levels of blocks a picture opens by itself, so that it stays readable."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.plot.depth import depth_to_open
from modelspec.plot.from_graph import read, subtitle
from modelspec.plot.paint_scene import sketch
from modelspec.plot.text_metrics import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Graph
    from modelspec.plot.options import PlotOptions
    from modelspec.plot.scene import Scene

MOST_LENGTH = 5_000.0
"""How long a picture may be along the flow, in its own pixels: about five screens."""


def readable_scene(
    graph: Graph, options: PlotOptions, title: str, findings: Sequence[Diagnostic]
) -> Scene:
    """The picture of a graph; without a depth, opened as far as it stays readable.

    A longer one than `MOST_LENGTH` closes the innermost blocks, level by level, and says so in a
    note under it. A chain without blocks stays as long as it is.
    """
    levels, _ = depth_to_open(graph, None, fold=options.fold)

    def scene(opened: PlotOptions, note: str) -> Scene:
        return _scene(graph, opened, title, findings, note)

    return shortened(scene, options, levels, f"--depth {levels}")


def shortened(
    scene: Callable[[PlotOptions, str], Scene], options: PlotOptions, levels: int, way: str
) -> Scene:
    """The picture of `levels` levels of blocks, opened as far as it stays readable.

    Args:
        scene: Draws it, opened as the options say, with a note under it.
        options: How it is drawn; with a depth, it is opened as far as that.
        levels: How many levels there are.
        way: How all of it is seen, for the note.
    """
    whole = scene(options, "")
    long = _length(whole, options)
    if options.depth is not None or not levels or long <= MOST_LENGTH:
        return whole
    best = None
    for depth in range(levels):
        deeper = scene(replace(options, depth=depth), _note(depth, long, way))
        if best is not None and _length(deeper, options) > MOST_LENGTH:
            break
        best = deeper
    assert best is not None
    return best


def _scene(
    graph: Graph,
    options: PlotOptions,
    title: str,
    findings: Sequence[Diagnostic],
    note: str = "",
) -> Scene:
    diagram = read(graph, options, findings)
    if note:
        diagram.notes.append(note)
    return sketch(diagram, options, title, subtitle(graph), described(graph))


def described(graph: Graph) -> str:
    """What the picture of a graph shows, for who cannot see it."""
    return printable(graph.description) or f"The diagram of {graph.name or 'a model'}"


def _length(scene: Scene, options: PlotOptions) -> float:
    return scene.width if options.rankdir in ("LR", "RL") else scene.height


def _note(depth: int, long: float, way: str) -> str:
    closed = f"blocks below level {depth} are closed" if depth else "all blocks are closed"
    return f"{closed}: open, this is {long:,.0f} pixels long ({way})"
