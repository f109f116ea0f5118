"""Several calls of one shared layer on equal shapes as one call on a longer batch."""

from collections import defaultdict
from copy import deepcopy
from heapq import heapify, heappop, heappush
from operator import getitem
from typing import Any

import torch
from torch import Tensor, fx

from modelspec.graph.graph import Graph, Node
from modelspec.layers.values import Tensor as Declared
from modelspec.torch.layers import is_random, mixes_samples
from modelspec.torch.module import SpecModule


def batch_shared_calls(module: SpecModule, graph: Graph) -> SpecModule:
    """A view of a module that calls a shared layer once where the spec calls it several times.

    A siamese LSTM so takes about half the time. Calls are joined that have one operand each, of
    equal shape (a symbol stands for one size wherever it stands), and of which none needs the
    result of another. Layers with batch statistics or randomness are left alone.

    Args:
        module: What `build` has made of `graph`, or a view of it. Stays as it is.
        graph: Where the shapes come from.
    """
    recorded = deepcopy(module.graph)
    joined = False
    for alike in _alike(recorded, graph):
        calls = _independent(alike)
        if len(calls) > 1:
            _join(recorded, calls)
            joined = True
    if not joined:
        return module
    _sort(recorded)
    view = SpecModule(module, recorded, type(module).__name__)
    view.training = module.training
    return view


def in_parts(result: Any, count: int) -> list[Any]:
    """What a call on `count` batches in a row has given, for each batch by itself.

    Args:
        result: A tensor, or tensors in tuples and dicts, batch first.
        count: How many batches of equal length there are.
    """
    if isinstance(result, Tensor):
        return list(result.chunk(count))
    if isinstance(result, dict):
        split = {name: in_parts(value, count) for name, value in result.items()}
        return [{name: parts[index] for name, parts in split.items()} for index in range(count)]
    return list(zip(*(in_parts(value, count) for value in result), strict=True))


def _alike(recorded: fx.Graph, graph: Graph) -> list[list[fx.Node]]:
    """Calls of one shared layer on one shape, in order."""
    alike: dict[tuple[Any, ...], list[fx.Node]] = defaultdict(list)
    for call in recorded.nodes:
        node = graph.nodes.get(call.meta.get("modelspec", ""))
        if call.op == "call_module" and node is not None and node.shared and _can_join(call, node):
            alike[call.target, _operand(graph, node)].append(call)
    return list(alike.values())


def _can_join(call: fx.Node, node: Node) -> bool:
    callee = node.graph or node.layer
    alone = len(call.args) == 1 and isinstance(call.args[0], fx.Node) and not call.kwargs
    sources = [source for sources in node.operands.values() for source in sources]
    return alone and len(sources) == 1 and not mixes_samples(callee) and not is_random(callee)


def _operand(graph: Graph, node: Node) -> Declared:
    ((source,),) = (sources for sources in node.operands.values() if sources)
    value = graph.value(source)
    assert isinstance(value, Declared)
    return value


def _independent(calls: list[fx.Node]) -> list[fx.Node]:
    """Those of the calls, from the first one on, that need no other one's result."""
    chosen: dict[fx.Node, set[fx.Node]] = {}
    for call in calls:
        behind = _behind(call)
        if not any(call in after or other in behind for other, after in chosen.items()):
            chosen[call] = behind
    return list(chosen)


def _behind(call: fx.Node) -> set[fx.Node]:
    found: set[fx.Node] = set()
    waiting: list[fx.Node] = [call]
    while waiting:
        for user in waiting.pop().users:
            if user not in found:
                found.add(user)
                waiting.append(user)
    return found


def _join(recorded: fx.Graph, calls: list[fx.Node]) -> None:
    first, count = calls[0], len(calls)
    operands = tuple(call.args[0] for call in calls)
    name = str(first.target)
    with recorded.inserting_before(first):
        batch = recorded.call_function(torch.cat, (operands,))
        result = recorded.call_module(name, (batch,))
        parts = recorded.call_function(in_parts, (result, count))
        own = [recorded.call_function(getitem, (parts, index)) for index in range(count)]
    for node, role in ((batch, "batch"), (result, "batched"), (parts, "parts")):
        node._rename(f"{name}_{role}")
        node.meta["modelspec"] = name
    for call, part in zip(calls, own, strict=True):
        part.meta = call.meta
        call.replace_all_uses_with(part)
        recorded.erase_node(call)
        part.name = call.name


def _sort(recorded: fx.Graph) -> None:
    """Put every node behind what it needs, and else leave the order as it is."""
    place = {node: index for index, node in enumerate(recorded.nodes)}
    nodes = list(place)
    missing = {node: len(node.all_input_nodes) for node in nodes}
    ready = [place[node] for node in nodes if not missing[node]]
    heapify(ready)
    output = recorded.output_node()
    while ready:
        node = nodes[heappop(ready)]
        if node is not output:
            output.prepend(node)
        for user in node.users:
            missing[user] -= 1
            if not missing[user]:
                heappush(ready, place[user])
