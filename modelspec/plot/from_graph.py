"""From a graph to the diagram of it: what is opened, folded, marked and faded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph
from modelspec.plot.depth import depth_to_open
from modelspec.plot.diagram import Arrow, Box, Diagram
from modelspec.plot.hidden_totals import Weighing
from modelspec.plot.labels_text import (
    arguments,
    count_text,
    facts,
    loss_text,
    main_value,
    training,
    type_name,
    value_text,
)
from modelspec.plot.loops import on_cycles
from modelspec.plot.marks import Findings, Mark, mark
from modelspec.plot.ports import Entry, entries, leaving_label, port_left
from modelspec.plot.repeats import runs
from modelspec.plot.theme import SHARED_COLOURS, family

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Graph, GraphOutput, Node
    from modelspec.plot.options import PlotOptions


def read(graph: Graph, options: PlotOptions, findings: Iterable[Diagnostic] = ()) -> Diagram:
    """The diagram of a graph, also of one with errors."""
    reader = _Reader(options, Findings(findings))
    depth, note = depth_to_open(graph, options.depth, fold=options.fold)
    diagram = reader.model(graph, depth)
    if note:
        diagram.notes.append(note)
    return diagram


class _Reader:
    def __init__(self, options: PlotOptions, findings: Findings) -> None:
        self._options = options
        self._findings = findings
        self._weighing = Weighing(findings)
        self._opened: set[tuple[str, str]] = set()

    def model(self, graph: Graph, depth: int) -> Diagram:
        """A whole model with its outputs."""
        diagram, index = self._inside(graph, depth)
        for output in graph.outputs.values():
            words = [training(output), ", ".join(str(metric.name) for metric in output.metrics)]
            box = Box(
                key=f"outputs/{output.name}",
                kind="output",
                name=output.name,
                type="output",
                family="output",
                detail=", ".join(filter(None, words)),
                mark=mark(self._findings.at(output.place)),
                facts=_output_facts(output),
            )
            self._lead_out(diagram, graph, index, output, box)
        return diagram

    def _body(self, graph: Graph, depth: int) -> Diagram:
        """The inside of an open block, between its ports."""
        diagram, index = self._inside(graph, depth)
        for name in graph.inputs:
            diagram.boxes[index[name]].kind = "entry"
        for output in graph.outputs.values():
            found = mark(self._findings.at(output.place))
            box = Box(f"{graph.path}/outputs/{output.name}", "exit", output.name, mark=found)
            self._lead_out(diagram, graph, index, output, box)
        return diagram

    def _inside(self, graph: Graph, depth: int) -> tuple[Diagram, dict[str, int]]:
        """The nodes of a graph and the edges between them, and the box of each node."""
        folded = runs(graph) if self._options.fold else {}
        accents = {name: f"shared-{i % SHARED_COLOURS}" for i, name in enumerate(graph.shared)}
        diagram = Diagram()
        index: dict[str, int] = {}
        for name, node in graph.nodes.items():
            if name in index:
                continue
            run = folded.get(name, [node])
            index.update((copy.name, len(diagram.boxes)) for copy in run)
            box = self._box(graph, run, depth)
            if node.shared:
                box.accent = accents.get(node.shared, "shared-0")
            diagram.boxes.append(box)
        self._add_arrows(diagram, graph, index)
        return diagram, index

    def _lead_out(
        self,
        diagram: Diagram,
        graph: Graph,
        index: dict[str, int],
        output: GraphOutput,
        box: Box,
    ) -> None:
        """Add the box of an output, and the arrow to it."""
        diagram.boxes.append(box)
        if output.source.node not in index:
            return
        node = graph.nodes[output.source.node]
        before = diagram.boxes[index[node.name]]
        box.faded = before.faded
        port = port_left(node, output.source.port)
        arrow = Arrow(
            index[node.name],
            len(diagram.boxes) - 1,
            port,
            leaving=leaving_label(node, before, port),
            value=value_text(output.value, dtype=self._options.show_dtype),
            faded=box.faded,
        )
        _add(diagram, arrow)

    def _add_arrows(self, diagram: Diagram, graph: Graph, index: dict[str, int]) -> None:
        loops = on_cycles(graph)
        for name, node in graph.nodes.items():
            for entry in entries(node, diagram.boxes[index[name]]):
                before = graph.nodes.get(entry.edge.source.node)
                folded = before is not None and before is not node
                if before is None or (folded and index[before.name] == index[name]):
                    continue
                looped = name in loops and loops.get(before.name) == loops[name]
                _add(diagram, self._arrow(diagram, graph, index, (before, entry, node), looped))

    def _arrow(
        self,
        diagram: Diagram,
        graph: Graph,
        index: dict[str, int],
        way: tuple[Node, Entry, Node],
        looped: bool,
    ) -> Arrow:
        before, entry, node = way
        port = port_left(before, entry.edge.source.port)
        return Arrow(
            index[before.name],
            index[node.name],
            port,
            entry.port,
            leaving=leaving_label(before, diagram.boxes[index[before.name]], port),
            entering=entry.label,
            value=value_text(graph.value(entry.edge.source), dtype=self._options.show_dtype),
            faded=not (node.alive and before.alive),
            mark=_edge_mark(self._findings.on(entry.edge), looped=looped),
        )

    def _box(self, graph: Graph, run: list[Node], depth: int) -> Box:
        node = run[0]
        inner = inner_graph(node)
        weights = self._weighing.of(node)
        box = Box(
            key=node.path,
            kind=node.kind,
            name=_run_name(run),
            type=type_name(node),
            family=_family(node),
            detail=", ".join(arguments(node.layer)),
            shape=value_text(main_value(node), dtype=self._options.show_dtype),
            count=count_text(weights * len(run)),
            shared=node.shared or "",
            times=len(run),
            faded=not node.alive,
            mark=mark(self._findings.at(node.place)),
            facts=facts(node, weights),
        )
        if inner is not None:
            self._open_or_close(graph, node, inner, box, depth)
        return box

    def _open_or_close(self, graph: Graph, node: Node, inner: Graph, box: Box, depth: int) -> None:
        """Open a block as far as depth allows; a shared one at its first call only."""
        scope = (graph.path, node.shared or "")
        if depth > 0 and scope not in self._opened:
            if node.shared:
                self._opened.add(scope)
            box.body = self._body(inner, depth - 1)
            return
        found = [*self._findings.at(node.place), *self._weighing.findings_in(inner)]
        box.mark = mark(found)
        box.family = "block" if node.kind == "block" else box.family


def _family(node: Node) -> str:
    if node.kind != "layer":
        return node.kind
    return family(node.layer)


def _run_name(run: list[Node]) -> str:
    first, last = run[0], run[-1]
    if len(run) == 1 or first.repeat is None or last.repeat is None:
        return first.name
    if len(run) == first.repeat.count:
        return first.repeat.name
    return f"{first.name}\u2013{last.repeat.index}"


def _edge_mark(findings: list[Diagnostic], *, looped: bool) -> Mark:
    found = mark(findings)
    if not looped or "MS401" in found.codes:
        return found
    return Mark("error", ("MS401", *found.codes), ("MS401 part of a cycle", *found.messages))


def _add(diagram: Diagram, arrow: Arrow) -> None:
    diagram.arrows.append(arrow)
    source = diagram.boxes[arrow.source]
    if arrow.source_port not in source.outlets:
        source.outlets = (*source.outlets, arrow.source_port)


def _output_facts(output: GraphOutput) -> list[tuple[str, str]]:
    rows = [("from", str(output.source)), ("value", value_text(output.value, dtype=True))]
    if output.loss:
        rows += [("loss", loss_text(output.loss)), ("weight", f"{output.weight:g}")]
    if output.metrics:
        rows.append(("metrics", ", ".join(str(metric.name) for metric in output.metrics)))
    return rows


def subtitle(graph: Graph) -> str:
    """A line on the whole, `12 nodes, 3,466 params`."""
    weighing = Weighing(Findings(()))
    owned = weighing.total(graph)
    count = f"{len(graph.nodes)} node{'s' if len(graph.nodes) != 1 else ''}"
    return ", ".join(filter(None, (count, count_text(owned))))
