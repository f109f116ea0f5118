"""Which masks reach which nodes: from the layers that start them, through blocks, to the outputs.

`modelspec.layers.masks` says what each layer does with masks. Nothing here is computed before it
is asked for, and each body of a block is looked at once for each set of masks that it is given.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.block import inner_graph
from modelspec.graph.resolve import innermost, wrappers_around
from modelspec.language.model import Endpoint
from modelspec.layers import Layer
from modelspec.layers.values import MaskUse, Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.graph.graph import Graph, Node

Given = Mapping[str, int]
"""The inputs of a graph that come with a mask, and how many axes it has."""


class Mask(NamedTuple):
    """The mask of a value.

    Attributes:
        axes: How many axes it has after the batch's, the first ones of the value.
        origins: The nodes of the same graph where it begins: layers, blocks, or a block's inputs.
    """

    axes: int
    origins: frozenset[str]


class MaskFlow:
    """Where the masks of one graph go.

    Attributes:
        given: The inputs that come with a mask.
        masks: The mask of each value that has one.
        used: The origins whose mask is computed with, or is that of an output.
        dropped: The nodes that lose the masks of their operands, and where those begin.
        inner: The same of each block, by its node; also of those inside wrappers.
    """

    def __init__(self, graph: Graph, given: Given) -> None:
        self.graph = graph
        self.given = given
        self.masks: dict[Endpoint, Mask] = {
            Endpoint(name, ""): Mask(axes, frozenset({name})) for name, axes in given.items()
        }
        self.used: set[str] = set()
        self.dropped: dict[str, frozenset[str]] = {}
        self.inner: dict[str, MaskFlow] = {}

    def of(self, node: Node, port: str = "") -> list[Mask | None]:
        """The mask of each operand at a port."""
        return [self.masks.get(source) for source in node.operands.get(port, ())]

    def of_output(self, name: str) -> Mask | None:
        """The mask of an output."""
        return self.masks.get(self.graph.outputs[name].source)

    @property
    def wanted(self) -> list[str]:
        """The inputs whose mask is used in here, or goes through."""
        return [name for name in self.graph.inputs if name in self.given and name in self.used]

    @property
    def masked_outputs(self) -> list[str]:
        """The outputs that have a mask."""
        return [name for name in self.graph.outputs if self.of_output(name)]


def mask_flow(graph: Graph) -> MaskFlow:
    """Where the masks of a whole model go."""
    return _Follow().graph(graph, {})


def mask_use(node: Node) -> MaskUse:
    """What a layer's node does with masks; as in Keras, none with first states uses any."""
    assert node.layer is not None
    use = node.layer.mask_use()
    if "state" in node.operands and "uses" in use:
        return "passes" if "passes" in use else "drops"
    return use


class _Follow:
    """Follows masks through graphs, those of equal bodies once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, frozenset[tuple[str, int]]], MaskFlow] = {}

    def graph(self, graph: Graph, given: Given) -> MaskFlow:
        """Through one graph."""
        body = graph.body or graph
        key = (id(body), frozenset(given.items()))
        if key not in self._known:
            shared: dict[str, Given] = {}
            while True:  # until each shared block gets at every call what it gets at any
                before = dict(shared)
                flow = self._through(body, given, shared)
                if shared == before:
                    break
            self._known[key] = flow
        return self._known[key]

    def _through(self, body: Graph, given: Given, shared: dict[str, Given]) -> MaskFlow:
        flow = MaskFlow(body, given)
        for node in body.nodes.values():
            if node.kind == "input" or not node.alive:
                continue
            inside = inner_graph(node)
            if inside is not None:
                self._inside(flow, node, inside, shared)
            if node.layer is not None:
                _layer(flow, node, node.layer)
        for name in body.outputs:
            if mask := flow.of_output(name):
                flow.used |= mask.origins
        return flow

    def _inside(self, flow: MaskFlow, node: Node, inside: Graph, shared: dict[str, Given]) -> None:
        """Through a block, or the block that a wrapper holds."""
        masks = _given(flow, node, inside)
        given: Given = {name: mask.axes for name, mask in masks.items()}
        if node.shared:
            given = shared[node.shared] = {**shared.get(node.shared, {}), **given}
        inner = flow.inner[node.name] = self.graph(inside, given)
        flow.used.update(*(masks[name].origins for name in inner.used & masks.keys()))
        for name in inner.masked_outputs if node.layer is None else ():
            found = inner.of_output(name)
            assert found is not None
            begins = (
                masks[each].origins if each in masks else {node.name} for each in found.origins
            )
            mask = Mask(found.axes, frozenset().union(*begins))
            for port in output_ports(inside, name):
                flow.masks[Endpoint(node.name, port)] = mask


def output_ports(block: Graph, output: str) -> tuple[str, ...]:
    """The ports at which a caller of a block finds an output."""
    return ("", output) if len(block.outputs) == 1 else (output,)


def _given(flow: MaskFlow, node: Node, inside: Graph) -> dict[str, Mask]:
    """The masks of what a block is given; inside a wrapper, without the axes of its steps."""
    if node.layer is None:
        found = {name: next(iter(flow.of(node, name)), None) for name in inside.inputs}
        return {name: mask for name, mask in found.items() if mask}
    mask = next(iter(flow.of(node)), None)
    axes = mask.axes - wrappers_around(node.layer) if mask else 0
    return {name: mask._replace(axes=axes) for name in inside.inputs if mask and axes > 0}


def _layer(flow: MaskFlow, node: Node, layer: Layer) -> None:
    use = mask_use(node)
    rank = _rank(node)
    every = [mask for port in node.operands for mask in flow.of(node, port) if mask]
    origins = frozenset[str]().union(*(mask.origins for mask in every))
    if use == "starts":
        mask: Mask | None = Mask(rank - 1, frozenset({node.name}))
    else:
        mask = _output_mask(layer, use, flow.of(node), rank)
    for port in layer.masked_ports if mask else ():
        flow.masks[Endpoint(node.name, port)] = mask  # type: ignore[assignment]
    if "uses" in use:
        flow.used |= origins
    ends = "uses" in use and "merges" not in use
    if (origins and mask is None and not ends) or _drops_inside(layer, flow.of(node)):
        flow.dropped[node.name] = origins


def _drops_inside(layer: Layer, masks: Sequence[Mask | None]) -> bool:
    """Whether what a wrapper holds loses those axes of a mask that are not the wrapper's."""
    axes = max((mask.axes for mask in masks if mask), default=0)
    inner = innermost(layer)
    return (
        axes > wrappers_around(layer) > 0
        and isinstance(inner, Layer)
        and inner.mask_use() == "drops"
    )


def _output_mask(
    layer: Layer, use: MaskUse, masks: Sequence[Mask | None], rank: int
) -> Mask | None:
    there = [mask for mask in masks if mask]
    if not there:
        return None
    first = masks[0]
    if "passes" in use:
        return first and first._replace(axes=layer.mask_axes(first.axes))
    whole = Mask(there[0].axes, frozenset().union(*(mask.origins for mask in there)))
    alike = all(mask.axes == whole.axes for mask in there)
    if "merges" in use and alike and len(there) == len(masks):
        return whole
    return whole if use == "joins" and alike and whole.axes == rank - 1 else None


def _rank(node: Node) -> int:
    value = node.outputs.get("")
    return len(value.shape) if isinstance(value, Tensor) and value.shape is not None else 1
