"""DOT text, for who wants Graphviz to lay the diagram out."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from graphviz import Digraph  # type: ignore[import-untyped]

from modelspec.plot.labels_text import TIMES
from modelspec.plot.painters.svg import light
from modelspec.plot.theme import TINTS

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box, Diagram
    from modelspec.plot.options import PlotOptions

_FADED = "66"


def paint_dot(diagram: Diagram, options: PlotOptions, title: str) -> str:
    """The diagram as DOT, with HTML-like labels and clusters."""
    graph = Digraph(
        "model",
        graph_attr={
            "rankdir": options.rankdir,
            "fontname": "Helvetica",
            "fontsize": "12",
            "nodesep": "0.35",
            "ranksep": "0.45",
            "compound": "true",
            "tooltip": " ",
        },
        node_attr={"fontname": "Helvetica", "fontsize": "11", "shape": "plain", "margin": "0"},
        edge_attr={
            "fontname": "Helvetica",
            "fontsize": "9",
            "color": light("line"),
            "fontcolor": light("soft"),
            "arrowsize": "0.7",
        },
    )
    if title:
        graph.attr(label=_plain(title), labelloc="t", labeljust="l")
    writer = _Writer(options)
    writer.write(graph, diagram, 0)
    return str(graph.source)


class _Writer:
    def __init__(self, options: PlotOptions) -> None:
        self._options = options
        self._ids: dict[int, str] = {}

    def write(self, graph: Digraph, diagram: Diagram, level: int) -> None:
        for box in diagram.boxes:
            name = self._ids[id(box)] = f"n{len(self._ids)}"
            if box.body is None:
                self._node(graph, box, name)
                continue
            with graph.subgraph(name=f"cluster_{name}") as cluster:
                cluster.attr(
                    label=f"<<b>{escape(box.name)}</b> {escape(_type(box))}>",
                    labeljust="l",
                    style="rounded,filled",
                    fillcolor=light(f"tint-{level % TINTS}"),
                    color=light(box.mark.level or box.accent or "rim"),
                    penwidth="2" if box.mark else "1",
                )
                self.write(cluster, box.body, level + 1)
        for arrow in diagram.arrows:
            self._edge(graph, arrow, diagram)

    def _node(self, graph: Digraph, box: Box, name: str) -> None:
        if box.kind in ("entry", "exit"):
            graph.node(name, label="", xlabel=_plain(box.name), shape="circle", width="0.08")
        else:
            graph.node(name, label=self._label(box), tooltip=_plain(box.key))

    def _label(self, box: Box) -> str:
        shape = (
            box.shape if self._options.show_shapes and self._options.shapes_on == "nodes" else ""
        )
        count = box.count if self._options.show_params or box.kind == "block" else ""
        fade = _FADED if box.faded else ""
        pill = box.kind in ("input", "output")
        ink = light("ink" if box.kind == "input" else "on-colour")
        ground = light(box.family if pill else "card") + fade
        rows = [_row(_heading(box, pill=pill), "" if pill else light(box.family) + fade, ink)]
        rows += [
            _row(escape(text), "", colour)
            for text, colour in (
                (box.detail, ink if pill else light("soft")),
                (shape, ink if pill else light("ink")),
                (count, light("soft")),
                (box.shared and f"shared: {box.shared}", light(box.accent or "ink")),
                (", ".join(box.mark.codes), light(box.mark.level or "ink")),
            )
            if text
        ]
        rim = light(box.mark.level or box.accent or ("output" if pill else "rim"))
        style = ' style="rounded"' if pill else ""
        return (
            f'<<table border="{2 if box.mark else 1}" cellborder="0" cellspacing="0"'
            f' cellpadding="4" bgcolor="{ground}" color="{rim}"{style}>{"".join(rows)}</table>>'
        )

    def _edge(self, graph: Digraph, arrow: Arrow, diagram: Diagram) -> None:
        source, target = diagram.boxes[arrow.source], diagram.boxes[arrow.target]
        attributes = {}
        if arrow.leaving:
            attributes["taillabel"] = _plain(arrow.leaving)
        if arrow.entering:
            attributes["headlabel"] = _plain(arrow.entering)
        if self._options.show_shapes and self._options.shapes_on == "edges" and arrow.value:
            attributes["label"] = _plain(f" {arrow.value}")
        if arrow.mark:
            attributes |= {"color": light(arrow.mark.level), "penwidth": "2"}
        elif arrow.faded:
            attributes["color"] = light("line") + _FADED
        graph.edge(
            self._end(source, "exit", arrow.source_port),
            self._end(target, "entry", arrow.target_port),
            **attributes,
        )

    def _end(self, box: Box, kind: str, port: str) -> str:
        """A box, or the port of an open block that an arrow meets."""
        ports = [inner for inner in box.body.boxes if inner.kind == kind] if box.body else []
        if not ports and box.body and box.body.boxes:
            return self._ids[id(box.body.boxes[0])]
        named = [inner for inner in ports if inner.name == port]
        return self._ids[id((named or ports or [box])[0])]


def _heading(box: Box, *, pill: bool) -> str:
    kind = "" if pill else f"&#160;&#160;{escape(_type(box))}"
    return f"<b>{escape(box.name)}</b>{kind}"


def _type(box: Box) -> str:
    return f"{box.type} {TIMES} {box.times}" if box.times > 1 else box.type


def _row(text: str, ground: str, colour: str) -> str:
    filled = f' bgcolor="{ground}"' if ground else ""
    return f'<tr><td align="left"{filled}><font color="{colour}">{text}</font></td></tr>'


def _plain(text: str) -> str:
    """A text that DOT takes as it is, also where it has backslashes or angle brackets."""
    from graphviz import escape as escaped

    return str(escaped(text))
