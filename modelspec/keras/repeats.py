"""Structures that follow each other several times, as one block with `repeat`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.keras.body import Body, Names, Node, Repeated, identifier, node_of
from modelspec.keras.built import Built
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SEGMENTS = 12
"""Of how many segments a structure is made at most."""
FEWEST_NODES = 3
"""What is smaller is not worth a block."""


@dataclass(frozen=True)
class _Segment:
    """Nodes between two points where the model is one chain.

    Attributes:
        source: The endpoint that all of them start from.
        shape: What they are but for their names.
    """

    nodes: tuple[Node, ...]
    source: str
    shape: str


def fold(built: Built) -> None:
    """Fold the repetitions of a body, and of the blocks in it."""
    for block in list(built.blocks.values()):
        fold(block)
    body = built.body
    segments = _segments(body)
    folder = _Folder(built)
    place = 0
    while place < len(segments):
        unit, times = _best(segments, place)
        if times > 1:
            place = _aligned(segments, place, unit, times)
            copies = [segments[place + n * unit : place + (n + 1) * unit] for n in range(times)]
            folder.replace([_joined(copy) for copy in copies])
        place += unit * times


def _segments(body: Body) -> list[_Segment]:
    """The nodes in order, cut wherever nothing but one value goes on."""
    order = list(body.nodes.values())
    position = {node.name: place for place, node in enumerate(order)}
    position |= dict.fromkeys(body.inputs, -1)
    last = dict.fromkeys(position, -1)
    for node in order:
        for name in node.sources():
            last[name] = max(last[name], position[node.name])
    for end in body.outputs.values():
        last[node_of(end)] = len(order)
    found: list[_Segment] = []
    begin, source = 0, next(iter(body.inputs), "") if len(body.inputs) == 1 else ""
    reach = max((last[name] for name in body.inputs), default=-1)
    for place, node in enumerate(order):
        if reach <= place:
            part = order[begin : place + 1]
            found.append(_Segment(tuple(part), source, _shape(part, source)))
            begin, source = place + 1, node.name
        reach = max(reach, last[node.name])
    return found


def _shape(nodes: Sequence[Node], source: str) -> str:
    """What nodes are, each by its place; nothing for what cannot be a block of its own."""
    places = {node.name: place for place, node in enumerate(nodes)} | {source: -1}
    described = []
    for node in nodes:
        ends = [end for listed in node.operands.values() for end in listed]
        alone = all(node_of(end) in places for end in ends) and f"{source}." not in str(ends)
        if not source or not alone or "use" in node.entry or "use" in node.entry.get("layer", {}):
            return ""
        operands = {
            port: [f"{places[node_of(end)]}{end.removeprefix(node_of(end))}" for end in listed]
            for port, listed in node.operands.items()
        }
        described.append([node.entry, operands])
    return json.dumps(described, sort_keys=True)


def _best(segments: Sequence[_Segment], place: int) -> tuple[int, int]:
    """How many segments from here make a structure, and how often it stands there."""
    best, gain = (1, 1), 0
    for unit in range(1, min(MOST_SEGMENTS, (len(segments) - place) // 2) + 1):
        shapes = [segment.shape for segment in segments[place : place + unit]]
        size = sum(len(segment.nodes) for segment in segments[place : place + unit])
        if not all(shapes) or size < FEWEST_NODES:
            continue
        times = 1
        while [s.shape for s in segments[place + times * unit :][:unit]] == shapes:
            times += 1
        if times > 1 and size * (times - 1) > gain:
            best, gain = (unit, times), size * (times - 1)
    return best


def _aligned(segments: Sequence[_Segment], place: int, unit: int, times: int) -> int:
    """Where the same repetition begins so that the names in a copy have most in common."""

    def likeness(begin: int) -> int:
        copies = [segments[begin + n * unit : begin + (n + 1) * unit] for n in range(times)]
        return sum(len(_prefix(_joined(copy))) for copy in copies)

    shapes = [segment.shape for segment in segments]
    found = place
    for begin in range(place + 1, place + unit):
        whole = shapes[begin : begin + unit * times]
        same = len(whole) == unit * times and whole == whole[:unit] * times
        if same and likeness(begin) > likeness(found):
            found = begin
    return found


def _prefix(segment: _Segment) -> str:
    """How the names of all nodes begin."""
    return os.path.commonprefix([node.name for node in segment.nodes])  # noqa: RUF071


def _joined(segments: Sequence[_Segment]) -> _Segment:
    nodes = tuple(node for segment in segments for node in segment.nodes)
    return _Segment(nodes, segments[0].source, "\n".join(each.shape for each in segments))


class _Folder:
    """Puts repetitions of one body into blocks."""

    def __init__(self, built: Built) -> None:
        self._built = built
        self._names = Names([*built.body.inputs, *built.body.nodes])
        self._types: dict[str, str] = {}
        self._moved: dict[str, str] = {}

    def replace(self, copies: list[_Segment]) -> None:
        """Put one node in the place of several copies."""
        body, first = self._built.body, copies[0]
        prefix = _prefix(first)
        inner = _inner_names(first, prefix)
        source = self._moved.get(first.source, first.source)
        if first.shape not in self._types:
            kind = self._types[first.shape] = _type_name(prefix, self._built)
            self._built.blocks[kind] = Built(_block(first, inner, source))
        stem = prefix.strip("_")
        name = self._names.fresh(identifier(stem) if stem else "stage", len(copies))
        entry = {"type": self._types[first.shape], "repeat": len(copies)}
        weights = Repeated([_weights(copy, inner) for copy in copies])
        node = Node(name, entry, {"": [source]}, weights)
        gone = {each.name for copy in copies for each in copy.nodes}
        self._moved[copies[-1].nodes[-1].name] = name
        rebuilt: dict[str, Node] = {}
        for each in body.nodes.values():
            if each.name == first.nodes[0].name:
                rebuilt[name] = node
            if each.name not in gone:
                operands = each.operands.items()
                each.operands = {port: [*map(self._end, ends)] for port, ends in operands}
                rebuilt[each.name] = each
        body.nodes = rebuilt
        body.outputs = {key: self._end(end) for key, end in body.outputs.items()}

    def _end(self, end: str) -> str:
        return self._moved.get(end, end)


def _inner_names(segment: _Segment, prefix: str) -> dict[str, str]:
    """What the nodes of a copy are called inside."""
    names = Names(["x"])
    stem = prefix if prefix.endswith("_") else prefix.rpartition("_")[0] + "_"
    found = {}
    for node in segment.nodes:
        short = node.name.removeprefix(stem) if stem != "_" else node.name
        found[node.name] = names.fresh(identifier(short or "node"))
    return found


def _block(segment: _Segment, inner: dict[str, str], source: str) -> Body:
    """A copy as a block, `source` being what it starts from by now."""
    body = Body("block", inputs={"x": None})
    known = {**inner, source: "x"}
    for node in segment.nodes:
        operands = {
            port: [f"{known[node_of(end)]}{end.removeprefix(node_of(end))}" for end in ends]
            for port, ends in node.operands.items()
        }
        body.nodes[inner[node.name]] = Node(inner[node.name], node.entry, operands)
    last = inner[segment.nodes[-1].name]
    body.outputs[last] = last
    return body


def _weights(segment: _Segment, inner: dict[str, str]) -> dict[str, Any]:
    """Where the arrays of a copy lie, by the names of the first one's nodes, which are as many."""
    pairs = zip(segment.nodes, inner.values(), strict=True)
    return {name: node.weights for node, name in pairs if node.weights is not None}


def _type_name(prefix: str, built: Built) -> str:
    """A name for a block: what its nodes' names have in common."""
    wanted = identifier(prefix.strip("_0123456789") or "stage")
    taken = [*built.blocks, *registry.names()]
    return Names(taken).fresh(f"{wanted}_block" if "block" not in wanted else wanted)
