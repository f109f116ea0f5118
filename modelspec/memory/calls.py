"""A graph with all its blocks opened: the calls in order, and the values that they hand on."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph
from modelspec.language.model import Endpoint
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import Tensor, tensors_of
from modelspec.shapes import Unknown, evaluate, product

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.graph.graph import Graph, Node
    from modelspec.layers.base import Layer
    from modelspec.layers.values import Value
    from modelspec.shapes import Dim, Shape

BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "float16": 2, "bfloat16": 2, "float32": 4, "int32": 4,
    "float64": 8, "int64": 8,
}  # fmt: skip
"""Of a number of each dtype."""
FLOAT = 4


class UnknownSizeError(Exception):
    """A size that memory depends on cannot be known."""


@dataclass(slots=True)
class CallMemory:
    """One call of a layer.

    Attributes:
        operands: The values that it reads, by index.
        outputs: Those that it makes.
        kept: The values among these that its backward pass reads.
        more: Bytes a sample that it makes and keeps until then besides.
        passing: Bytes a sample that are there only while it runs.
        gradients: Bytes of the gradients of its weights, which the backward pass makes here.
    """

    operands: list[int]
    outputs: list[int]
    kept: set[int]
    more: int
    passing: int
    gradients: int


@dataclass(slots=True)
class Calls:
    """All calls of a graph.

    Attributes:
        sizes: The bytes of each value, a sample; a view has those of no memory of its own.
        trained: Whether the gradient of each value is wanted: some weight is behind it.
        inputs: The model's inputs.
        results: Its outputs.
    """

    calls: list[CallMemory] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    trained: list[bool] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    results: list[int] = field(default_factory=list)

    def new(self, size: int, *, trained: bool) -> int:
        """Another value."""
        self.sizes.append(size)
        self.trained.append(trained)
        return len(self.sizes) - 1


def calls_of(graph: Graph, lengths: Mapping[str, int], width: int = FLOAT) -> Calls:
    """The calls of a graph without errors.

    Args:
        graph: The graph.
        lengths: The sizes of its symbols.
        width: Bytes of a number that a layer computes: 2 in mixed precision.

    Raises:
        UnknownSizeError: A shape or what a layer keeps is not known.
    """
    opening = _Opening(Calls(), dict(lengths), width)
    feeds = {}
    for name, node in graph.inputs.items():
        value = opening.value(node.outputs[""], 1, trained=False)
        opening.found.inputs.append(value)
        feeds[name] = value
    results = opening.open(graph, feeds, 1, frozen=False)
    opening.found.results = list(results.values())
    return opening.found


class _Opening:
    def __init__(self, found: Calls, lengths: dict[str, int], width: int) -> None:
        self.found, self._lengths, self._width = found, lengths, width
        self._counted: set[int] = set()
        self._halved: set[int] = set()
        """The values that mixed precision halved."""
        self._wide: set[int] = set()
        """Those of float32 numbers."""
        self._read: list[set[Endpoint]] = []

    def open(
        self, graph: Graph, feeds: Mapping[str, int], steps: int, *, frozen: bool
    ) -> dict[str, int]:
        """Append the calls of a body that runs `steps` times a sample; its outputs by name."""
        body = graph.body or graph
        values = {Endpoint(name): each for name, each in feeds.items()}
        read = {source for node in body.nodes.values() for source in node.sources}
        self._read.append(read | {output.source for output in body.outputs.values()})
        for node in body.nodes.values():
            if node.kind == "input" or not node.alive:
                continue
            operands = [values[source] for source in node.sources]
            made = self._node(body, node, operands, steps, frozen=frozen)
            values |= {Endpoint(node.name, port): value for port, value in made.items()}
        self._read.pop()
        return {name: values[output.source] for name, output in body.outputs.items()}

    def _node(
        self, body: Graph, node: Node, operands: list[int], steps: int, *, frozen: bool
    ) -> dict[str, int]:
        frozen = frozen or not node.trainable
        inside = inner_graph(node)
        if inside is None:
            return self._layer(body, node, operands, steps, frozen=frozen)
        if node.graph is None:
            whole = self.bytes_of(node.outputs[""])
            inner = inside.outputs[next(iter(inside.outputs))].value
            steps *= max(1, whole // max(1, self.bytes_of(inner)))
        feeds = dict(zip((inside.body or inside).inputs, operands, strict=False))
        if node.graph is not None:
            feeds = {
                name: values[0]
                for name, values in _by_port(node, operands).items()
                if name in inside.inputs
            }
        results = self.open(inside, feeds, steps, frozen=frozen)
        if len(results) == 1:
            (only,) = results.values()
            return {"": only, **results}
        return results

    def _layer(
        self, body: Graph, node: Node, operands: list[int], steps: int, *, frozen: bool
    ) -> dict[str, int]:
        layer = node.layer
        assert layer is not None
        gradients = 0 if frozen else self._weights(body, node)
        learns = not frozen and any(each.trainable for each in node.weights)
        trained = learns or any(self.found.trained[each] for each in operands)
        idle = len(operands) == 1 and layer.arity.maximum is None and layer.idle_alone
        if (layer.gives_view or idle) and operands and "" in node.outputs:
            return dict.fromkeys(node.outputs, operands[0])
        shapes = [_shape(body.value(source)) for source in node.operands.get("", ())]
        kept = layer.kept(*shapes) if trained else NOTHING
        has_kernel = any("kernel" in each.name for each in node.weights)
        halved = self._halves(layer, operands, has_kernel=has_kernel)
        outputs = {
            port: self.value(value, steps, trained=trained, halved=halved)
            for port, value in node.outputs.items()
            if port == "" or Endpoint(node.name, port) in self._read[-1]
        }
        values = set(operands) if kept.operands else set()
        if kept.output and "" in outputs:
            values.add(outputs[""])
        width = self._width if halved else FLOAT
        more, passing = (self._kept(each, steps, width) for each in (kept.more, kept.passing))
        more += self._kept(kept.wide, steps, FLOAT) + self._kept(kept.copied, steps, width)
        if halved and self._wide.intersection(operands):
            passing += self._kept(kept.copied, steps, FLOAT)
        if halved:  # what products read is a copy of half the width
            more += sum(self.found.sizes[each] for each in values & self._wide) * width // FLOAT
            values -= self._wide
        made = [*outputs.values()]
        self.found.calls.append(CallMemory(operands, made, values, more, passing, gradients))
        return outputs

    def _weights(self, body: Graph, node: Node) -> int:
        """Bytes of the trained weights, which count at the first call of a shared layer."""
        owner = id(body.shared[node.shared]) if node.shared in body.shared else id(node)
        if owner in self._counted:
            return 0
        self._counted.add(owner)
        return FLOAT * sum(prod(each.shape) for each in node.weights if each.trainable)

    def _halves(self, layer: Layer, operands: list[int], *, has_kernel: bool) -> bool:
        """Whether a layer's output is of half the width."""
        if self._width == FLOAT or layer.halved is False:
            return False
        floats = {*operands} & (self._wide | self._halved)
        return bool(layer.halved) or has_kernel or (bool(floats) and floats <= self._halved)

    def _kept(self, size: Dim, steps: int, width: int) -> int:
        return self._size(size) * steps * width // FLOAT

    def value(self, value: Value, steps: int, *, trained: bool, halved: bool = False) -> int:
        """Another value; `halved` where mixed precision halves its floats."""
        size, is_float = steps * self.bytes_of(value), _is_float(value)
        if halved and is_float:
            size = size * self._width // FLOAT
        made = self.found.new(size, trained=trained)
        if is_float:
            (self._halved if halved else self._wide).add(made)
        return made

    def bytes_of(self, value: Value) -> int:
        """Of a sample of a value."""
        return sum(
            self._size(product(_shape(part))) * BYTES.get(part.dtype, FLOAT)
            for part in tensors_of(value)
        )

    def _size(self, size: Dim) -> int:
        if isinstance(size, int):
            return size
        found = None if isinstance(size, Unknown) else evaluate(size, self._lengths)
        if found is None:
            raise UnknownSizeError(str(size))
        return found


def _by_port(node: Node, operands: list[int]) -> dict[str, list[int]]:
    """The operands of a block, by the input that they go to."""
    found, left = dict[str, list[int]](), iter(operands)
    for port, sources in node.operands.items():
        found[port] = [next(left) for _ in sources]
    return found


def _is_float(value: Value) -> bool:
    return all(part.dtype == "float32" for part in tensors_of(value))


def _shape(value: Value) -> Shape:
    if not isinstance(value, Tensor):
        return tensors_of(value)[0].shape or ()
    if value.shape is None:
        raise UnknownSizeError("shape")
    return value.shape
