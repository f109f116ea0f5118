"""From a Keras model to the body of a spec: nodes, what flows into them, shared layers, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.activations import split_activation
from modelspec.keras.active import is_active
from modelspec.keras.body import Body, Names, Node, identifier
from modelspec.keras.built import Built
from modelspec.keras.call_order import in_order, read_values
from modelspec.keras.call_ports import block_name, has_two_outputs, is_mask, operands, ports
from modelspec.keras.classes import Converter, is_scale_layer
from modelspec.keras.lost_masks import OWN_MASK, LostMasks
from modelspec.keras.mask_run import starts_masks
from modelspec.keras.model import Call, KerasLayer, KerasModel, Source, sources
from modelspec.keras.operations import operation, parts
from modelspec.keras.pruning import prune
from modelspec.keras.tensor_functions import UnknownOperationError

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    Arrays = Callable[[str], list[np.ndarray[Any, Any]]]

_FLAGS = ("use_causal_mask",)
_SAID = ("training", "return_attention_scores")
_SAID_TO = {"ReversibleEmbedding": ("reverse",)}
"""Arguments of calls that the graph says: what is read, and of which type."""


class Builder:
    """Builds bodies.

    Args:
        converter: Turns layers into entries; takes the findings.
        arrays: The arrays at a path; None for a model without weights.
        compiled: Whether the whole model has losses, which go by the masks of its outputs.
    """

    def __init__(
        self, converter: Converter, arrays: Arrays | None, *, compiled: bool = False
    ) -> None:
        self._converter = converter
        self._arrays = arrays
        self._compiled = compiled
        self._masks: LostMasks | None = None
        self.notes: set[str] = set()

    def build(self, model: KerasModel, *, block: bool = False) -> Built:
        """A body with its blocks.

        Args:
            model: What to build.
            block: Whether it is used in another one, and its inputs have no shapes.
        """
        built = Built(Body(identifier(model.name)), read=read_values(model))
        if not block and starts_masks(model):
            self._masks = LostMasks(model, self._converter)
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
        for source in in_order(model, by_depth=self._masks is not None):
            layer = model.layers[source.layer]
            if layer.type != "InputLayer":
                self._node(model, source, nodes[layer.name], names, built)
        outputs = Names()
        for name, end in model.outputs.items():
            found = built.ends[end]
            if self._masks is not None and self._compiled and not block:
                found = self._masks.take_off_output(end, names, built)
            built.body.outputs[outputs.fresh(identifier(name))] = found
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
        self, model: KerasModel, source: Source, called: str, names: Names, built: Built
    ) -> None:
        """One call of a layer as a node."""
        layer, index, body = model.layers[source.layer], source.call, built.body
        call = layer.calls[index]
        shared = len(layer.calls) > 1 and not layer.is_operation
        name = names.fresh(f"{called}_{index + 1}") if shared or index else called
        if layer.is_operation and self._parts(layer, index, name, names, built):
            return
        if layer.is_operation:
            entry, weights = self._operation(layer, call), None
        elif is_scale_layer(layer):
            entry, weights = self._scale(layer, call, name, names, built)
        else:
            entry, weights = self._entry(layer, built)
        entry |= self._flags(layer, call)
        if shared:
            if body.shared.setdefault(called, entry) != entry:
                message = "is called with other arguments at one call than at another"
                help = "call it alike everywhere, or make two layers of it; then save it again"
                self._converter.complain(layer.name, message, help)
            if weights is not None:
                body.shared_weights[called] = weights
            entry, weights = {"use": called}, None
        node = Node(name, entry, operands(layer, call, built), weights)
        if self._masks is not None:
            self._masks.take_off(model, source, node, names, built)
        body.nodes[name] = node
        for port, each in ports(layer, index, built):
            built.ends[each] = f"{name}.{port}" if port else name
        if self._masks is not None:
            self._masks.take_off_result(model, source, name, names, built)
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

    def _both_states(
        self, layer: KerasLayer, index: int, name: str, names: Names, built: Built
    ) -> None:
        """The states of each direction: halves of what `.h` and `.c` are here."""
        units = layer.config["layer"]["config"]["units"]
        kinds = ["h", "c"] if "LSTM" in layer.config["layer"]["class_name"] else ["h"]
        halves = {"forward": f"[:, :{units}]", "backward": f"[:, {units}:]"}
        ways = [(way, kind) for way in halves for kind in kinds]
        for place, (way, kind) in enumerate(ways, 1 + has_two_outputs(layer)):
            source = Source(layer.name, index, place)
            if source not in built.read:
                continue
            half = names.fresh(f"{name}_{way}_{kind}")
            entry = {"type": "GetItem", "key": halves[way]}
            built.body.nodes[half] = Node(half, entry, {"": [f"{name}.{kind}"]})
            built.ends[source] = half

    def _parts(self, layer: KerasLayer, index: int, name: str, names: Names, built: Built) -> bool:
        """Make a node of each output of an operation, where those are layers of their own."""
        try:
            entries = parts(layer, built.places(layer.name, index))
        except UnknownOperationError:
            return False  # it is refused when its entry is made
        for place, entry in entries.items():
            part = names.fresh(f"{name}_{place}")
            read = operands(layer, layer.calls[index], built)
            built.body.nodes[part] = Node(part, entry, read)
            built.ends[Source(layer.name, index, place)] = part
        return bool(entries)

    def _operation(self, layer: KerasLayer, call: Call) -> dict[str, Any]:
        try:
            return operation(layer, call)
        except UnknownOperationError as error:
            self._converter.complain(layer.name, str(error))
            return {"type": layer.type}

    def _entry(self, layer: KerasLayer, built: Built) -> tuple[dict[str, Any], Any]:
        """The entry of a layer or of a model used as one, and where its weights lie."""
        if layer.wrapped is not None:
            kind = block_name(layer)
            built.blocks.setdefault(kind, self.build(layer.wrapped, block=True))
            return {"type": layer.type, "layer": {"type": kind}}, built.blocks[kind].body
        if layer.model is None:
            if layer.type == "Normalization" and layer.config.get("mean") is None:
                return self._statistics(layer), None
            return self._converter.entry(layer), layer.weights
        kind = block_name(layer)
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
            elif is_mask(layer, key) and sources(value):
                self._converter.complain(layer.name, "is given a mask of its own", OWN_MASK)
            elif _counts(layer, key, value):
                message = f"is called with `{key}={value}`, which is not known"
                self._converter.complain(layer.name, message)
        return found


def _counts(layer: KerasLayer, key: str, value: Any) -> bool:
    """Whether an argument of a call is plain data that changes what the layer gives."""
    if layer.is_operation or is_mask(layer, key) or key in (*_SAID, *_SAID_TO.get(layer.type, ())):
        return False
    return value is not None and value is not False and not sources(value)
