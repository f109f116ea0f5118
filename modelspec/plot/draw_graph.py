"""From a graph to the bytes of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Severity
from modelspec.plot.from_graph import read, subtitle
from modelspec.plot.text_metrics import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Graph
    from modelspec.plot.diagram import Diagram
    from modelspec.plot.merge import Differences
    from modelspec.plot.options import PlotOptions
    from modelspec.plot.scene import Scene


def draw(graph: Graph, options: PlotOptions, findings: Iterable[Diagnostic] = ()) -> bytes:
    """Draw a graph, also one with errors. The same graph gives the same bytes.

    Args:
        graph: What to draw.
        options: What to show, and in which format.
        findings: What is wrong; errors and warnings are marked at the nodes and edges that
            they are about.

    Returns:
        The file's content: text formats in UTF-8.

    Raises:
        TooLargeError: A PNG would have too many pixels.
    """
    findings = [finding for finding in findings if finding.severity is not Severity.INFO]
    if options.format in ("svg", "png", "pdf"):
        from modelspec.plot.readable import readable_scene

        return _painted(readable_scene(graph, options, _title(graph, options), findings), options)
    return paint(read(graph, options, findings), graph, options, findings)


def draw_differences(
    before: Graph, after: Graph, differences: Differences, options: PlotOptions
) -> bytes:
    """Draw two graphs as one: what is new, gone, changed, and what follows from that.

    A picture that would be too long to read closes its innermost blocks, as that of one graph; a
    closed block in which something differs is marked.

    Raises:
        TooLargeError: A PNG would have too many pixels.
    """
    from modelspec.plot.merge import mark_closed, merged

    whole = merged(read(before, options), read(after, options), differences)
    if options.format not in ("svg", "png", "pdf"):
        return paint(whole, after, options, [])
    from modelspec.plot.depth import depth_to_open
    from modelspec.plot.paint_scene import sketch
    from modelspec.plot.readable import described, shortened

    def scene(opened: PlotOptions, note: str) -> Scene:
        diagram = whole
        if note:
            diagram = merged(read(before, opened), read(after, opened), differences)
            mark_closed(diagram, whole)
            diagram.notes.append(note)
        return sketch(diagram, opened, _title(after, opened), subtitle(after), described(after))

    levels = max(depth_to_open(each, None, fold=options.fold)[0] for each in (before, after))
    return _painted(shortened(scene, options, levels, "in HTML, all are open"), options)


def paint(
    diagram: Diagram, graph: Graph, options: PlotOptions, findings: Sequence[Diagnostic]
) -> bytes:
    """The bytes of a diagram of a graph."""
    title = _title(graph, options)
    if options.format == "dot":
        from modelspec.plot.painters.dot import paint_dot

        return paint_dot(diagram, options, title).encode("utf-8", "replace")
    if options.format == "mermaid":
        from modelspec.plot.painters.mermaid import paint_mermaid

        return paint_mermaid(diagram, options, title).encode("utf-8", "replace")
    from modelspec.plot.paint_scene import sketch
    from modelspec.plot.readable import described

    scene = sketch(diagram, options, title, subtitle(graph), described(graph))
    if options.format == "html":
        from modelspec.plot.painters.html import paint_html

        return paint_html(scene, diagram, findings).encode("utf-8", "replace")
    return _painted(scene, options)


def _title(graph: Graph, options: PlotOptions) -> str:
    return printable(graph.name if options.title is None else options.title)


def _painted(scene: Scene, options: PlotOptions) -> bytes:
    """A scene in a format that needs nothing else."""
    if options.format == "png":
        from modelspec.plot.painters.png import paint_png

        return paint_png(scene, options.scale)
    if options.format == "pdf":
        from modelspec.plot.painters.pdf import paint_pdf

        return paint_pdf(scene)
    from modelspec.plot.painters.svg import paint_svg

    return paint_svg(scene).encode()
