"""From a graph to a module: weights under the names of their nodes, and a generated `forward`."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from torch import fx, nn

from modelspec.graph.block import inner_graph
from modelspec.graph.graph import Graph, Node
from modelspec.layers.values import Bundle, Tensor, Value
from modelspec.shapes import Shape
from modelspec.spec.model import Endpoint
from modelspec.torch.layers import Call, find, freeze
from modelspec.torch.module import SpecModule
from modelspec.torch.naming import Attributes, argument_name
from modelspec.torch.recording import Recorder, erase_unread, name_values
from modelspec.torch.seeding import fresh_seed, generator_for

Outputs = Mapping[str, Any]


def build(graph: Graph, *, seed: int | None = None) -> SpecModule:
    """The module of a graph without errors, with new weights.

    A node's module is the attribute of its name, and so are its weights: `fc1.weight`. A shared
    layer is one module, called several times; a block is a submodule with a `forward` of its own.
    Each recorded node knows the path of its spec's node: `meta["modelspec"]`.

    Args:
        graph: What to build. Nodes on no way from an input to an output are left out.
        seed: Rules the weights, each by its name: adding a layer changes no other's. None draws
            a seed from torch's generator.
    """
    body = _Body(graph, fresh_seed() if seed is None else seed, "")
    body.record()
    return SpecModule(dict(body.modules), body.finish_as_dict(), graph.name or "SpecModule")


class _Body:
    """Records the `forward` of a graph, or of a block in it, and makes its modules."""

    def __init__(self, graph: Graph, seed: int, prefix: str) -> None:
        self.modules: dict[str, nn.Module] = {}
        self._graph = graph
        self._seed = seed
        self._prefix = prefix
        self._recorded = fx.Graph()
        self._recorder = Recorder(self._recorded)
        self._attributes = Attributes(graph.nodes)
        self._values: dict[Endpoint, Any] = {}
        self._names: dict[fx.Node, str] = {}

    def record(self) -> None:
        """Record all nodes in order."""
        for name, node in self._graph.inputs.items():
            self._recorder.path = node.path
            self._keep(node, {"": self._recorder.placeholder(argument_name(name))})
        for node in self._graph.nodes.values():
            if node.kind == "input" or not node.alive:
                continue
            self._recorder.path = node.path
            self._keep(node, self._block(node) if node.graph else self._layer(node))

    def finish_as_dict(self) -> fx.Graph:
        """The finished graph, which returns all outputs by name."""
        return self._finish({name: self._output(name) for name in self._graph.outputs})

    def finish_as_block(self) -> fx.Graph:
        """The finished graph, which returns its only output, or several by name."""
        if len(self._graph.outputs) == 1:
            return self._finish(self._output(*self._graph.outputs))
        return self.finish_as_dict()

    def _finish(self, result: Any) -> fx.Graph:
        self._recorder.path = self._graph.path
        self._recorder.create_node("output", "output", (self._recorder.create_arg(result),), {})
        erase_unread(self._recorded)
        live = set(self._recorded.nodes)
        name_values({k: v for k, v in self._names.items() if k in live}, self._recorded)
        return self._recorded

    def _output(self, name: str) -> Any:
        return self._values[self._graph.outputs[name].source]

    def _keep(self, node: Node, outputs: Outputs) -> None:
        for port, value in outputs.items():
            endpoint = Endpoint(node.name, port)
            self._values[endpoint] = value
            if isinstance(value, fx.Proxy):
                value.node.meta.setdefault("values", []).append(str(endpoint))
                self._names.setdefault(value.node, str(endpoint).replace(".", "_"))

    def _operands(self, node: Node) -> dict[str, tuple[Any, ...]]:
        return {
            port: tuple(self._values[source] for source in sources)
            for port, sources in node.operands.items()
        }

    def _layer(self, node: Node) -> Outputs:
        layer = node.layer
        if layer is None:
            raise ValueError(f"`{node.path}` has errors: only a graph without any can be built")
        shapes = tuple(_shape(self._graph.value(source)) for source in node.operands.get("", ()))
        twin = find(layer)
        attribute = self._attribute(node)
        inside = inner_graph(node)

        def make() -> nn.Module | None:
            if inside is not None:
                return self._submodule(inside, attribute)
            return twin.module(layer, shapes, generator_for(self._seed, self._prefix + attribute))

        if not self._has_module(attribute, node, make):
            return twin.outputs(Call(layer, shapes), self._operands(node))
        call = Call(
            layer,
            shapes,
            partial(self._recorder.call_module, attribute),
            partial(self._recorder.get_attr, attribute),
        )
        return twin.outputs(call, self._operands(node))

    def _block(self, node: Node) -> Outputs:
        assert node.graph is not None
        graph, attribute = node.graph, self._attribute(node)
        self._has_module(attribute, node, lambda: self._submodule(graph, attribute))
        operands = [value for name in graph.inputs for value in self._operands(node)[name]]
        result: Any = self._recorder.call_module(attribute, *operands)
        self._names[result.node] = node.name
        if len(graph.outputs) == 1:
            (name,) = graph.outputs
            value = self._parts(result, graph.outputs[name].value)
            return {"": value, name: value}
        return {
            name: self._parts(result[name], output.value) for name, output in graph.outputs.items()
        }

    def _parts(self, proxy: Any, value: Value) -> Any:
        if isinstance(value, Bundle):
            return tuple(proxy[index] for index in range(len(value.parts)))
        return proxy

    def _attribute(self, node: Node) -> str:
        return self._attributes.of(node.shared or node.name, shared=node.shared is not None)

    def _has_module(self, attribute: str, node: Node, make: Callable[[], nn.Module | None]) -> bool:
        """Whether the node has a module, which is made at its first call."""
        if attribute not in self.modules:
            module = make()
            if module is None:
                return False
            self.modules[attribute] = module
        if not node.trainable:
            freeze(self.modules[attribute])
        return True

    def _submodule(self, graph: Graph, attribute: str) -> nn.Module:
        body = _Body(graph, self._seed, f"{self._prefix}{attribute}.")
        body.record()
        return fx.GraphModule(dict(body.modules), body.finish_as_block(), graph.name or attribute)


def _shape(value: Value) -> Shape:
    assert isinstance(value, Tensor)
    assert value.shape is not None
    return value.shape
