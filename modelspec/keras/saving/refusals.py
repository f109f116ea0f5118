"""What Keras does not have, or does otherwise: refused with the place in the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.graph.masks import mask_flow
from modelspec.graph.walk import bodies
from modelspec.keras.saving.no_counterpart import no_counterpart
from modelspec.keras.saving.operations import is_operation
from modelspec.layers import Layer
from modelspec.layers.image_preprocessing import Resizing
from modelspec.layers.masks import Masking
from modelspec.layers.multi_head_attention import GroupedQueryAttention
from modelspec.layers.values import FLOATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.graph.graph import Graph, Node
    from modelspec.keras.saving.entries import Reference

_OTHERWISE = ("RandomCrop", "Norm")
"""What Keras does not compute as here, once a model with it is loaded."""


def check_masks(graph: Graph) -> None:
    """Refuse masks whose computation moves other layers in Keras's order, by which weights lie.

    Raises:
        NoCounterpartError: There is one.
    """
    for body in bodies(graph):
        for node in body.nodes.values():
            sources = [body.nodes[end.node] for end in node.sources if end.node in body.nodes]
            if isinstance(node.layer, Masking) and any(each.kind != "input" for each in sources):
                problem = "reads another layer; in a Keras file only a Masking of an input is known"
                raise no_counterpart(node, problem, "put it behind the input")
    flow = mask_flow(graph)
    for node in graph.nodes.values():
        if node.layer is None or node.layer.masks != "joins":
            continue
        masks = flow.of(node)
        if any(masks) and not all(masks):
            problem = "joins values with a mask and values without, which no Keras file says"
            raise no_counterpart(node, problem)


def check_operation(node: Node, layer: Layer) -> None:
    """Refuse an operation that Keras does not have.

    Raises:
        NoCounterpartError: It has not.
    """
    if type(layer).__name__ in _OTHERWISE:
        raise no_counterpart(node, "fails in Keras 3.15 once a model with it is loaded")
    if layer.activity_regularizer is not None:
        raise no_counterpart(node, "has an `activity_regularizer`, which no operation has")


def check_layer(
    node: Node, layer: Layer, operands: Sequence[Reference], calls: Sequence[Node]
) -> None:
    """Refuse a layer that Keras does not have.

    Args:
        node: A call of it.
        layer: Which.
        operands: What the call reads.
        calls: All calls of a shared layer.

    Raises:
        NoCounterpartError: Keras has not.
    """
    if isinstance(layer, Resizing) and operands[0].tensor.dtype not in FLOATS:
        raise no_counterpart(node, "rounds integers otherwise than Keras", "`Cast` them first")
    features = {each.tensor.shape[-1] for each in operands if each.tensor.shape}
    if isinstance(layer, GroupedQueryAttention) and len(features) > 1:
        raise no_counterpart(node, "reads a query and values of other features, as Keras's cannot")
    held: Any = layer
    while isinstance(held, Layer):
        _check_kind(node, held, inner=held is not layer)
        held = getattr(held, "layer", None)
    if any(type(call.layer) is not type(layer) for call in calls):
        raise no_counterpart(node, "is shared by a call in a wrapper and one without")


def _check_kind(node: Node, layer: Layer, *, inner: bool) -> None:
    kind = type(layer)
    if not kind.keras:
        raise no_counterpart(node, f"has no counterpart in Keras: `{kind.__name__}`")
    if is_operation(layer) and inner:
        raise no_counterpart(node, f"holds a `{kind.__name__}`, which is no layer in Keras")
    if kind.__name__ in _OTHERWISE:
        problem = "computes other numbers, or none, in a model that Keras 3.15 has loaded"
        raise no_counterpart(node, problem)
