"""Predicting with a trained model: labels and probabilities, and the values of inner nodes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.diagnostics import Diagnostic, Span, SpecError, did_you_mean, name_list
from modelspec.graph.graph import GraphOutput
from modelspec.language.model import Endpoint
from modelspec.runner.checkpoint.load_weights import load_weights
from modelspec.runner.inference.generate import SequenceGenerator, without_feed_inputs
from modelspec.runner.input.batches import batch_source
from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.runner.setup.decode_tokens import feed_inputs
from modelspec.torch import build, devices
from modelspec.torch.losses.probabilities import probabilities_of
from modelspec.torch.passes.values import paths, values_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Arrays, Labelled
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule

BATCH = 256


def predict(
    trained: TrainedModel, arrays: Arrays, *, nodes: Sequence[str] = (), device: str = "auto"
) -> dict[str, Array | Labelled]:
    """Predict rows.

    Args:
        trained: The model.
        arrays: Its inputs.
        nodes: Paths of inner nodes, `stage_1/conv1` or `lstm.h`, whose values are wanted too.
        device: Where to compute.

    Returns:
        Columns in the order of the rows: what the preprocessing makes of each output (labels and
        probabilities of a category, numbers in their own units), then the nodes' values.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a node does not exist.
    """
    keep_freed_memory()
    where = devices.find(device)
    graph = _with_ports(trained.graph, nodes)
    module = build(graph, seed=0)
    load_weights(module, trained.weights, graph)
    module.to(where).eval()
    generators = [
        SequenceGenerator(graph, output, module, trained.preprocessing, where)
        for output in graph.outputs.values()
        if output.decode
    ]
    direct = _direct_module(graph, module) if generators else module
    if generators:
        _check_not_decoded(nodes, graph, trained)
    inner = [name for name in nodes if name not in graph.outputs]
    _check_nodes(inner, direct or module, trained)
    parts: list[dict[str, Array]] = []
    with torch.inference_mode():
        for batch in batch_source(_given_inputs(arrays, graph), where).batches(BATCH):
            for each in generators:
                each.add(batch)
            if direct is not None:
                values = values_at(direct, batch.inputs, inner) if inner else {}
                parts.append(_arrays(direct(batch.inputs) | values))
    columns: dict[str, Array | Labelled] = {}
    for each in generators:
        columns |= each.columns(trained.preprocessing)
    for name, found in _joined(parts).items():
        output = graph.outputs.get(name) if name in trained.preprocessing.features else None
        columns |= trained.preprocessing.decode(name, _probabilities(output, found))
    return columns


def _probabilities(output: GraphOutput | None, values: Array) -> Array:
    """The probabilities of an output that is trained on logits; other values as they are."""
    if output is None or output.loss is None:
        return values
    return np.asarray(probabilities_of(output.loss, torch.from_numpy(values)))


def _given_inputs(arrays: Arrays, graph: Graph) -> Arrays:
    """The inputs that are given; decoding feeds the others itself."""
    fed = feed_inputs(graph)
    inputs = {name: values for name, values in arrays.inputs.items() if name not in fed}
    return replace(arrays, inputs=inputs, targets={})


def _direct_module(graph: Graph, module: SpecModule) -> SpecModule | None:
    """The part of a module that does not depend on decoding; None where it has no output."""
    rest = without_feed_inputs(graph)
    if not rest.outputs:
        return None
    part = build(rest, seed=0)
    known = module.state_dict()
    part.load_state_dict({name: known[name] for name in part.state_dict()})
    return part.to(next(module.parameters()).device).eval()


def _with_ports(graph: Graph, nodes: Sequence[str]) -> Graph:
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


def _check_nodes(nodes: Sequence[str], module: SpecModule, trained: TrainedModel) -> None:
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


def _check_not_decoded(nodes: Sequence[str], graph: Graph, trained: TrainedModel) -> None:
    feed_feature = without_feed_inputs(graph).outputs
    span = Span(trained.spec.document.file)
    findings = [
        Diagnostic("MS301", f"`{name}` has no one value: it is part of what is decoded", span)
        for name in nodes
        if name in graph.outputs and name not in trained.graph.outputs and name not in feed_feature
    ]
    if findings:
        raise SpecError(findings)


def _arrays(values: dict[str, Any]) -> dict[str, Array]:
    """Each tensor as an array; what is made of several is taken apart."""
    found: dict[str, Array] = {}
    for name, value in values.items():
        if isinstance(value, torch.Tensor):
            found[name] = value.float().numpy(force=True)
        elif isinstance(value, dict):
            found |= _arrays({f"{name}.{port}": inside for port, inside in value.items()})
        else:
            found |= _arrays({f"{name}.{index}": inside for index, inside in enumerate(value)})
    return found


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    names = parts[0] if parts else ()
    return {name: np.concatenate([part[name] for part in parts]) for name in names}
