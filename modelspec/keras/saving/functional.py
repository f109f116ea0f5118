"""From a graph to the configuration of a functional model, and where its weights lie in the file.

A block is a model in the model, a shared layer one layer with several calls. Masks are not
written: Keras works them out by itself as it reads the file.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.graph.block import BlockCallee, inner_graph
from modelspec.graph.masks import mask_flow
from modelspec.graph.walk import bodies
from modelspec.keras.body import Names
from modelspec.keras.model import snake_case
from modelspec.keras.saving.arguments import arguments, class_of
from modelspec.keras.saving.calls import Call, call_of, state_config, value_places
from modelspec.keras.saving.no_counterpart import no_counterpart
from modelspec.keras.saving.operations import is_operation, operation
from modelspec.keras.saving.order import layer_order
from modelspec.language.model import Endpoint
from modelspec.layers import Layer
from modelspec.layers.image_preprocessing import Resizing
from modelspec.layers.masks import Masking
from modelspec.layers.merging import Average
from modelspec.layers.multi_head_attention import GroupedQueryAttention
from modelspec.layers.values import FLOATS, Tensor, tensors_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.graph.graph import Graph, Node
    from modelspec.shapes import Dim

Json = Any
Places = dict[str, Any]
"""Where the arrays of each node lie, as in `keras.body.Weights`: a path, or again such a dict."""

_OTHERWISE = ("RandomCrop", "Norm")
"""What Keras does not compute as here, once a model with it is loaded."""


class Reference(NamedTuple):
    """A tensor of the model that is written.

    Attributes:
        layer: Keras's name of the layer that gives it.
        call: Which call, as calls count it.
        place: Which output.
        tensor: Its shape and dtype.
    """

    layer: str
    call: int
    place: int
    tensor: Tensor

    def saved(self) -> Json:
        """As an argument of a call."""
        shape = None if self.tensor.shape is None else saved_shape(self.tensor.shape)
        config = {
            "shape": shape,
            "dtype": self.tensor.dtype,
            "keras_history": [self.layer, self.call, self.place],
        }
        return {"class_name": "__keras_tensor__", "config": config}


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


def saved_shape(shape: tuple[Dim, ...]) -> list[int | None]:
    """A shape with the batch first; open sizes are None."""
    return [None, *(size if isinstance(size, int) else None for size in shape)]


def save(graph: Graph) -> Saved:
    """The model that a graph is.

    Raises:
        NoCounterpartError: Keras has nothing that computes one of its nodes.
    """
    _check_masks(graph)
    model = _Model(graph, graph.name, trainable=True, whole=True)
    config, by_name = model.saved()
    names: dict[str, str] = {}
    return Saved(config, model.places("", names), names, by_name)


@dataclass
class _Entry:
    """A layer that is written.

    Attributes:
        saved: What is saved of it.
        kind: What its weights are filed under; empty of operations.
        key: Which node or shared layer it is.
        calls: How many calls there are.
        model: The content of a model, whose calls count from 1 in `output_layers`.
        wrapped: The model that it holds as a wrapper.
    """

    saved: dict[str, Any]
    kind: str
    key: str = ""
    calls: int = 0
    model: _Model | None = None
    wrapped: _Model | None = None


@dataclass
class _Model:
    """A graph on its way to a configuration.

    Args:
        graph: Which.
        name: What the model is called.
        trainable: Whether what it lies in is trained.
        whole: Whether it lies in none.
    """

    graph: Graph
    name: str
    trainable: bool
    whole: bool = False
    _entries: dict[str, _Entry] = field(default_factory=dict)
    _values: dict[Endpoint, list[Reference]] = field(default_factory=dict)
    _input_layers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._names = Names()
        self._shared = {name: self._names.fresh(name) for name in self.graph.shared}
        self._ports = _read_ports(self.graph)

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
            "layers": [entry.saved for entry in self._entries.values()],
            "input_layers": inputs,
            "output_layers": outputs,
        }
        return _object("keras.src.models.functional", "Functional", config), by_name

    def _sort(self) -> None:
        """Put the layers into the order in which Keras has them when it has read the file."""
        names = sorted(self.graph.outputs) if self._by_name() else list(self.graph.outputs)
        ends = [
            (each.layer, each.call)
            for name in names
            for each in self._values[self.graph.outputs[name].source]
        ]
        order = layer_order({name: each.saved for name, each in self._entries.items()}, ends)
        self._entries = {name: self._entries[name] for name in order}

    def places(self, prefix: str, names: dict[str, str]) -> Places:
        """Where the weights of the nodes lie.

        Args:
            prefix: The path of the model.
            names: Takes the names of all layers by their paths.
        """
        found: Places = {}
        used: Counter[str] = Counter()
        for name, entry in self._entries.items():
            if not entry.kind:
                continue
            number = used[entry.kind]
            used[entry.kind] += 1
            path = f"{prefix}layers/{entry.kind}" + (f"_{number}" if number else "")
            names[path] = name
            place: Any = path
            if entry.model is not None:
                place = entry.model.places(f"{path}/", names)
            elif entry.wrapped is not None:
                layers = entry.saved["config"]["layer"]
                place = entry.wrapped.places(f"{path}/{'layer/' * _depth(layers)}", names)
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
            self._add(layer, "keras.layers", "InputLayer", config)
            self._input_layers.append(layer)
            found.append(Reference(layer, 0, 0, tensor))
        self._values[_end(node)] = found

    def _operation(self, node: Node, layer: Layer, name: str) -> None:
        if type(layer).__name__ in _OTHERWISE:
            raise no_counterpart(node, "fails in Keras 3.15 once a model with it is loaded")
        if layer.activity_regularizer is not None:
            raise no_counterpart(node, "has an `activity_regularizer`, which no operation has")
        tensors = [each.saved() for each in self._operands(node).get("", [])]
        found = operation(layer, tensors)
        entry = self._add(name, found.module, found.kind, found.config, operation=True)
        self._connect(entry, Call(found.args, {}))
        self._give(node, name, entry, value_places(node, self._ports.get(node.name, set())))

    def _weighted(self, node: Node, layer: Average, name: str) -> None:
        """A weighted mean, which Keras has as a sum of products."""
        operands = self._operands(node)[""]
        parts = []
        for number, (each, share) in enumerate(
            zip(operands, layer.shares(len(operands)), strict=True), 1
        ):
            part = self._names.fresh(f"{name}_{number}")
            product = self._add(part, "keras.src.ops.numpy", "Multiply", {}, operation=True)
            self._connect(product, Call([each.saved(), share], {}))
            parts.append(Reference(part, 0, 0, each.tensor).saved())
        entry = self._add(name, "keras.layers", "Add", {})
        self._connect(entry, Call([parts], {}))
        self._give(node, name, entry, {"": [0]})

    def _call(self, node: Node, name: str | None) -> None:
        """A call of a layer or a block, which is made at its first call."""
        name = name or self._shared[node.shared or ""]
        entry = self._entries.get(name)
        if entry is None:
            entry = self._made(node, name)
        operands = self._operands(node)
        if node.graph is not None:
            given = [each.saved() for port in node.graph.inputs for each in operands[port]]
            call = Call([given[0] if len(given) == 1 else given], {})
            self._connect(entry, call)
            self._give_block(node, name, entry, node.graph)
            return
        ports = self._ports_of(node)
        first = operands[""][0].tensor if operands.get("") else Tensor(None)
        saved = {port: [each.saved() for each in found] for port, found in operands.items()}
        self._connect(entry, call_of(node, saved, ports, first.dtype))
        self._give(node, name, entry, value_places(node, ports))

    def _made(self, node: Node, name: str) -> _Entry:
        """The layer or the model that a node calls."""
        key = f"shared:{node.shared}" if node.shared else node.name
        if node.graph is not None:
            model = _Model(node.graph, name, trainable=node.trainable)
            saved = {**model.saved()[0], "name": name, "inbound_nodes": []}
            self._entries[name] = entry = _Entry(saved, "functional", key, model=model)
            return entry
        layer = node.layer
        assert layer is not None
        self._check(node, layer)
        config = self._config(node, layer, name)
        state_config(config, layer, self._ports_of(node))
        entry = self._add(name, "keras.layers", class_of(layer), config, kind=type(layer).__name__)
        entry.key = key
        inside = inner_graph(node)
        if inside is not None:
            entry.wrapped = _Model(inside, f"{name}_model", self.trainable)
            _innermost(entry.saved["config"])["layer"] = entry.wrapped.saved()[0]
        return entry

    def _check(self, node: Node, layer: Layer) -> None:
        """Refuse what Keras does not have."""
        if isinstance(layer, Resizing) and self._operands(node)[""][0].tensor.dtype not in FLOATS:
            raise no_counterpart(node, "rounds integers otherwise than Keras", "`Cast` them first")
        features = {each.tensor.shape[-1] for each in self._operands(node)[""] if each.tensor.shape}
        if isinstance(layer, GroupedQueryAttention) and len(features) > 1:
            raise no_counterpart(
                node, "reads a query and values of other features, as Keras's cannot"
            )
        held: Any = layer
        while isinstance(held, Layer):
            kind = type(held)
            if not kind.keras:
                raise no_counterpart(node, f"has no counterpart in Keras: `{kind.__name__}`")
            if is_operation(held) and held is not layer:
                message = f"holds a `{kind.__name__}`, which is no layer in Keras"
                raise no_counterpart(node, message)
            if kind.__name__ in _OTHERWISE:
                problem = "computes other numbers, or none, in a model that Keras 3.15 has loaded"
                raise no_counterpart(node, problem)
            held = getattr(held, "layer", None)
        if node.shared and len({id(c.layer) for c in self._calls(node)}) > 1:
            layers = [call.layer for call in self._calls(node)]
            if any(type(each) is not type(layer) for each in layers):
                message = "is shared by a call in a wrapper and one without"
                raise no_counterpart(node, message)

    def _config(self, node: Node, layer: Layer, name: str) -> dict[str, Any]:
        config = {"name": name, **arguments(layer)}
        inner = getattr(layer, "layer", None)
        if isinstance(inner, Layer):
            held = self._config(node, inner, f"{name}_{type(inner).__name__.lower()}")
            config["layer"] = _object("keras.layers", class_of(inner), held)
        elif isinstance(inner, BlockCallee):
            config["layer"] = None  # the model, which is put there when it is made
        return config

    def _calls(self, node: Node) -> list[Node]:
        return [self.graph.nodes[name] for name in self.graph.shared[node.shared or ""].calls]

    def _ports_of(self, node: Node) -> set[str]:
        """The ports of a layer that are read at any of its calls."""
        if not node.shared:
            return self._ports.get(node.name, set())
        return set().union(*(self._ports.get(each.name, set()) for each in self._calls(node)))

    def _operands(self, node: Node) -> dict[str, list[Reference]]:
        return {
            port: [each for end in ends for each in self._values[end]]
            for port, ends in node.operands.items()
        }

    def _add(
        self,
        name: str,
        module: str,
        class_name: str,
        config: dict[str, Any],
        *,
        operation: bool = False,
        kind: str = "",
    ) -> _Entry:
        filed = "" if operation else snake_case(kind or class_name)
        saved = _object(module, class_name, {"name": name, **config})
        entry = _Entry({**saved, "name": name, "inbound_nodes": []}, filed)
        self._entries[name] = entry
        return entry

    def _connect(self, entry: _Entry, call: Call) -> None:
        entry.saved["inbound_nodes"].append({"args": call.args, "kwargs": call.kwargs})
        entry.calls += 1

    def _give(self, node: Node, name: str, entry: _Entry, places: Mapping[str, list[int]]) -> None:
        """Note the values at the ports of a call."""
        for port, found in places.items():
            value = node.outputs.get(port)
            if value is None:
                continue
            parts = tensors_of(value)
            if len(found) == len(parts):
                pairs = zip(found, parts, strict=True)
                made = [Reference(name, entry.calls - 1, place, part) for place, part in pairs]
            elif port in self._ports.get(node.name, set()):
                assert isinstance(value, Tensor)
                made = [self._joined(name, entry.calls - 1, found, value)]
            else:
                continue
            self._values[_end(node, port)] = made

    def _joined(self, name: str, call: int, places: list[int], value: Tensor) -> Reference:
        """A layer that joins two values, which are one here."""
        joined = self._names.fresh(f"{name}_states")
        half = Tensor(None, value.dtype)
        parts = [Reference(name, call, place, half).saved() for place in places]
        entry = self._add(joined, "keras.layers", "Concatenate", {"axis": -1})
        self._connect(entry, Call([parts], {}))
        return Reference(joined, 0, 0, value)

    def _give_block(self, node: Node, name: str, entry: _Entry, inner: Graph) -> None:
        place = 0
        for output in inner.outputs.values():
            parts = tensors_of(output.value)
            call = entry.calls - 1
            found = [Reference(name, call, place + i, part) for i, part in enumerate(parts)]
            place += len(parts)
            self._values[_end(node, output.name)] = found
            if len(inner.outputs) == 1:
                self._values[_end(node)] = found

    def _by_name(self) -> bool:
        """Whether the outputs are a dict, since a list would lose their names."""
        outputs = self.graph.outputs
        layers = [each.layer for out in outputs.values() for each in self._values[out.source]]
        return self.whole and layers != list(outputs)

    def _outputs(self) -> Json:
        ends = [self._values[output.source] for output in self.graph.outputs.values()]
        listed = [self._output(each) for found in ends for each in found]
        return dict(zip(self.graph.outputs, listed, strict=True)) if self._by_name() else listed

    def _output(self, end: Reference) -> Json:
        """An output. Here a model's first call counts as 1."""
        return [end.layer, end.call + (self._entries[end.layer].model is not None), end.place]


def _check_masks(graph: Graph) -> None:
    """Refuse masks whose computation moves other layers in Keras's order, by which weights lie."""
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


def _innermost(config: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the wrapper whose layer is still to come."""
    while config["layer"] is not None:
        config = config["layer"]["config"]
    return config


def _depth(held: dict[str, Any]) -> int:
    """How many wrappers there are around a model."""
    inner = held["config"].get("layer")
    return 1 if inner is None else 1 + _depth(inner)


def _end(node: Node, port: str = "") -> Endpoint:
    return Endpoint(node.name, port)


def _object(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": class_name if ".src." in module else None,
    }


def _read_ports(graph: Graph) -> dict[str, set[str]]:
    """The output ports of each node that anything alive reads."""
    found: dict[str, set[str]] = {}
    ends = [end for node in graph.nodes.values() if node.alive for end in node.sources]
    for end in (*ends, *(output.source for output in graph.outputs.values())):
        found.setdefault(end.node, set()).add(end.port)
    return found
