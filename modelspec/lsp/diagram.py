"""The diagram of an open spec, for a preview beside its text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelspec.lsp.outline import outline
from modelspec.plot import PlotOptions, draw

if TYPE_CHECKING:
    from lsprotocol import types

    from modelspec.lsp.open_file import OpenFile

COMMAND = "modelspec.diagram"
MARK = 'stroke="#e8590c" stroke-width="3"'
_FRAME = re.compile(r'(?<=fill="none" )stroke="[^"]*"(?: stroke-width="[^"]*")?')
_BOX = r'<g class="\w+" data-key="{key}"[^>]*>.*?</g>'
_WORD = re.compile(r"\w+")


def diagram(file: OpenFile, position: types.Position | None) -> str | None:
    """The SVG of the last text that had a graph; None before there was one.

    Args:
        file: The text.
        position: The node that is there is outlined.
    """
    if file.good is None or file.good.graph is None:
        return None
    options = PlotOptions(format="svg")
    drawn = draw(file.good.graph, options, file.good.report).decode()
    node = node_at(file, position) if position is not None else None
    return drawn if node is None else _marked(drawn, node)


def node_at(file: OpenFile, position: types.Position) -> str | None:
    """The node of the spec that a position is in: in its entry, or at its name in an edge."""
    graph = file.good.graph if file.good else None
    if graph is None:
        return None
    offset = file.text.offset(position)
    line = file.text.line(file.text.line_number(offset))
    column = offset - file.text.offset(type(position)(position.line, 0))
    words = (each[0] for each in _WORD.finditer(line) if each.start() <= column <= each.end())
    word = next(words, "")
    cursor = outline(file.text.content, offset).cursor
    path = cursor.path if cursor else ()
    named = str(path[1]) if len(path) > 1 and path[0] in ("layers", "inputs") else word
    copies = (e.name for e in graph.nodes.values() if e.repeat and e.repeat.name == named)
    return named if named in graph.nodes else next(copies, None)


def _marked(drawn: str, node: str) -> str:
    """The drawing with a frame around a node."""
    box = re.search(_BOX.format(key=re.escape(node)), drawn, re.DOTALL)
    if box is None:
        return drawn
    framed = _FRAME.sub(MARK, box[0], count=1)
    return drawn[: box.start()] + framed + drawn[box.end() :]
