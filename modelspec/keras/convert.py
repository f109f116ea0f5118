"""From a Keras model to the body of a spec: nodes, what flows into them, shared layers, blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.activations import split_activation
from modelspec.keras.active import is_active
from modelspec.keras.body import Body, Names, Node, identifier
from modelspec.keras.built import Built
from modelspec.keras.call_order import in_order, read_values
from modelspec.keras.classes import Converter, is_scale_layer
from modelspec.keras.mask_run import MaskRun, Reading, starts_masks
from modelspec.keras.model import BrokenError, Call, KerasLayer, KerasModel, Source, sources
from modelspec.keras.operations import operation, parts
from modelspec.keras.pruning import prune
from modelspec.keras.tensor_functions import UnknownOperationError
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy as np

    Arrays = Callable[[str], list[np.ndarray[Any, Any]]]

_ATTENTION = ("MultiHeadAttention", "GroupedQueryAttention", "Attention", "AdditiveAttention")
_STATEFUL = ("initial_state",)
_FLAGS = ("use_causal_mask",)
_UNMASKED = {"type": "GetItem", "key": "[...]"}
"""What gives what it gets, but hands no mask on, and costs nothing."""
LOST = (
    "`use_masks: false`, `..._unmasked`: Keras's MultiHeadAttention takes the mask off what it"
    " reads, and attention after it sees the padding. Leave these out to have it masked there too."
)
"""What the spec says of the nodes that stand for a lost mask."""


OWN_MASK = "let it take the mask that reaches it from an Embedding or a Masking; then save it again"


class Builder:
    """Builds bodies.

    Args:
        converter: Turns layers into entries; takes the findings.
        arrays: The arrays at a path; None for a model without weights.
    """

    def __init__(self, converter: Converter, arrays: Arrays | None) -> None:
        self._converter = converter
        self._arrays = arrays
        self._masks: MaskRun | None = None
        self.notes: set[str] = set()

    def build(self, model: KerasModel, *, block: bool = False) -> Built:
        """A body with its blocks.

        Args:
            model: What to build.
            block: Whether it is used in another one, and its inputs have no shapes.
        """
        built = Built(Body(identifier(model.name)), read=read_values(model))
        if not block and starts_masks(model):
            self._masks = MaskRun()
            self._masks.run(model)
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
        operands = self._operands(layer, call, built)
        if self._masks is not None:
            self._lose(self._masks, id(model), source, layer, operands, entry, names, built)
        body.nodes[name] = Node(name, entry, operands, weights)
        for port, each in self._ports(layer, index, built):
            built.ends[each] = f"{name}.{port}" if port else name
        if self._masks is not None and (id(model), source) in self._masks.bare:
            built.ends[source] = self._unmasked(name, names, built)
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

    def _lose(
        self,
        run: MaskRun,
        model: int,
        source: Source,
        layer: KerasLayer,
        operands: dict[str, list[str]],
        entry: dict[str, Any],
        names: Names,
        built: Built,
    ) -> None:
        """Take the masks off what a call reads, where Keras has lost them before it."""
        readings = {
            each: Reading(model, source, each) for each in layer.calls[source.call].sources()
        }
        if any(each in run.lost and each in run.kept for each in readings.values()):
            message = "reads a mask in one call of the model that it lies in, and not in another"
            help = "give each call a model of its own, and save it again"
            self._converter.complain(layer.name, message, help)
        if layer.name in run.missing:
            message = "is given a mask that MultiHeadAttention has taken off what it reads"
            help = "let attention read it through an `Activation('linear')`; then save it again"
            self._converter.complain(layer.name, message, help)
        if (model, source) in run.blind:
            entry["use_masks"] = False
            self.notes.add(LOST)
            return
        lost = {built.ends[each] for each, reading in readings.items() if reading in run.lost}
        for ends in operands.values():
            for place, end in enumerate(ends):
                if end in lost:
                    ends[place] = self._unmasked(end, names, built)
                    if not layer.is_operation:
                        self.notes.add(LOST)

    def _unmasked(self, end: str, names: Names, built: Built) -> str:
        """A node that gives a value without its mask."""
        if end not in built.unmasked:
            built.unmasked[end] = bare = names.fresh(f"{end.replace('.', '_')}_unmasked")
            built.body.nodes[bare] = Node(bare, dict(_UNMASKED), {"": [end]})
        return built.unmasked[end]

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

    def _parts(self, layer: KerasLayer, index: int, name: str, names: Names, built: Built) -> bool:
        """Make a node of each output of an operation, where those are layers of their own."""
        try:
            entries = parts(layer, built.places(layer.name, index))
        except (UnknownOperationError, KeyError, TypeError, IndexError) as error:
            self._converter.complain(layer.name, str(error))
            return False
        for place, entry in entries.items():
            part = names.fresh(f"{name}_{place}")
            operands = self._operands(layer, layer.calls[index], built)
            built.body.nodes[part] = Node(part, entry, operands)
            built.ends[Source(layer.name, index, place)] = part
        return bool(entries)

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
                self._converter.complain(layer.name, "is given a mask of its own", OWN_MASK)
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
        if layer.is_operation and layer.type == "Split":
            for place in built.places(layer.name, index):
                yield f"part_{place}", Source(layer.name, index, place)
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
