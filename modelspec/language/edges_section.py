"""The `edges` section, written out as single arrows; or the chain that stands for it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from modelspec.language.describe_values import shown
from modelspec.language.edges import (
    EdgeError,
    Group,
    Token,
    ambiguous,
    parse,
    problem,
    span_maker,
    split_edges,
)
from modelspec.language.model import Edge, Endpoint
from modelspec.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Report, Span
    from modelspec.language.model import Declared, Input, Output
    from modelspec.language.nodes import Nodes
    from modelspec.source import Place


class EdgesSection:
    """Reads the edges of one body."""

    def __init__(self, nodes: Nodes, outputs: Iterable[str], report: Report) -> None:
        self.nodes = nodes
        self.outputs = set(outputs)
        self.report = report
        self.edges: list[Edge] = list(nodes.chains)
        self.complete = True

    def read(self, items: list[Any], place: Place) -> None:
        """Add the edges of a list of chains."""
        pieces = split_edges(items, place, self.report)
        for index, item in enumerate(items):
            if index in pieces:
                self.complete = False
            elif isinstance(item, str):
                self._chain(item, place.at(index))
            else:
                self.complete = False
                message = f"an edge is text like `a -> b`, not {shown(item)}"
                self.report.add(place.at(index).finding("MS203", message))

    def _chain(self, text: str, place: Place) -> None:
        try:
            groups = parse(text)
        except EdgeError as error:
            self.complete = False
            if not any(self.nodes.is_dropped(part.strip()) for part in _parts(text)):
                self.report.add(problem(text, error, place))
            return
        if "," in text:
            unclear = ambiguous(groups, place)
            if unclear is not None:
                self.complete = False
                self.report.add(unclear)
        self._arrows(groups, place)

    def _arrows(self, groups: list[Group], place: Place) -> None:
        span = span_maker(place)
        known = [
            [self._spanned(token, span(token.start, token.end), place) for token in group]
            for group in groups
        ]
        for sources, targets in itertools.pairwise(known):
            if len(sources) > 1 and len(targets) > 1:
                continue
            for source in sources:
                for target in targets:
                    if source is not None and target is not None:
                        self._arrow(source, target, place)

    def _spanned(self, token: Token, span: Span, place: Place) -> tuple[Endpoint, Span] | None:
        name = token.endpoint.node
        if name in self.nodes:
            return token.endpoint, span
        self.complete = False
        if not self.nodes.is_dropped(name):
            named = place.within(token.start, token.start + len(name))
            self.nodes.report_undefined(name, place, named, "the edge uses")
        return None

    def _arrow(
        self, source: tuple[Endpoint, Span], target: tuple[Endpoint, Span], place: Place
    ) -> None:
        (left, left_span), (right, right_span) = source, target
        self.edges.append(
            Edge(
                Endpoint(self.nodes.leave(left.node), left.port),
                Endpoint(self.nodes.enter(right.node), right.port),
                place,
                left_span,
                right_span,
            )
        )

    def chain(self, inputs: dict[str, Input], outputs: dict[str, Output], place: Place) -> None:
        """Add the chain of all layers in their order, from the inputs."""
        layers = list(self.nodes.declared.values())
        if not layers:
            return
        several = len(inputs) > 1 and not _joins(layers[0], len(inputs))
        if several or not inputs or len(outputs) > 1:
            self.complete = False
            count, what = (len(inputs), "inputs") if several else (len(outputs), "outputs")
            if inputs:
                message = f"without `edges`, the layers are one chain, and there are {count} {what}"
                help = "add `edges:` with what flows where"
                if several:
                    help += ", or begin with a layer that joins them, such as `Concatenate`"
                self.report.add(place.finding("MS202", message, help=help, key=True))
            return
        self.edges.clear()
        first, span = layers[0], layers[0].place.key_span
        for given in inputs.values():
            self._link(given.name, given.place.key_span, first, span)
        for before, layer in itertools.pairwise(layers):
            from_span = span
            if layer.place is not before.place:  # copies of one entry have one
                span = layer.place.key_span
            self._link(before.name, from_span, layer, span)

    def _link(self, source: str, source_span: Span, target: Declared, target_span: Span) -> None:
        ends = Endpoint(source), Endpoint(target.name)
        self.edges.append(Edge(*ends, target.place, source_span, target_span))


def _joins(declared: Declared, count: int) -> bool:
    """Whether a node takes so many operands."""
    if not isinstance(declared.what, Layer):
        return False
    most = declared.what.arity.maximum
    return most is None or count <= most


def _parts(text: str) -> list[str]:
    return text.replace("->", ",").replace(".", ",").split(",")
