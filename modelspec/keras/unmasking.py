"""Where an operation of Keras loses a mask that the layer of the same numbers would hand on.

`x + y` gives what `Add()([x, y])` gives, but without a mask. Where one may reach such an operation,
a `GetItem` of everything follows it, which costs nothing and hands no mask on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.body import node_of
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from modelspec.keras.model import KerasModel

UNMASKED = {"type": "GetItem", "key": "[...]"}


def starts_masks(model: KerasModel) -> bool:
    """Whether a mask begins anywhere in a model."""
    return any(
        layer.type == "Masking"
        or bool(layer.config.get("mask_zero"))
        or any(starts_masks(inner) for inner in (layer.model, layer.wrapped) if inner)
        for layer in model.layers.values()
    )


def has_mask(operands: dict[str, list[str]], masked: set[str]) -> bool:
    """Whether a mask may reach a node."""
    return any(node_of(end) in masked for ends in operands.values() for end in ends)


def hands_on(entry: dict[str, Any], operands: dict[str, list[str]], masked: set[str]) -> bool:
    """Whether a node's output may have a mask.

    Args:
        entry: What stands under `layers`.
        operands: The endpoints that reach it.
        masked: The nodes whose output may have one.
    """
    if entry.get("mask_zero") or entry["type"] == "Masking":
        return True
    reached = [node_of(end) in masked for ends in operands.values() for end in ends]
    declaration = registry.find(entry["type"])
    if declaration is None:  # a block: what happens in it is not looked at
        return any(reached)
    inner = entry.get("layer", entry)
    if declaration.mask_use is not Layer.mask_use and "return_sequences" in inner:
        return any(reached)
    if "merges" in declaration.masks:
        return bool(reached) and all(reached)
    return any(reached) and ("passes" in declaration.masks or declaration.masks == "joins")
