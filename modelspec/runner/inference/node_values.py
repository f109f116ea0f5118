"""The nodes whose values are asked for, and the part of a model that has them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError, did_you_mean, name_list
from modelspec.graph.graph import GraphOutput
from modelspec.language.model import Endpoint
from modelspec.runner.inference.generate import without_feed_inputs
from modelspec.torch import build
from modelspec.torch.passes.values import paths

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


def direct_module(graph: Graph, module: SpecModule) -> SpecModule | None:
    """The part of a module that does not depend on decoding; None where it has no output."""
    rest = without_feed_inputs(graph)
    if not rest.outputs:
        return None
    part = build(rest, seed=0)
    known = module.state_dict()
    part.load_state_dict({name: known[name] for name in part.state_dict()})
    return part.to(next(module.parameters()).device).eval()


def with_ports(graph: Graph, nodes: Sequence[str]) -> Graph:
    """The graph with ports like `lstm.h` as outputs; unread ports are not computed otherwise."""
    outputs = dict(graph.outputs)
    for name in nodes:
        owner, _, port = name.partition(".")
        node = graph.nodes.get(owner)
        if node is not None and node.alive and port in node.outputs and name not in outputs:
            source = Endpoint(owner, port)
            outputs[name] = GraphOutput(
                name=name, source=source, value=node.outputs[port], place=node.place
            )
    return replace(graph, outputs=outputs)


def check_nodes(nodes: Sequence[str], module: SpecModule, trained: TrainedModel) -> None:
    """Make sure that a module has these nodes.

    Raises:
        SpecError: It has not (MS301).
    """
    known = paths(module)
    span = Span(trained.spec.document.file)
    findings = []
    for name in nodes:
        if name not in known:
            near = did_you_mean(name, known)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
            findings.append(Diagnostic("MS301", f"there is no node `{name}`", span, help))
    if findings:
        raise SpecError(findings)


def check_not_decoded(nodes: Sequence[str], graph: Graph, trained: TrainedModel) -> None:
    """Make sure that these nodes have a value without decoding.

    Raises:
        SpecError: One has not (MS301).
    """
    feed_feature = without_feed_inputs(graph).outputs
    span = Span(trained.spec.document.file)
    findings = [
        Diagnostic("MS301", f"`{name}` has no one value: it is part of what is decoded", span)
        for name in nodes
        if name in graph.outputs and name not in trained.graph.outputs and name not in feed_feature
    ]
    if findings:
        raise SpecError(findings)
