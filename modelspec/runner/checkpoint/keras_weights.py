"""The weights of a Keras model in the module of the spec that it has become."""

from __future__ import annotations

from contextlib import closing
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, nn

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.graph.block import inner_graph
from modelspec.layers.spectral import SpectralNormalization
from modelspec.torch import build
from modelspec.torch.layers import find
from modelspec.torch.naming import Attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import numpy as np

    from modelspec.graph.graph import Graph, Node

    Arrays = Callable[[str, int], list[np.ndarray[Any, Any]]]


def load_keras_weights(graph: Graph, places: Mapping[str, Any], arrays: Arrays) -> nn.Module:
    """A module of the graph with Keras's weights.

    Args:
        graph: Of the spec.
        places: Where the arrays of each node lie: a path, or such a mapping of a block; those of
            what is shared under `shared:name`.
        arrays: Gives the arrays at a path, of at most so many numbers.

    Raises:
        SpecError: Arrays are missing, or have other shapes (MS901).
    """
    module = build(graph, seed=0)
    _Loading(arrays, whole=True).load(graph, module, places)
    return module


class KerasTensors(NamedTuple):
    """The weights of a Keras file that belong to a module.

    Attributes:
        tensors: By the names that the module has for them.
        other_shapes: What is of another shape in the file, in words.
        left: The layers of the file that nothing has the name of.
    """

    tensors: dict[str, Tensor]
    other_shapes: list[str]
    left: list[str]


def read_keras_tensors(graph: Graph, path: Path) -> KerasTensors:
    """The weights of a `.weights.h5`, `.h5` or `.keras` file, found by the names of nodes.

    Raises:
        SpecError: It is damaged, or does not say which layer is which (MS901).
    """
    from modelspec.keras.weights_file import WeightsFile

    with closing(WeightsFile(str(path))) as file:
        matches = file.match(graph)
        module = build(graph, seed=0)
        loading = _Loading(file.of, whole=False)
        loading.load(graph, module, matches.places)
    tensors = {
        f"{name}.{own}": tensor
        for name, part in module.named_modules()
        if part in loading.parts
        for own, tensor in part.state_dict().items()
    }
    return KerasTensors(tensors, matches.other_shapes, matches.left)


_MORE = 64
"""How many numbers a layer may have beside its weights; older layouts have some of them twice."""


class _Loading:
    """Sets weights.

    Args:
        arrays: Gives those at a place.
        whole: Whether all nodes have a place.

    Attributes:
        parts: The modules of the layers that were set.
    """

    def __init__(self, arrays: Arrays, *, whole: bool) -> None:
        self._arrays = arrays
        self._whole = whole
        self.parts: set[nn.Module] = set()

    def load(self, graph: Graph, module: nn.Module, places: Mapping[str, Any]) -> None:
        """Set the weights of all nodes of a graph."""
        attributes = Attributes(graph.nodes)
        done: set[str] = set()
        for node in graph.nodes.values():
            if node.kind == "input" or not node.alive:
                continue
            attribute = attributes.of(node.shared or node.name, shared=node.shared is not None)
            key = f"shared:{node.shared}" if node.shared else node.name
            inside = node.graph or inner_graph(node)
            if key in done or (inside is None and not node.weights):
                continue
            done.add(key)
            if key not in places and not self._whole:
                continue
            assert key in places, f"nobody says where the weights of `{node.path}` are"
            if inside is not None:
                self.load(inside, module.get_submodule(attribute), places[key])
            else:
                self._set(node, module.get_submodule(attribute), places[key])

    def _set(self, node: Node, module: nn.Module, place: Any) -> None:
        assert node.layer is not None
        wanted = node.weights
        path = place["scale"] if isinstance(place, dict) else place
        most = 2 * sum(prod(weight.shape) for weight in wanted) + _MORE
        found = [torch.as_tensor(array) for array in self._arrays(path, most)]
        if isinstance(node.layer, SpectralNormalization):
            del found[2:3]  # the kernel again, which Keras saves with the layer inside too
        if isinstance(place, dict):
            found = [found[0].reshape(wanted[0].shape)]
        given, needed = [list(a.shape) for a in found], [list(w.shape) for w in wanted]
        if not given:
            message = (
                f"the weights of `{node.path}` are not in the file: Keras saves a layer that is in "
                "two models once, and sharing between models is not known here"
            )
            help = (
                "call the layers of the inner model in the outer one, by a function instead of a"
                " model, or give each model a layer of its own; then save it again"
            )
            raise SpecError([Diagnostic("MS902", message, Span(node.place.document.file), help)])
        if given != needed:
            message = f"the weights of `{node.path}` are {given}, and {needed} are needed"
            raise SpecError([Diagnostic("MS901", message, Span(node.place.document.file))])
        find(node.layer).load_keras(module, node.layer, found)
        self.parts.add(module)
