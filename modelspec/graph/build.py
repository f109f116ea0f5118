"""From a resolved spec to its graph: order, shapes, weights and cost of every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.graph.agreements import Agreements
from modelspec.graph.bounds import MOST_INFERRED, MOST_LEVELS, too_deep, too_many_nodes
from modelspec.graph.errors import Failures
from modelspec.graph.infer import GraphInference, InferredBody, ModelPlan
from modelspec.graph.inputs import given_input, own_input
from modelspec.graph.lengths import report_too_short
from modelspec.graph.operands import bind, report_too_many_operands
from modelspec.graph.reachability import report_unreachable
from modelspec.graph.resolve import resolve, wrappers_around
from modelspec.graph.shared_layers import report_unused_shared
from modelspec.graph.structure import structure
from modelspec.layers.values import UNKNOWN_TENSOR

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.call import Caller
    from modelspec.graph.graph import Graph
    from modelspec.language.model import Model, Spec
    from modelspec.layers.values import Value
    from modelspec.shapes import Shape


def build(spec: Spec, report: Report) -> Graph:
    """The graph of a spec. What is wrong with it is reported; nothing is raised."""
    builder = Builder(report)
    graph = builder.model(spec.model)
    graph.name = spec.name or graph.name
    graph.description = spec.description
    if not report.failed:
        builder.agreements.report(graph.minimums, report)
    report_too_short(spec.model, builder.failures.too_short, _least_sizes, report)
    return graph


def _least_sizes(model: Model, sizes: dict[str, Shape]) -> dict[str, int]:
    """The least size of each symbol in some shapes of the inputs, in place of the declared."""
    return Builder(Report(), sizes).model(model).minimums


class Builder:
    """Builds the graph of a model, and of the blocks in it, each once for equal operands.

    Args:
        report: Where findings go.
        sizes: Input shapes to take in place of the declared ones, by input.
    """

    def __init__(self, report: Report, sizes: dict[str, Shape] | None = None) -> None:
        self.report = report
        self.failures = Failures(report)
        self.agreements = Agreements()
        self._sizes = sizes or {}
        self._plans: dict[int, ModelPlan] = {}
        self._bodies: dict[tuple[object, ...], InferredBody] = {}
        self._inferred = 0
        self._level = 0
        self._refused = False

    def model(self, model: Model) -> Graph:
        """The graph of a whole model, whose inputs are its own."""
        inputs = {
            name: own_input(declared, self._sizes.get(name))
            for name, declared in model.inputs.items()
        }
        return GraphInference(self, model, self._plan(model), inputs, frozen=False).body().graph

    def _plan(self, model: Model) -> ModelPlan:
        plan = self._plans.get(id(model))
        if plan is None:
            shape = structure(model)
            called = resolve(model)
            bound = bind(model, shape, called, self.report)
            plan = ModelPlan(shape, called, bound)
            self._plans[id(model)] = plan
            if shape.unordered:
                from modelspec.graph.cycles import report_cycles

                report_cycles(model, shape, self.report)
            reported = report_unreachable(model, shape, called, bound, self.report)
            report_too_many_operands(bound, reported | shape.unordered, self.report)
            report_unused_shared(model, self.report)
        return plan

    def call_block(
        self, model: Model, caller: Caller, values: dict[str, Value], *, frozen: bool
    ) -> InferredBody | None:
        """The body of a block for some values of its inputs; None where it is out of bounds."""
        key = (id(model), tuple(values.items()), frozen)
        if key not in self._bodies:
            levels = 1 + wrappers_around(caller.node.layer)
            if self._level + levels > MOST_LEVELS:
                self.refuse(too_deep(caller.node))
                return None
            if self._inferred > MOST_INFERRED:
                self.refuse(too_many_nodes(caller.node))
                return None
            self._level += levels
            self.failures.callers.append(caller)
            self._bodies[key] = self._infer_body(model, values, frozen)
            self.failures.callers.pop()
            self._level -= levels
        return self._bodies[key]

    def _infer_body(self, model: Model, values: dict[str, Value], frozen: bool) -> InferredBody:
        inputs = {
            name: given_input(declared, values.get(name, UNKNOWN_TENSOR))
            for name, declared in model.inputs.items()
        }
        body = GraphInference(self, model, self._plan(model), inputs, frozen=frozen).body()
        self._inferred += len(body.graph.nodes)
        return body

    def refuse(self, finding: Diagnostic) -> None:
        """Report that a bound is exceeded: once, for what lies around it exceeds it too."""
        if not self._refused:
            self._refused = True
            self.report.add(finding)
