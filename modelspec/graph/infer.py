"""Inferring one graph: every node in topological order, from the values of the inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelspec.graph.block import BlockCallee, flat_weights, placed
from modelspec.graph.bounds import MOST_NODES, too_large, too_many_nodes
from modelspec.graph.call import Call, Caller
from modelspec.graph.graph import Graph, GraphOutput, Node
from modelspec.graph.inputs import check_given
from modelspec.graph.minimums import Minimums
from modelspec.graph.operands import output_problem, report_missing_port
from modelspec.graph.resolve import with_innermost
from modelspec.graph.shared_layers import Sharing
from modelspec.layers.values import (
    UNKNOWN_TENSOR,
    Bundle,
    Inference,
    LayerError,
    Operands,
    Tensor,
    Value,
)
from modelspec.shapes import total

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.graph.agreements import Agreements
    from modelspec.graph.errors import Failures
    from modelspec.graph.operands import Bound
    from modelspec.graph.resolve import Called
    from modelspec.graph.structure import Structure
    from modelspec.language.model import Declared, Endpoint, Model, Output
    from modelspec.layers import Layer
    from modelspec.shapes import Dim


class ModelPlan(NamedTuple):
    """What is the same for all calls of a model."""

    structure: Structure
    called: dict[str, Called]
    bound: dict[str, Bound]


class InferredBody:
    """An inferred graph, and what its calls need to know of it.

    Attributes:
        size: How many nodes it has, all blocks written out.
        flops: What one sample costs.
        inference: What a wrapper around it is told.
    """

    __slots__ = ("_inference", "flops", "graph", "size")

    def __init__(self, graph: Graph, size: int, flops: Dim) -> None:
        self.graph = graph
        self.size = size
        self.flops = flops
        self._inference: Inference | None = None

    @property
    def outputs(self) -> dict[str, Value]:
        """The values of its outputs by name, and as the default port if there is only one."""
        values = {name: output.value for name, output in self.graph.outputs.items()}
        return {"": next(iter(values.values())), **values} if len(values) == 1 else values

    @property
    def inference(self) -> Inference:
        """The body as a layer's inference, for the wrapper that holds it."""
        if self._inference is None:
            self._inference = Inference(self.outputs, flat_weights(self.graph), self.flops)
        return self._inference


class InferenceContext(Protocol):
    """What the inference of one graph asks of the inference of the whole spec.

    Attributes:
        report: Takes the findings.
        failures: Takes the errors of layers.
        agreements: Takes what layers need of open sizes.
    """

    report: Report
    failures: Failures
    agreements: Agreements

    def call_block(
        self, model: Model, caller: Caller, values: dict[str, Value], *, frozen: bool
    ) -> InferredBody | None:
        """The body of a block for some values of its inputs; None where it is out of bounds."""

    def refuse(self, finding: Diagnostic) -> None:
        """Report that a bound is exceeded."""


class GraphInference:
    """The inference of one graph."""

    def __init__(
        self,
        context: InferenceContext,
        model: Model,
        plan: ModelPlan,
        inputs: dict[str, Node],
        *,
        frozen: bool,
    ) -> None:
        self._context = context
        self._model = model
        self._plan = plan
        self._frozen = frozen
        self._nodes: dict[str, Node] = {}
        self._inputs = inputs
        self._sharing = Sharing(model, context.report)
        self._minimums = Minimums()
        self._size = 0
        self._flops: list[Dim] = []

    def body(self) -> InferredBody:
        """Infer all nodes."""
        model, structure = self._model, self._plan.structure
        alive = structure.reached & structure.useful
        for name in structure.order:
            node = self._inputs.get(name)
            if node is None:
                node = self._node(model.nodes[name], self._plan.called[name])
                self._flops.append(node.flops)
            node.alive = name in alive
            self._nodes[name] = node
            self._minimums.see(node.outputs.values())
        graph = Graph(
            name=model.name,
            path="",
            place=model.place,
            inputs=self._inputs,
            nodes=self._nodes,
            outputs={name: self._output(output) for name, output in model.outputs.items()},
            shared=self._sharing.layers(),
            description=model.description,
            minimums=self._minimums.found,
        )
        return InferredBody(graph, self._size + len(self._nodes), total(self._flops))

    def _node(self, declared: Declared, called: Called) -> Node:
        name = declared.name
        bound = self._plan.bound[name]
        node = Node(
            name=name,
            path=name,
            kind="block" if called.model else "layer",
            place=declared.place,
            layer=called.layer,
            block=called.block,
            shared=called.shared,
            operands=bound.operands,
            edges=bound.edges,
            trainable=called.trainable and not self._frozen,
            repeat=declared.repeat,
        )
        operands = self._operands(node)
        callable = bound.valid and name not in self._plan.structure.unordered
        if called.model:
            self._call_block(node, called, operands, callable)
        elif called.layer:
            self._call_layer(node, called, operands, callable)
        else:
            node.outputs = {"": UNKNOWN_TENSOR}
        self._sharing.call(node, operands)
        return node

    def _operands(self, node: Node) -> Operands:
        return {
            port: tuple([self._value(source, node) for source in sources])
            for port, sources in node.operands.items()
        }

    def _value(self, source: Endpoint, reader: Node) -> Value:
        before = self._nodes.get(source.node)
        if before is None:
            return UNKNOWN_TENSOR
        value = before.outputs.get(source.port)
        if value is None:
            called = self._plan.called.get(source.node)
            report_missing_port(source, called, before, reader, self._context.report)
            return UNKNOWN_TENSOR
        return value

    def _call_layer(self, node: Node, called: Called, operands: Operands, callable: bool) -> None:
        assert called.layer is not None
        layer = called.layer
        if called.inner_model is not None:
            layer = node.layer = self._with_block(called.inner_model, node, layer, operands)
        if not callable or _has_unknown(operands):
            inference = layer.unknown()
        else:
            inference = self._infer(layer, node, called, operands)
        node.outputs = inference.outputs
        node.weights = inference.weights
        node.flops = inference.flops

    def _infer(self, layer: Layer, node: Node, called: Called, operands: Operands) -> Inference:
        title = called.title(node.name)
        try:
            inference = layer.infer(operands)
        except LayerError as error:
            if error.code:
                self._failed(node, title, operands, error)
            return self._despite(layer, operands, error)
        self._context.agreements.see(node, title, layer, operands)
        large = too_large(node, title, inference)
        if large:
            self._context.report.add(large)
            return layer.unknown()
        return inference

    def _despite(self, layer: Layer, operands: Operands, error: LayerError) -> Inference:
        """What a layer gives if only the dtype is wrong, so that what follows is checked too."""
        for dtype in ("int64", "float32") if error.code == "MS506" else ():
            try:
                return layer.infer(_with_dtype(operands, dtype))
            except LayerError:
                continue
        return layer.unknown()

    def _failed(self, node: Node, title: str, operands: Operands, error: LayerError) -> None:
        call = Call(self._model, self._nodes, node, title, operands)
        self._context.failures.add(call, error)

    def _with_block(self, model: Model, node: Node, layer: Layer, operands: Operands) -> Layer:
        """A wrapper around a block, for one call of it."""

        def infer_body(inner: Operands) -> tuple[Graph, Inference]:
            values = dict(zip(model.inputs, inner.get("", ()), strict=False))
            check_given(model, values)
            caller = Caller(node, operands)
            body = self._context.call_block(model, caller, values, frozen=not node.trainable)
            if body is None:
                raise LayerError("", "")
            if not self._fits(node, body):
                raise LayerError("", "")
            self._minimums.join(body.graph.minimums)
            return placed(body.graph, node.path), body.inference

        return with_innermost(layer, BlockCallee(model.name, infer_body))

    def _call_block(self, node: Node, called: Called, operands: Operands, callable: bool) -> None:
        assert called.model is not None
        values = {port: given[0] for port, given in operands.items() if port and given}
        if callable:
            try:
                check_given(called.model, values)
            except LayerError as error:
                self._failed(node, called.title(node.name), operands, error)
                values = {}
        else:
            values = {}
        caller = Caller(node, operands)
        body = self._context.call_block(called.model, caller, values, frozen=not node.trainable)
        if body is None or not self._fits(node, body):
            node.outputs = dict.fromkeys(("", *called.model.outputs), UNKNOWN_TENSOR)
            return
        node.graph = placed(body.graph, node.path)
        node.outputs = body.outputs
        node.flops = body.flops
        self._minimums.join(body.graph.minimums)

    def _fits(self, node: Node, body: InferredBody) -> bool:
        self._size += body.size
        if self._size <= MOST_NODES:
            return True
        self._size -= body.size
        self._context.refuse(too_many_nodes(node))
        return False

    def _output(self, output: Output) -> GraphOutput:
        return GraphOutput(
            name=output.name,
            source=output.source,
            value=self._output_value(output),
            place=output.place,
            loss=output.loss,
            weight=output.weight,
            metrics=output.metrics,
            class_weight=output.class_weight,
            decode=output.decode,
            metric_places=output.metric_places,
            decision=output.decision,
        )

    def _output_value(self, output: Output) -> Value:
        source = self._nodes.get(output.source.node)
        if source is None:
            return UNKNOWN_TENSOR
        called = self._plan.called.get(source.name)
        value = source.outputs.get(output.source.port)
        problem = output_problem(output.source, called, source, value)
        if not problem:
            return UNKNOWN_TENSOR if value is None else value
        code, message, help = problem
        place = output.place.at("from")
        written = place.document.value(place.path) is not None
        report = self._context.report
        report.add(
            (place if written else output.place).finding(code, message, key=not written, help=help)
        )
        return UNKNOWN_TENSOR


def _has_unknown(operands: Operands) -> bool:
    for values in operands.values():
        for value in values:
            if isinstance(value, Tensor) and value.shape is None:
                return True
    return False


def _with_dtype(operands: Operands, dtype: str) -> Operands:
    return {
        port: tuple(
            value if isinstance(value, Bundle) else value._replace(dtype=dtype) for value in values
        )
        for port, values in operands.items()
    }
