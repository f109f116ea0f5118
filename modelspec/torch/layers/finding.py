"""From a declaration to its twin, and what twins say of a layer with all that is in it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from modelspec.layers import Layer
from modelspec.torch.find_twin import find_twin
from modelspec.torch.layers.twin import Twin

if TYPE_CHECKING:
    from collections.abc import Callable


def find(layer: Layer | type[Layer]) -> Twin[Any]:
    """The twin of a declaration.

    Raises:
        PluginError: It has none: a core layer's is missing, or a plugin's `twin` leads nowhere.
    """
    return _find(layer if isinstance(layer, type) else type(layer))


def mixes_samples(callee: object) -> bool:
    """Whether, in training, samples of a batch see each other in a layer or block."""
    return _any(callee, lambda layer, twin: twin.mixes_samples and layer.trainable)


def is_random(callee: object) -> bool:
    """Whether a layer or block draws random numbers in training."""
    return _any(callee, lambda layer, twin: twin.random and _rate(layer) > 0)


def _rate(layer: Layer) -> float:
    """The largest of a layer's dropout rates; 1 for a random layer without any."""
    rates = ("rate", "dropout", "recurrent_dropout", "stddev")
    return max((getattr(layer, name) for name in rates if hasattr(layer, name)), default=1.0)


def _any(callee: object, holds: Callable[[Layer, Twin[Any]], bool]) -> bool:
    stack: list[Any] = [callee]
    while stack:
        item = stack.pop()
        if isinstance(item, Layer):
            if holds(item, find(item)):
                return True
            stack.append(getattr(item, "layer", None))
        elif (graph := getattr(item, "graph", item)) is not None:
            for node in graph.nodes.values():
                stack += (node.layer, node.graph)
    return False


@cache
def _find(declaration: type[Layer]) -> Twin[Any]:
    return find_twin(declaration, __package__, Twin)()
