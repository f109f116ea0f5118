"""A layer's module from what a spec writes: how printed code makes what torch has no name for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from modelspec.layers import Layer, registry
from modelspec.shapes import UNKNOWN
from modelspec.torch.layers.finding import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import nn


def layer_module(declared: Mapping[str, Any], *shapes: Sequence[int | None]) -> nn.Module:
    """The module of a layer as a spec declares it, with new weights.

    Args:
        declared: The layer: `{"type": "LSTM", "units": 32}`.
        *shapes: The operands' shapes, without batch axis; None is any size.

    Raises:
        LookupError: There is no layer of that type, or it has no module.
        ValidationError: It takes other arguments.
        LayerError: It does not take such operands.
    """
    layer = _layer(declared)
    sizes = [tuple(UNKNOWN if size is None else size for size in shape) for shape in shapes]
    generator = torch.Generator().manual_seed(torch.initial_seed())
    module = find(layer).module(layer, sizes, generator)
    if module is None:
        raise LookupError(f"`{declared['type']}` has no module")
    return module


def declaration_of(layer: Layer) -> dict[str, Any]:
    """What `layer_module` takes for a layer."""
    given = layer.model_dump(exclude_unset=True, exclude={"layer"})
    inner = getattr(layer, "layer", None)
    held = {"layer": declaration_of(inner)} if isinstance(inner, Layer) else {}
    return {"type": type(layer).__name__, **given, **held}


def _layer(declared: Mapping[str, Any]) -> Layer:
    found = registry.find(declared["type"])
    if found is None:
        raise LookupError(f"there is no layer type `{declared['type']}`")
    given = {name: value for name, value in declared.items() if name != "type"}
    if isinstance(given.get("layer"), dict):
        given["layer"] = _layer(given["layer"])
    return found.model_validate(given)
