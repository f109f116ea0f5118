"""What flows into the ports of a node, and out of them, for one call of a Keras layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.keras.body import identifier
from modelspec.keras.model import BrokenError, Call, KerasLayer, KerasModel, Source, sources
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.keras.built import Built

_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
_STATEFUL = ("initial_state",)


def operands(layer: KerasLayer, call: Call, built: Built) -> dict[str, list[str]]:
    """The endpoints that reach each input port."""
    if layer.model is not None:
        block = built.blocks[block_name(layer)]
        return _block_operands(layer.model, call, built, block)
    found: dict[str, list[str]] = {"": []}
    states = _is_recurrent(layer)
    for place, argument in enumerate(call.args):
        port = "state" if states and place else ""
        found.setdefault(port, []).extend(built.ends[each] for each in sources(argument))
    for key, value in call.kwargs.items():
        ends = [built.ends[each] for each in sources(value)]
        if not ends or is_mask(layer, key):
            continue
        port = "state" if key in _STATEFUL else key if _has_port(layer, key) else ""
        found.setdefault(port, []).extend(ends)
    return {port: ends for port, ends in found.items() if ends}


def ports(layer: KerasLayer, index: int, built: Built) -> Iterator[tuple[str, Source]]:
    """The port of each value that a call gives, in Keras's order."""
    if layer.model is not None:
        outputs = list(built.blocks[block_name(layer)].body.outputs)
        for place, name in enumerate(outputs):
            yield ("" if len(outputs) == 1 else name), Source(layer.name, index, place)
        return
    if layer.is_operation and layer.type == "Split":
        for place in built.places(layer.name, index):
            yield f"part_{place}", Source(layer.name, index, place)
        return
    if has_two_outputs(layer):
        yield "forward", Source(layer.name, index, 0)
        yield "backward", Source(layer.name, index, 1)
    else:
        yield "", Source(layer.name, index, 0)
    if layer.type in _ATTENTION:
        yield "scores", Source(layer.name, index, 1)
    for place, port in enumerate(_state_ports(layer), 1):
        yield port, Source(layer.name, index, place)


def block_name(layer: KerasLayer) -> str:
    """What a model in a model is called as a type."""
    name = identifier(layer.name)
    return f"{name}_block" if registry.find(name) is not None else name


def _block_operands(
    model: KerasModel, call: Call, built: Built, block: Built
) -> dict[str, list[str]]:
    """Which input of a block each tensor reaches: by its place, as all structures are flattened."""
    inputs = [block.ends[Source(layer, 0, 0)] for layer in model.inputs.values()]
    given = call.args[0] if call.args else call.kwargs.get("inputs")
    if isinstance(given, dict) and not model.by_key:
        given = [given.get(layer) for layer in model.inputs.values()]
    ends = [built.ends[each] for each in sources(given)]
    if len(ends) != len(inputs):
        raise BrokenError(f"`{model.name}` has {len(inputs)} inputs, and a call has {len(ends)}")
    pairs = zip(inputs, ends, strict=True)
    read = [(name, end) for name, end in pairs if name in block.body.inputs]
    if len(read) == 1:
        return {"": [read[0][1]]}
    return {name: [end] for name, end in read}


def _is_recurrent(layer: KerasLayer) -> bool:
    return layer.type in ("LSTM", "GRU", "SimpleRNN", "Bidirectional") or "ConvLSTM" in layer.type


def has_two_outputs(layer: KerasLayer) -> bool:
    """Whether it reads both ways and joins nothing."""
    return layer.type == "Bidirectional" and layer.config.get("merge_mode") is None


def is_mask(layer: KerasLayer, key: str) -> bool:
    """Whether an argument of a call is the mask of another one."""
    return key == "mask" or (key.endswith("_mask") and not _has_port(layer, key))


def _has_port(layer: KerasLayer, key: str) -> bool:
    """Whether an argument of a call is an input port."""
    declaration = registry.find(layer.type)
    return declaration is not None and key in declaration.input_ports


def _state_ports(layer: KerasLayer) -> list[str]:
    """The ports of final states, in Keras's order."""
    if layer.type == "LSTM" or "ConvLSTM" in layer.type:
        return ["h", "c"]
    return ["h"] if layer.type in ("GRU", "SimpleRNN") else []
