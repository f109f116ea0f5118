"""Which layer owns which weights of a module, and where in it Keras's arrays lie."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from itertools import permutations
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor, nn

from modelspec.graph.block import inner_graph
from modelspec.torch.layers import find
from modelspec.torch.naming import Attributes, activity_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelspec.graph.graph import Graph, Node
    from modelspec.layers import Layer
    from modelspec.layers.values import Weight


class LayerWeights(NamedTuple):
    """A layer of a graph, its module, and its weights in Keras's order."""

    layer: Layer
    module: nn.Module
    weights: tuple[Weight, ...]


def layer_weights(graph: Graph, module: nn.Module) -> Iterator[LayerWeights]:
    """All layers with weights, also those in blocks; a shared one once."""
    done = set()
    for node, attribute in weight_owners(graph, module):
        if attribute in done:
            continue
        done.add(attribute)
        part = getattr(module, attribute)
        inside = inner_graph(node)
        if inside is not None:
            yield from layer_weights(inside, part)
        elif node.layer is not None and node.weights:
            yield LayerWeights(node.layer, part, node.weights)


def weight_owners(graph: Graph, module: nn.Module) -> Iterator[tuple[Node, str]]:
    """Each node of a graph with a module, and the attribute that it is."""
    attributes = Attributes(graph.nodes)
    for node in graph.nodes.values():
        if node.kind != "input" and node.alive:
            attribute = attributes.of(node.shared or node.name, shared=node.shared is not None)
            if node.layer is not None and node.layer.activity_options():
                attributes.of(activity_name(attribute), shared=True)
            if isinstance(getattr(module, attribute, None), nn.Module):
                yield node, attribute


@dataclass(frozen=True, slots=True)
class WholeView:
    """A Keras array that is one parameter, its axes in another order."""

    parameter: nn.Parameter
    order: tuple[int, ...]

    def read(self) -> Tensor:
        """The array, a view of the parameter."""
        return self.parameter.permute(self.order)

    def write(self, array: Tensor) -> None:
        """Set the parameter to an array."""
        self.read().copy_(array)


class TensorSlice(NamedTuple):
    """Numbers of a parameter, by their place in it and in the array, both laid out flat."""

    parameter: nn.Parameter
    places: Tensor
    targets: Tensor


@dataclass(frozen=True, slots=True)
class ScatteredView:
    """A Keras array whose numbers lie somehow in some parameters: gates in another order."""

    shape: tuple[int, ...]
    pieces: tuple[TensorSlice, ...]

    def read(self) -> Tensor:
        """The array."""
        values = torch.cat([piece.parameter.flatten()[piece.places] for piece in self.pieces])
        targets = torch.cat([piece.targets for piece in self.pieces])
        return torch.empty_like(values).index_copy(0, targets, values).view(self.shape)

    def write(self, array: Tensor) -> None:
        """Set the numbers of the parameters to an array."""
        flat = array.flatten()
        for parameter, places, targets in self.pieces:
            values = parameter.flatten().index_copy(0, places, flat[targets])
            parameter.copy_(values.view(parameter.shape))


View = WholeView | ScatteredView


def array_views(owner: LayerWeights, wanted: Sequence[str]) -> dict[str, View]:
    """Where the arrays of some of a layer's weights lie, of those that are trained.

    The twin's `load_keras` shows it: a copy of the module is given the places of the numbers
    in place of the numbers, which 64-bit floats hold exactly.
    """
    layer, module, weights = owner
    probe = deepcopy(module).double()
    arrays, starts, count = [], {}, 1
    for weight in weights:
        size = prod(weight.shape)
        starts[weight.name] = (count, weight.shape)
        arrays.append(torch.arange(count, count + size).double().reshape(weight.shape))
        count += size
    find(layer).load_keras(probe, layer, arrays)
    tagged = dict(probe.named_parameters())
    trained = {
        name: (parameter, tagged[name].detach().long())
        for name, parameter in module.named_parameters()
        if parameter.requires_grad
    }
    found = {name: _view(list(trained.values()), *starts[name]) for name in wanted}
    return {name: view for name, view in found.items() if view is not None}


def _view(
    trained: list[tuple[nn.Parameter, Tensor]], start: int, shape: tuple[int, ...]
) -> View | None:
    size = prod(shape)
    pieces = []
    for parameter, tags in trained:
        flat = tags.flatten()
        inside = ((flat >= start) & (flat < start + size)).nonzero().flatten()
        if len(inside) == size == flat.numel() and (order := _order(tags - start, shape)):
            return WholeView(parameter, order)
        if len(inside):
            where = parameter.device
            pieces.append(
                TensorSlice(parameter, inside.to(where), (flat[inside] - start).to(where))
            )
    return ScatteredView(shape, tuple(pieces)) if pieces else None


def _order(tags: Tensor, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The order of axes that lays a parameter out as the array; None where there is none."""
    wanted = torch.arange(prod(shape), device=tags.device).view(shape)
    for order in permutations(range(tags.dim())):
        if tags.permute(order).shape == wanted.shape and torch.equal(tags.permute(order), wanted):
            return order
    return None
