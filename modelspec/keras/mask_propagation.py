"""Where an operation of Keras loses a mask that the layer of the same numbers would hand on.

`x + y` gives what `Add()([x, y])` gives, but without a mask. Where one may reach such an operation,
a `GetItem` of everything follows it, which costs nothing and hands no mask on.

The same stands where Keras loses a mask while it runs: MultiHeadAttention takes the masks off the
tensors that it is given, so that what reads them later finds none: the residual connection around
it, and all that is built on that. A mask that Keras has saved as the argument of a call is safe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.body import node_of
from modelspec.layers import Layer, registry

if TYPE_CHECKING:
    from modelspec.keras.body import Node
    from modelspec.keras.built import Built
    from modelspec.keras.model import KerasLayer, KerasModel

UNMASKED = {"type": "GetItem", "key": "[...]"}
LOST = (
    "`use_masks: false`, `..._unmasked`: Keras's MultiHeadAttention takes the mask off what it"
    " reads, and attention after it sees the padding. Leave these out to have it masked there too."
)
"""What the spec says of the nodes that stand for a lost mask."""
_SAME = (
    "Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise GaussianDropout"
    " AlphaDropout ActivityRegularization Identity"
).split()
"""What gives the very tensor that it gets, where nothing is trained."""


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


def propagates_mask(
    entry: dict[str, Any], operands: dict[str, list[str]], masked: set[str]
) -> bool:
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


def reads_masks(layer: KerasLayer) -> bool:
    """Whether a layer computes with the masks of what it is given, or hands it to layers."""
    if layer.model is not None or layer.wrapped is not None:
        return True
    declaration = registry.find(layer.type)
    if declaration is None or layer.is_operation:
        return False
    return "uses" in declaration.masks or declaration.mask_use is not Layer.mask_use


def all_lost(operands: dict[str, list[str]], built: Built) -> bool:
    """Whether Keras has lost all the masks of what reaches a node, and there were some."""
    reads = [node_of(end) for ends in operands.values() for end in ends]
    masked = [node for node in reads if node in built.masked]
    return bool(masked) and all(built.same.get(node, node) in built.bare for node in masked)


def note_lost_masks(layer: KerasLayer, node: Node, built: Built, *, given: bool) -> None:
    """Note what has no mask any more once Keras has run a node.

    Args:
        layer: What the node calls.
        node: The node, with what stands under `shared` for a call of that.
        built: Where it lies; takes the notes.
        given: Whether the mask is an argument of the call, which a model puts back on its inputs.
    """
    name, entry, operands = node.name, node.entry, node.operands
    roots = [built.same.get(each, each) for each in node.sources()]
    if layer.type in _SAME and roots:
        built.same[name] = roots[0]
    if given and layer.model is not None:
        built.bare.difference_update(roots)
    bare = set() if given else built.bare
    left = {each for each in built.masked if built.same.get(each, each) not in bare}
    block = built.blocks.get(entry["type"])
    if name in built.masked and layer.type not in _SAME:
        kept = propagates_mask(entry, operands, left)
        if block is not None and not _comes_through(block):
            kept = False
        if not kept:
            built.bare.add(name)
    if layer.type == "MultiHeadAttention":
        built.bare.update(roots)
    elif block is not None:
        ports = operands.get("") or [end for ends in operands.values() for end in ends]
        for inner, end in zip(block.body.inputs, ports, strict=False):
            if inner in block.bare:
                outer = node_of(end)
                built.bare.add(built.same.get(outer, outer))


def _comes_through(block: Built) -> bool:
    """Whether any output of a block has a mask when Keras runs it, where its inputs have."""
    ends = [node_of(end) for end in block.body.outputs.values()]
    roots = [(end, block.same.get(end, end)) for end in ends]
    return any(end in block.masked and root not in block.bare for end, root in roots)
