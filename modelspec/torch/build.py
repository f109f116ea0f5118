"""From a graph to a module: weights under the names of their nodes, and a generated `forward`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import fx, nn

from modelspec.graph.block import inner_graph
from modelspec.graph.graph import Graph, Node
from modelspec.graph.masks import MaskFlow, mask_flow, mask_use, output_ports
from modelspec.graph.resolve import wrappers_around
from modelspec.language.model import Endpoint
from modelspec.layers.choices import Option
from modelspec.layers.values import Bundle, Tensor, Value, is_cast
from modelspec.shapes import Shape
from modelspec.torch.fx_recorder import Recorder, erase_unread, name_values
from modelspec.torch.layers import Call, find, freeze
from modelspec.torch.layers.masked import every_step
from modelspec.torch.module import SpecModule
from modelspec.torch.naming import Attributes, activity_name, argument_name
from modelspec.torch.regularization import ActivityRegularizer
from modelspec.torch.seeding import fresh_seed, generator_for

Outputs = Mapping[str, Any]


def build(graph: Graph, *, seed: int | None = None, masks: bool = False) -> SpecModule:
    """The module of a graph without errors, with new weights.

    A node's module is the attribute of its name, and so are its weights: `fc1.weight`. A shared
    layer is one module, called several times; a block is a submodule with a `forward` of its own.
    Each recorded node knows the path of its spec's node: `meta["modelspec"]`.

    Args:
        graph: What to build. Nodes on no way from an input to an output are left out.
        seed: Rules the weights, each by its name: adding a layer changes no other's. None draws
            a seed from torch's generator.
        masks: Whether the mask of an output that has one is returned too, for its loss: that of
            `tags` under `tags.mask`.
    """
    flow = mask_flow(graph)
    body = _Body(graph, fresh_seed() if seed is None else seed, "", flow)
    body.record()
    recorded = body.finish_as_dict(masks=masks)
    return SpecModule(dict(body.modules), recorded, graph.name or "SpecModule")


class _Body:
    """Records the `forward` of a graph, or of a block in it, and makes its modules."""

    def __init__(self, graph: Graph, seed: int, prefix: str, flow: MaskFlow) -> None:
        self.modules: dict[str, nn.Module] = {}
        self._graph = graph
        self._seed = seed
        self._prefix = prefix
        self._flow = flow
        self._recorded = fx.Graph()
        self._recorder = Recorder(self._recorded)
        self._attributes = Attributes(graph.nodes)
        self._values: dict[Endpoint, Any] = {}
        self._masks: dict[Endpoint, Any] = {}
        self._names: dict[fx.Node, str] = {}

    def record(self) -> None:
        """Record all nodes in order."""
        for name, node in self._graph.inputs.items():
            self._recorder.path = node.path
            self._keep(node, {"": self._recorder.placeholder(argument_name(name))})
        for name in self._flow.wanted:
            self._recorder.path = self._graph.inputs[name].path
            self._keep_mask(name, self._recorder.placeholder(self._mask_name(name)))
        for node in self._graph.nodes.values():
            if node.kind == "input" or not node.alive:
                continue
            self._recorder.path = node.path
            self._keep(node, self._block(node) if node.graph else self._layer(node))

    def finish_as_dict(self, *, masks: bool) -> fx.Graph:
        """The finished graph, which returns all outputs by name, and their masks if need be."""
        results = {name: self._output(name) for name in self._graph.outputs}
        for name in self._flow.masked_outputs if masks else ():
            results[mask_key(name)] = self._masks[self._graph.outputs[name].source]
        return self._finish(results)

    def finish_as_block(self) -> fx.Graph:
        """The finished graph, which returns its only output, or several and masks by name."""
        if len(self._graph.outputs) == 1 and not self._flow.masked_outputs:
            return self._finish(self._output(*self._graph.outputs))
        return self.finish_as_dict(masks=True)

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

    def _keep_mask(self, name: str, mask: Any, port: str = "") -> None:
        self._masks[Endpoint(name, port)] = mask
        self._names.setdefault(mask.node, f"{name}_{port}_mask" if port else f"{name}_mask")

    def _mask_name(self, name: str) -> str:
        """The argument that brings the mask of an input."""
        argument = f"{name}_mask"
        while argument in self._graph.inputs:
            argument += "_"
        return argument

    def _operand_masks(self, node: Node) -> dict[str, tuple[Any, ...]]:
        """The masks of the operands at each port where any has one."""
        found = {
            port: tuple(self._masks.get(source) for source in sources)
            for port, sources in node.operands.items()
        }
        return {port: masks for port, masks in found.items() if any(m is not None for m in masks)}

    def _has_masks(self, node: Node) -> bool:
        """Whether the masks that a layer's own is made of are there: a block gets those it uses."""
        if mask_use(node) == "starts":
            return True
        sources = node.sources
        return all(each in self._masks for each in sources if each in self._flow.masks)

    def _operands(self, node: Node) -> dict[str, tuple[Any, ...]]:
        casts = node.layer is not None and node.layer.casts
        found = {
            port: tuple(self._operand(source, casts=casts) for source in sources)
            for port, sources in node.operands.items()
        }
        if node.layer is not None and node.layer.promotes:
            dtypes = [_dtype(self._graph.value(source)) for source in node.operands[""]]
            if len(set(dtypes)) > 1:
                wanted = getattr(torch, node.layer.output_dtype(*dtypes))
                found[""] = tuple(value.to(wanted) for value in found[""])
        return found

    def _operand(self, source: Endpoint, *, casts: bool) -> Any:
        value = self._values[source]
        if not (casts and is_cast(self._graph.value(source))):
            return value
        if isinstance(value, tuple):
            return tuple(part.float() for part in value)
        return value.float()

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
                return self._submodule(inside, attribute, self._flow.inner[node.name])
            return twin.module(layer, shapes, generator_for(self._seed, self._prefix + attribute))

        has_module = self._has_module(attribute, node, make)
        module: Callable[..., Any] = partial(self._recorder.call_module, attribute)
        if inside is not None:
            module = partial(self._call_in_wrapper, self._flow.inner[node.name], attribute)
        first = next(filter(None, self._flow.of(node)), None)
        call = Call(
            layer,
            shapes,
            module if has_module else None,
            partial(self._recorder.get_attr, attribute) if has_module else None,
            self._operand_masks(node),
            first.axes if first else 1,
        )
        operands = self._operands(node)
        outputs = twin.outputs(self._with_used_masks(call, node), operands)
        if options := layer.activity_options():
            outputs = {**outputs, "": self._watched(options, attribute, outputs[""])}
        if Endpoint(node.name, "") in self._flow.masks and self._has_masks(node):
            mask = twin.output_mask(call, *operands[""])
            for port in layer.masked_ports:
                self._keep_mask(node.name, mask, port)
        return outputs

    def _watched(self, options: Sequence[Option], attribute: str, value: Any) -> Any:
        """The same value, led through what notes its cost."""
        name = self._attributes.of(activity_name(attribute), shared=True)
        self.modules.setdefault(name, ActivityRegularizer(options))
        return self._recorder.call_module(name, value)

    def _with_used_masks(self, call: Call[Any], node: Node) -> Call[Any]:
        """The call with those masks only that it computes with."""
        inside = self._flow.inner.get(node.name)
        if inside is None:
            return call if "uses" in mask_use(node) else replace(call, masks={})
        if not inside.wanted:
            return replace(call, masks={})
        (name,), (source,) = inside.wanted, node.operands[""]  # a wrapped block has one input
        axes = inside.given[name] + wrappers_around(node.layer)
        if call.mask is not None and call.mask_axes == axes:
            return call
        masks = {"": (every_step(self._values[source], axes),)}
        return replace(call, masks=masks, mask_axes=axes)

    def _call_in_wrapper(self, flow: MaskFlow, attribute: str, *values: Any) -> Any:
        """The only output of a block inside a wrapper."""
        result: Any = self._recorder.call_module(attribute, *values)
        return result[next(iter(flow.graph.outputs))] if flow.masked_outputs else result

    def _block(self, node: Node) -> Outputs:
        assert node.graph is not None
        graph, attribute, flow = node.graph, self._attribute(node), self._flow.inner[node.name]
        self._has_module(attribute, node, lambda: self._submodule(graph, attribute, flow))
        operands = self._operands(node)
        values = [value for name in graph.inputs for value in operands[name]]
        masks = [self._given_mask(node, name, flow.given[name]) for name in flow.wanted]
        result: Any = self._recorder.call_module(attribute, *values, *masks)
        self._names[result.node] = node.name
        for name in flow.masked_outputs:
            for port in output_ports(graph, name):
                self._keep_mask(node.name, result[mask_key(name)], port)
        if len(graph.outputs) == 1:
            (name,) = graph.outputs
            only = result[name] if flow.masked_outputs else result
            value = self._parts(only, graph.outputs[name].value)
            return {"": value, name: value}
        return {
            name: self._parts(result[name], output.value) for name, output in graph.outputs.items()
        }

    def _given_mask(self, node: Node, name: str, axes: int) -> Any:
        """The mask for a block's input; where only other calls of it have one, all steps count."""
        (source,) = node.operands[name]
        mask = self._masks.get(source)
        return every_step(self._values[source], axes) if mask is None else mask

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

    def _submodule(self, graph: Graph, attribute: str, flow: MaskFlow) -> nn.Module:
        body = _Body(graph, self._seed, f"{self._prefix}{attribute}.", flow)
        body.record()
        recorded = body.finish_as_block()
        return fx.GraphModule(dict(body.modules), recorded, graph.name or attribute)


def mask_key(output: str) -> str:
    """What an output's mask is called among the results."""
    return f"{output}.mask"


def _dtype(value: Value) -> str:
    assert isinstance(value, Tensor)
    return value.dtype


def _shape(value: Value) -> Shape:
    assert isinstance(value, Tensor)
    assert value.shape is not None
    return value.shape
