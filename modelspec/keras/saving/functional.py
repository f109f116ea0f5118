"""From a graph to the configuration of a functional model, and where its weights lie in the file.

A block is a model in the model, a shared layer one layer with several calls. Masks are not
written: Keras works them out by itself as it reads the file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modelspec.graph.block import BlockCallee, inner_graph
from modelspec.graph.walk import bodies
from modelspec.keras.saving.arguments import arguments, class_of
from modelspec.keras.saving.calls import Call, call_of, state_config, value_places
from modelspec.keras.saving.entries import Entry, Reference, saved_object, saved_shape
from modelspec.keras.saving.layer_table import LayerTable, end_of
from modelspec.keras.saving.no_counterpart import no_counterpart
from modelspec.keras.saving.operations import is_operation, operation
from modelspec.keras.saving.order import layer_order
from modelspec.keras.saving.refusals import check_layer, check_masks, check_operation
from modelspec.layers import Layer
from modelspec.layers.merging.average import Average
from modelspec.layers.multi_head_attention import GroupedQueryAttention, MultiHeadAttention
from modelspec.layers.values import Tensor, tensors_of

if TYPE_CHECKING:
    from modelspec.graph.graph import Graph, Node

Json = Any
Places = dict[str, Any]
"""Where the arrays of each node lie, as in `keras.body.Weights`: a path, or again such a dict."""


@dataclass
class Saved:
    """A model as it is saved.

    Attributes:
        config: `{"class_name": "Functional", ...}`.
        places: Where the arrays of its nodes lie.
        names: The path of each layer in the file, and its name.
        by_name: Whether the outputs are a dict, which keeps their names.
    """

    config: dict[str, Any]
    places: Places
    names: dict[str, str]
    by_name: bool = False


def save(graph: Graph) -> Saved:
    """The model that a graph is.

    Raises:
        NoCounterpartError: Keras has nothing that computes one of its nodes.
    """
    check_masks(graph)
    masked = any(
        node.layer is not None and "starts" in node.layer.mask_use()
        for body in bodies(graph)
        for node in body.nodes.values()
    )
    model = _Model(graph, graph.name, trainable=True, whole=True, masked=masked)
    config, by_name = model.saved()
    names: dict[str, str] = {}
    return Saved(config, model.places("", names), names, by_name)


@dataclass
class _Model:
    """A graph on its way to a configuration.

    Args:
        graph: Which.
        name: What the model is called.
        trainable: Whether what it lies in is trained.
        whole: Whether it lies in none.
        masked: Whether there are masks in the whole model.
    """

    graph: Graph
    name: str
    trainable: bool
    whole: bool = False
    masked: bool = False
    _input_layers: list[str] = field(default_factory=list)
    _inside: dict[str, _Model] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._table = LayerTable(self.graph)
        self._names = self._table.names
        self._shared = {name: self._names.fresh(name) for name in self.graph.shared}

    def saved(self) -> tuple[dict[str, Any], bool]:
        """The model, and whether its outputs are a dict."""
        nodes = [node for node in self.graph.nodes.values() if node.kind == "input" or node.alive]
        called = {node.name: self._names.fresh(node.name) for node in nodes if not node.shared}
        for node in nodes:
            if node.kind == "input":
                self._input(node, called[node.name])
            elif node.layer is not None and is_operation(node.layer):
                name = called.get(node.name) or self._names.fresh(node.name)
                self._operation(node, node.layer, name)
            elif isinstance(node.layer, Average) and node.layer.operand_weights:
                self._weighted(
                    node, node.layer, called.get(node.name) or self._names.fresh(node.name)
                )
            else:
                self._call(node, called.get(node.name))
        outputs, by_name = self._outputs(), self._by_name()
        if len(outputs) == 1 and not by_name:
            (outputs,) = outputs
        inputs: Json = [[name, 0, 0] for name in self._input_layers]
        if len(inputs) == 1:
            (inputs,) = inputs
        self._sort()
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "layers": [entry.saved for entry in self._table.entries.values()],
            "input_layers": inputs,
            "output_layers": outputs,
        }
        return saved_object("keras.src.models.functional", "Functional", config), by_name

    def _sort(self) -> None:
        """Put the layers into the order in which Keras has them when it has read the file."""
        names = sorted(self.graph.outputs) if self._by_name() else list(self.graph.outputs)
        ends = [
            (each.layer, each.call)
            for name in names
            for each in self._table.values[self.graph.outputs[name].source]
        ]
        order = layer_order({name: each.saved for name, each in self._table.entries.items()}, ends)
        self._table.entries = {name: self._table.entries[name] for name in order}

    def places(self, prefix: str, names: dict[str, str]) -> Places:
        """Where the weights of the nodes lie.

        Args:
            prefix: The path of the model.
            names: Takes the names of all layers by their paths.
        """
        found: Places = {}
        used: Counter[str] = Counter()
        for name, entry in self._table.entries.items():
            if not entry.kind:
                continue
            number = used[entry.kind]
            used[entry.kind] += 1
            path = f"{prefix}layers/{entry.kind}" + (f"_{number}" if number else "")
            names[path] = name
            place: Any = path
            inside = self._inside.get(name)
            if inside is not None:
                depth = 0 if entry.is_model else _depth(entry.saved["config"]["layer"])
                place = inside.places(f"{path}/{'layer/' * depth}", names)
            if entry.key:
                found[entry.key] = place
        return found

    def _input(self, node: Node, name: str) -> None:
        found = []
        value = node.outputs[""]
        parts = tensors_of(value)
        for number, tensor in enumerate(parts, 1):
            layer = name if len(parts) == 1 else self._names.fresh(f"{name}_{number}")
            if tensor.shape is None:
                raise no_counterpart(node, "is of unknown shape")
            config = {
                "batch_shape": saved_shape(tensor.shape),
                "dtype": tensor.dtype,
                "sparse": False,
                "ragged": False,
                "name": layer,
            }
            self._table.add(layer, "keras.layers", "InputLayer", config)
            self._input_layers.append(layer)
            found.append(Reference(layer, 0, 0, tensor))
        self._table.values[end_of(node)] = found

    def _operation(self, node: Node, layer: Layer, name: str) -> None:
        check_operation(node, layer)
        tensors = [each.saved() for each in self._table.operands(node).get("", [])]
        found = operation(layer, tensors)
        entry = self._table.add(name, found.module, found.kind, found.config, operation=True)
        self._table.connect(entry, Call(found.args, {}))
        self._table.give(node, name, entry, value_places(node, self._table.ports(node)))

    def _weighted(self, node: Node, layer: Average, name: str) -> None:
        """A weighted mean, which Keras has as a sum of products."""
        operands = self._table.operands(node)[""]
        parts = []
        for number, (each, share) in enumerate(
            zip(operands, layer.shares(len(operands)), strict=True), 1
        ):
            part = self._names.fresh(f"{name}_{number}")
            product = self._table.add(part, "keras.src.ops.numpy", "Multiply", {}, operation=True)
            self._table.connect(product, Call([each.saved(), share], {}))
            parts.append(Reference(part, 0, 0, each.tensor).saved())
        entry = self._table.add(name, "keras.layers", "Add", {})
        self._table.connect(entry, Call([parts], {}))
        self._table.give(node, name, entry, {"": [0]})

    def _call(self, node: Node, name: str | None) -> None:
        """A call of a layer or a block, which is made at its first call."""
        name = name or self._shared[node.shared or ""]
        entry = self._table.entries.get(name)
        if entry is None:
            entry = self._made(node, name)
        if node.graph is not None:
            operands = self._table.operands(node)
            given = [each.saved() for port in node.graph.inputs for each in operands[port]]
            call = Call([given[0] if len(given) == 1 else given], {})
            self._table.connect(entry, call)
            self._table.give_block(node, name, entry, node.graph)
            return
        attends = isinstance(node.layer, MultiHeadAttention | GroupedQueryAttention)
        copies = self.masked and attends
        operands = self._table.masked_operands(node) if copies else self._table.operands(node)
        ports = self._table.ports(node)
        first = operands[""][0].tensor if operands.get("") else Tensor(None)
        saved = {port: [each.saved() for each in found] for port, found in operands.items()}
        self._table.connect(entry, call_of(node, saved, ports, first.dtype))
        self._table.give(node, name, entry, value_places(node, ports))

    def _made(self, node: Node, name: str) -> Entry:
        """The layer or the model that a node calls."""
        key = f"shared:{node.shared}" if node.shared else node.name
        if node.graph is not None:
            model = _Model(node.graph, name, trainable=node.trainable, masked=self.masked)
            saved = {**model.saved()[0], "name": name, "inbound_nodes": []}
            self._table.entries[name] = entry = Entry(saved, "functional", key, is_model=True)
            self._inside[name] = model
            return entry
        layer = node.layer
        assert layer is not None
        calls = self.graph.shared[node.shared].calls if node.shared else ()
        operands = self._table.operands(node)[""]
        check_layer(node, layer, operands, [self.graph.nodes[each] for each in calls])
        config = self._config(node, layer, name)
        state_config(config, layer, self._table.ports(node))
        kind = type(layer).__name__
        entry = self._table.add(name, "keras.layers", class_of(layer), config, kind=kind)
        entry.key = key
        inside = inner_graph(node)
        if inside is not None:
            model = _Model(inside, f"{name}_model", self.trainable, masked=self.masked)
            _innermost(entry.saved["config"])["layer"] = model.saved()[0]
            self._inside[name] = model
        return entry

    def _config(self, node: Node, layer: Layer, name: str) -> dict[str, Any]:
        config = {"name": name, **arguments(layer)}
        inner = getattr(layer, "layer", None)
        if isinstance(inner, Layer):
            held = self._config(node, inner, f"{name}_{type(inner).__name__.lower()}")
            config["layer"] = saved_object("keras.layers", class_of(inner), held)
        elif isinstance(inner, BlockCallee):
            config["layer"] = None  # the model, which is put there when it is made
        return config

    def _by_name(self) -> bool:
        """Whether the outputs are a dict, since a list would lose their names."""
        outputs = self.graph.outputs
        layers = [each.layer for out in outputs.values() for each in self._table.values[out.source]]
        return self.whole and layers != list(outputs)

    def _outputs(self) -> Json:
        ends = [self._table.values[output.source] for output in self.graph.outputs.values()]
        listed = [self._output(each) for found in ends for each in found]
        return dict(zip(self.graph.outputs, listed, strict=True)) if self._by_name() else listed

    def _output(self, end: Reference) -> Json:
        """An output. Here a model's first call counts as 1."""
        return [end.layer, end.call + self._table.entries[end.layer].is_model, end.place]


def _innermost(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the wrapper whose layer is still to come."""
    while config["layer"] is not None:
        config = config["layer"]["config"]
    return config


def _depth(held: dict[str, Any]) -> int:
    """How many wrappers there are around a model."""
    inner = held["config"].get("layer")
    return 1 if inner is None else 1 + _depth(inner)
