"""From a Keras model to the body of a spec: nodes, what flows into them, shared layers, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.activations import split_activation
from modelspec.keras.active import is_active
from modelspec.keras.body import Body, Names, Node, identifier, node_of
from modelspec.keras.built import Built
from modelspec.keras.call_order import in_order, read_values
from modelspec.keras.classes import Converter, is_scale_layer
from modelspec.keras.given_masks import IMPLIED
from modelspec.keras.mask_propagation import (
    LOST,
    UNMASKED,
    all_lost,
    has_mask,
    note_lost_masks,
    propagates_mask,
    reads_masks,
    starts_masks,
)
from modelspec.keras.model import Call, KerasLayer, KerasModel, Source, sources
from modelspec.keras.operations import UnknownOperationError, operation
from modelspec.keras.pruning import prune
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    Arrays = Callable[[str], list[np.ndarray[Any, Any]]]

_OPERANDS = ("query", "value", "key")
_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
_HEADED = ("MultiHeadAttention", "GroupedQueryAttention")
_STATEFUL = ("initial_state",)
_FLAGS = ("use_causal_mask",)


class Builder:
    """Builds bodies.

    Args:
        converter: Turns layers into entries; takes the findings.
        arrays: The arrays at a path; None for a model without weights.
    """

    def __init__(self, converter: Converter, arrays: Arrays | None) -> None:
        self._converter = converter
        self._arrays = arrays
        self._masks = False
        self.notes: set[str] = set()

    def build(self, model: KerasModel, *, block: bool = False) -> Built:
        """A body with its blocks.

        Args:
            model: What to build.
            block: Whether it is used in another one, and its inputs have no shapes.
        """
        built = Built(Body(identifier(model.name)), read=read_values(model))
        self._masks = self._masks or starts_masks(model)
        for layer in model.layers.values():
            if after := split_activation(layer):
                built.activations[layer.name] = after
        names = Names()
        nodes = self._names(model, names, built)
        for name in model.inputs.values():
            layer = model.layers[name]
            node = nodes[name]
            built.body.inputs[node] = None if block else self._input(layer)
            built.ends[Source(name, 0, 0)] = node
            if block and self._masks:
                built.masked.add(node)
        for source in in_order(model, by_depth=self._masks):
            layer = model.layers[source.layer]
            if layer.type != "InputLayer":
                self._node(layer, source.call, nodes, names, built)
        outputs = Names()
        for name, end in model.outputs.items():
            built.body.outputs[outputs.fresh(identifier(name))] = built.ends[end]
        for name in prune(built.body):
            self.notes.add(f"`{name}` of `{built.body.name}` is left out: no output needs it.")
        return built

    def _names(self, model: KerasModel, names: Names, built: Built) -> dict[str, str]:
        """What each layer is called."""
        found: dict[str, str] = {}
        inputs = {layer: name for name, layer in model.inputs.items()}
        for layer in dict.fromkeys([*inputs, *model.layers]):
            name = inputs.get(layer, layer)
            fresh = names.fresh(identifier(name))
            if fresh != name:
                built.body.renamed[fresh] = name
            found[layer] = fresh
        return found

    def _input(self, layer: KerasLayer) -> Any:
        shape = list((layer.config.get("batch_shape") or layer.config["batch_input_shape"])[1:])
        dtype = layer.config.get("dtype", "float32")
        if dtype == "string":
            self._converter.complain(layer.name, "takes text; only numbers are known")
        return shape if dtype == "float32" else {"shape": shape, "dtype": dtype}

    def _node(
        self, layer: KerasLayer, index: int, nodes: dict[str, str], names: Names, built: Built
    ) -> None:
        """One call of a layer as a node."""
        call = layer.calls[index]
        body = built.body
        name = nodes[layer.name]
        shared = len(layer.calls) > 1 and not layer.is_operation
        if shared or index:
            name = names.fresh(f"{name}_{index + 1}") if shared or index else name
        if layer.is_operation:
            entry, weights = self._operation(layer, call), None
        elif is_scale_layer(layer):
            entry, weights = self._scale(layer, call, name, names, built)
        else:
            entry, weights = self._entry(layer, built)
        entry |= self._flags(layer, call)
        if shared:
            key = nodes[layer.name]
            if key not in body.shared:
                body.shared[key] = entry
                if weights is not None:
                    body.shared_weights[key] = weights
            entry, weights = {"use": key}, None
        operands = self._operands(layer, call, built)
        if reads_masks(layer) and call.kwargs.get("mask") != IMPLIED:
            if layer.type in _HEADED and not shared and all_lost(operands, built):
                entry["use_masks"] = False
                self.notes.add(LOST)
            else:
                self._lose(operands, names, built)
        node = Node(name, entry, operands, weights)
        body.nodes[name] = node
        if call.kwargs.get("mask") == IMPLIED and not has_mask(node.operands, built.masked):
            self._converter.complain(layer.name, "is given a mask of its own")
        for port, source in self._ports(layer, index, built):
            built.ends[source] = f"{name}.{port}" if port else name
        own = body.shared[entry["use"]] if shared else entry
        if propagates_mask(own, operands, built.masked):
            self._mask(layer, index, name, names, built)
        given = call.kwargs.get("mask") == IMPLIED
        note_lost_masks(layer, Node(name, own, operands), built, given=given)
        if layer.name in built.activations:
            self._activation(Source(layer.name, index, 0), name, names, built)
        if layer.type == "Bidirectional" and layer.config["layer"]["config"].get("return_state"):
            self._both_states(layer, index, name, names, built)

    def _activation(self, source: Source, name: str, names: Names, built: Built) -> None:
        """The layer that Keras has as an argument of the one before."""
        entry = self._converter.entry(built.activations[source.layer])
        after = names.fresh(f"{name}_activation")
        built.body.nodes[after] = Node(after, entry, {"": [name]})
        built.ends[source] = after
        if name in built.masked:
            built.masked.add(after)

    def _lose(self, operands: dict[str, list[str]], names: Names, built: Built) -> None:
        """Take the masks off what reaches a layer, where Keras has lost them before it."""
        for ends in operands.values():
            for place, end in enumerate(ends):
                node = node_of(end)
                if built.same.get(node, node) not in built.bare:
                    continue
                bare = f"{node}_unmasked"
                if bare not in built.body.nodes:
                    bare = names.fresh(bare)
                    built.body.nodes[bare] = Node(bare, dict(UNMASKED), {"": [end]})
                    self.notes.add(LOST)
                ends[place] = bare

    def _mask(self, layer: KerasLayer, index: int, name: str, names: Names, built: Built) -> None:
        """Note that a node has a mask, or see to it that an operation has none."""
        if not layer.is_operation:
            built.masked.add(name)
            return
        bare = names.fresh(f"{name}_unmasked")
        built.body.nodes[bare] = Node(bare, dict(UNMASKED), {"": [name]})
        built.ends[Source(layer.name, index, 0)] = bare

    def _both_states(
        self, layer: KerasLayer, index: int, name: str, names: Names, built: Built
    ) -> None:
        """The states of each direction: halves of what `.h` and `.c` are here."""
        units = layer.config["layer"]["config"]["units"]
        kinds = ["h", "c"] if "LSTM" in layer.config["layer"]["class_name"] else ["h"]
        halves = {"forward": f"[:, :{units}]", "backward": f"[:, {units}:]"}
        ways = [(way, kind) for way in halves for kind in kinds]
        for place, (way, kind) in enumerate(ways, 1 + _has_two_outputs(layer)):
            source = Source(layer.name, index, place)
            if source not in built.read:
                continue
            half = names.fresh(f"{name}_{way}_{kind}")
            entry = {"type": "GetItem", "key": halves[way]}
            built.body.nodes[half] = Node(half, entry, {"": [f"{name}.{kind}"]})
            built.ends[source] = half

    def _operation(self, layer: KerasLayer, call: Call) -> dict[str, Any]:
        try:
            return operation(layer, call)
        except (UnknownOperationError, KeyError, TypeError, IndexError) as error:
            self._converter.complain(layer.name, str(error))
            return {"type": layer.type}

    def _entry(self, layer: KerasLayer, built: Built) -> tuple[dict[str, Any], Any]:
        """The entry of a layer or of a model used as one, and where its weights lie."""
        if layer.wrapped is not None:
            kind = _block_name(layer)
            built.blocks.setdefault(kind, self.build(layer.wrapped, block=True))
            return {"type": layer.type, "layer": {"type": kind}}, built.blocks[kind].body
        if layer.model is None:
            if layer.type == "Normalization" and layer.config.get("mean") is None:
                return self._statistics(layer), None
            return self._converter.entry(layer), layer.weights
        kind = _block_name(layer)
        if kind not in built.blocks:
            built.blocks[kind] = self.build(layer.model, block=True)
        frozen = {"trainable": False} if layer.config.get("trainable") is False else {}
        return {"type": kind, **frozen}, built.blocks[kind].body

    def _statistics(self, layer: KerasLayer) -> dict[str, Any]:
        """A Normalization that has learnt its numbers from data: they are arguments here."""
        found = self._arrays(layer.weights) if self._arrays else []
        if len(found) < 2:
            self._converter.complain(layer.name, "has its statistics among the weights")
            return {"type": "Normalization", "mean": 0.0, "variance": 1.0}
        layer.config |= {"mean": found[0].ravel().tolist(), "variance": found[1].ravel().tolist()}
        return self._converter.entry(layer)

    def _scale(
        self, layer: KerasLayer, call: Call, name: str, names: Names, built: Built
    ) -> tuple[dict[str, Any], Any]:
        """The scale layers of `keras.applications`."""
        if layer.type == "LayerScale":
            # A number for each channel is a depthwise convolution of one pixel.
            first = {"type": "constant", "value": layer.config["init_values"]}
            entry = {
                "type": "DepthwiseConv2D",
                "kernel_size": 1,
                "use_bias": False,
                "depthwise_initializer": first,
            }
            return entry, {"scale": layer.weights}
        identity, branch = call.sources()
        scaled = names.fresh(f"{name}_scaled")
        factor = {"type": "Arithmetic", "function": "multiply", "constant": layer.config["scale"]}
        built.body.nodes[scaled] = Node(scaled, factor, {"": [built.ends[branch]]})
        built.ends[branch._replace(place=-1 - branch.place)] = scaled
        call.args[:] = [[identity, branch._replace(place=-1 - branch.place)]]
        return {"type": "Add"}, None

    def _flags(self, layer: KerasLayer, call: Call) -> dict[str, Any]:
        """Arguments of a call that are arguments of the layer here."""
        found = {}
        for key, value in call.kwargs.items():
            if key in _FLAGS and value:
                found[key] = value
            elif key == "training" and value and is_active(layer):
                message = "is called with `training=True`, which `predict` keeps to as well"
                help = "call it without `training`, and save the model again"
                self._converter.complain(layer.name, message, help)
            elif _is_mask(layer, key) and sources(value):
                self._converter.complain(layer.name, "is given a mask of its own")
        return found

    def _operands(self, layer: KerasLayer, call: Call, built: Built) -> dict[str, list[str]]:
        """The endpoints that reach each input port."""
        if layer.model is not None:
            block = built.blocks[_block_name(layer)]
            return _block_operands(layer.model, call, built, block)
        found: dict[str, list[str]] = {"": []}
        states = _is_recurrent(layer)
        for place, argument in enumerate(call.args):
            port = "state" if states and place else ""
            found.setdefault(port, []).extend(built.ends[each] for each in sources(argument))
        for key, value in call.kwargs.items():
            ends = [built.ends[each] for each in sources(value)]
            if not ends or _is_mask(layer, key):
                continue
            port = "state" if key in _STATEFUL else key if _has_port(layer, key) else ""
            found.setdefault(port, []).extend(ends)
        return {port: ends for port, ends in found.items() if ends}

    def _ports(self, layer: KerasLayer, index: int, built: Built) -> Iterator[tuple[str, Source]]:
        """The port of each value that a call gives, in Keras's order."""
        if layer.model is not None:
            outputs = list(built.blocks[_block_name(layer)].body.outputs)
            for place, name in enumerate(outputs):
                yield ("" if len(outputs) == 1 else name), Source(layer.name, index, place)
            return
        if _has_two_outputs(layer):
            yield "forward", Source(layer.name, index, 0)
            yield "backward", Source(layer.name, index, 1)
        else:
            yield "", Source(layer.name, index, 0)
        if layer.type in _ATTENTION:
            yield "scores", Source(layer.name, index, 1)
        for place, port in enumerate(_state_ports(layer), 1):
            yield port, Source(layer.name, index, place)


def _block_name(layer: KerasLayer) -> str:
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
        given = [given[layer] for layer in model.inputs.values()]
    ends = [built.ends[each] for each in sources(given)]
    pairs = zip(inputs, ends, strict=True)
    read = [(name, end) for name, end in pairs if name in block.body.inputs]
    if len(read) == 1:
        return {"": [read[0][1]]}
    return {name: [end] for name, end in read}


def _is_recurrent(layer: KerasLayer) -> bool:
    return layer.type in ("LSTM", "GRU", "SimpleRNN", "Bidirectional") or "ConvLSTM" in layer.type


def _has_two_outputs(layer: KerasLayer) -> bool:
    """Whether it reads both ways and joins nothing."""
    return layer.type == "Bidirectional" and layer.config.get("merge_mode") is None


def _is_mask(layer: KerasLayer, key: str) -> bool:
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
