"""Mermaid flowchart text, for Markdown pages that draw it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.plot.labels_text import TIMES
from modelspec.plot.theme import PAINTS

if TYPE_CHECKING:
    from modelspec.plot.diagram import Arrow, Box, Diagram
    from modelspec.plot.options import PlotOptions

_HEADS = {"input": ('(["', '"])'), "output": ('(["', '"])'), "block": ('[["', '"]]')}
_PORTS = frozenset({"entry", "exit"})


def paint_mermaid(diagram: Diagram, options: PlotOptions, title: str) -> str:
    """The diagram as Mermaid text."""
    writer = _Writer(options)
    lines = ["---", f"title: {_yaml(title)}", "---"] if title else []
    lines.append(f"flowchart {options.rankdir}")
    writer.write(diagram, "  ")
    return "\n".join([*lines, *writer.lines, *writer.classes(diagram)]) + "\n"


class _Writer:
    def __init__(self, options: PlotOptions) -> None:
        self.lines: list[str] = []
        self._options = options
        self._ids: dict[int, str] = {}

    def write(self, diagram: Diagram, indent: str) -> None:
        for box in diagram.boxes:
            self._ids[id(box)] = name = f"n{len(self._ids)}"
            if box.body is not None:
                self.lines.append(f'{indent}subgraph {name}["{_block_title(box)}"]')
                self.write(box.body, indent + "  ")
                self.lines.append(f"{indent}end")
            else:
                self.lines.append(f"{indent}{name}{self._shape(box)}")
        for arrow in diagram.arrows:
            self.lines.append(indent + self._arrow(arrow, diagram))

    def classes(self, diagram: Diagram) -> list[str]:
        """The colours of the families, and who belongs to them."""
        members: dict[str, list[str]] = {}
        marked: list[str] = []
        for box in diagram.walk():
            if box.body is None and box.kind not in _PORTS:
                members.setdefault(box.family, []).append(self._ids[id(box)])
            if box.mark:
                colour = PAINTS[box.mark.level].light
                marked.append(f"  style {self._ids[id(box)]} stroke:{colour},stroke-width:3px")
        lines = []
        for family, names in sorted(members.items()):
            ink = PAINTS["ink" if family == "input" else "on-colour"].light
            fill = PAINTS[family].light
            lines.append(f"  classDef {family} fill:{fill},color:{ink},stroke:{fill}")
            lines.append(f"  class {','.join(names)} {family}")
        return lines + marked

    def _shape(self, box: Box) -> str:
        if box.kind in _PORTS:
            return f'(("{_safe(box.name)}"))'
        rows = [f"<b>{_safe(box.name)}</b>"]
        if box.type and box.kind not in ("input", "output"):
            rows[0] += f" {_safe(box.type)}" + (f" {TIMES} {box.times}" if box.times > 1 else "")
        rows += [_safe(row) for row in _rows(box, self._options)]
        first, last = _HEADS.get(box.kind, ('["', '"]'))
        return f"{first}{'<br/>'.join(rows)}{last}"

    def _arrow(self, arrow: Arrow, diagram: Diagram) -> str:
        source = self._end(diagram.boxes[arrow.source], "exit", arrow.source_port)
        target = self._end(diagram.boxes[arrow.target], "entry", arrow.target_port)
        words = [arrow.leaving] if arrow.leaving else []
        if self._options.show_shapes and self._options.shapes_on == "edges" and arrow.value:
            words.append(arrow.value)
        if arrow.entering:
            words.append(
                f"to {arrow.entering}" if arrow.entering.startswith(".") else arrow.entering
            )
        label = f'|"{_safe(" ".join(words))}"|' if words else ""
        return f"{source} -->{label} {target}"

    def _end(self, box: Box, kind: str, port: str) -> str:
        """A box, or the port of an open block that an arrow meets."""
        ports = [inner for inner in box.body.boxes if inner.kind == kind] if box.body else []
        if not ports:
            return self._ids[id(box)]
        named = [inner for inner in ports if inner.name == port]
        return self._ids[id((named or ports)[0])]


def _rows(box: Box, options: PlotOptions) -> list[str]:
    shape = box.shape if options.show_shapes and options.shapes_on == "nodes" else ""
    count = box.count if options.show_params or box.kind == "block" else ""
    shared = f"shared: {box.shared}" if box.shared else ""
    return [row for row in (box.detail, shape, count, shared, ", ".join(box.mark.codes)) if row]


def _block_title(box: Box) -> str:
    times = f" {TIMES} {box.times}" if box.times > 1 else ""
    shared = f" (shared: {box.shared})" if box.shared else ""
    return _safe(f"{box.name} {box.type}{times}{shared}")


def _safe(text: str) -> str:
    """Mermaid's own escapes, for the characters that end a label or start something."""
    escapes = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "`": "#96;", "\n": " "}
    return "".join(escapes.get(letter, letter) for letter in text)


def _yaml(text: str) -> str:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{quoted}"'
