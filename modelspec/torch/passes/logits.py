"""Logits for the loss: softmax and cross-entropy together are one log-softmax, which is safe."""

import operator
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

from modelspec.torch.module import SpecModule

_ACTIVATIONS: dict[Any, str] = {
    torch.softmax: "softmax",
    functional.softmax: "softmax",
    torch.sigmoid: "sigmoid",
    functional.sigmoid: "sigmoid",
}
_RESHAPING = (torch.unflatten, torch.reshape)
"""What may stand between an activation and the output, the last axis being kept."""


def leave_logits(
    module: SpecModule, wanted: Mapping[str, str]
) -> tuple[SpecModule, dict[str, str]]:
    """A view of a module, some of whose outputs are logits.

    It has the same modules, and so the same weights under the same names.

    Args:
        module: What `build` has made. Stays as it is.
        wanted: The outputs that should be logits, each with the activation that is to be left
            out, `softmax` or `sigmoid`. One that ends otherwise stays as it is.

    Returns:
        The view, and those of `wanted` whose activation it leaves out.
    """
    graph = deepcopy(module.graph)
    root = _Modules(module)
    left_out = {}
    for name, value in _results(graph).items():
        if name in wanted and _skip(graph, value, wanted[name], root, name):
            left_out[name] = wanted[name]
    graph.eliminate_dead_code(lambda node: node.op in ("placeholder", "output"))
    view = SpecModule(root.all(graph), graph, type(module).__name__)
    view.training = module.training
    return view, left_out


class _Modules:
    """The modules of a view: those of the original, some replaced."""

    def __init__(self, module: nn.Module) -> None:
        self._module = module
        self._replaced: dict[str, nn.Module] = {}

    def get(self, target: str) -> nn.Module:
        return self._replaced.get(target) or self._module.get_submodule(target)

    def replace(self, target: str, by: nn.Module) -> None:
        self._replaced[target] = by

    def all(self, graph: fx.Graph) -> dict[str, Any]:
        calls = (node for node in graph.nodes if node.op in ("call_module", "get_attr"))
        return {str(node.target): self.get(str(node.target)) for node in calls}


def _results(graph: fx.Graph) -> dict[str, Any]:
    """The outputs by name; the only one of a block that returns no dict under the name ``."""
    result = graph.output_node().args[0]
    return dict(result) if isinstance(result, dict) else {"": result}


def _skip(graph: fx.Graph, value: Any, activation: str, root: _Modules, name: str) -> bool:
    """Let an output go round its activation, if it ends in that one."""
    chain: list[fx.Node] = []
    while isinstance(value, fx.Node) and value.target in _RESHAPING:
        chain.append(value)
        value = value.args[0]
    if not isinstance(value, fx.Node):
        return False
    if _is_activation(value, activation):
        logits = value.args[0]
        assert isinstance(logits, fx.Node)
    else:
        return _skip_inside(value, activation, root)
    for step in reversed(chain):
        with graph.inserting_after(step):
            copied = graph.node_copy(step, lambda node: node)
        copied.args = (logits, *step.args[1:])
        logits = copied
    _return_instead(graph, name, logits)
    return True


def _is_activation(node: fx.Node, activation: str) -> bool:
    if node.op != "call_function" or _ACTIVATIONS.get(node.target) != activation:
        return False
    dim: Any = node.kwargs.get("dim", *node.args[1:])
    return activation != "softmax" or bool(dim == -1)


def _skip_inside(value: fx.Node, activation: str, root: _Modules) -> bool:
    """The same in the block that an output comes from, if nobody else calls it or reads it."""
    call, name = _origin(value)
    if call.op != "call_module" or len(value.users) > 1 or _calls(call) > 1:
        return False
    target = str(call.target)
    block = root.get(target)
    if not isinstance(block, fx.GraphModule):
        return False
    graph = deepcopy(block.graph)
    inside = _Modules(block)
    if not _skip(graph, _results(graph).get(name), activation, inside, name):
        return False
    graph.eliminate_dead_code(lambda node: node.op in ("placeholder", "output"))
    view = fx.GraphModule(inside.all(graph), graph, type(block).__name__)
    view.training = block.training
    root.replace(target, view)
    return True


def _origin(value: fx.Node) -> tuple[fx.Node, str]:
    """The call that a value comes from, and its name among the results, if it has one."""
    source = value.args[0] if value.target is operator.getitem else None
    return (source, str(value.args[1])) if isinstance(source, fx.Node) else (value, "")


def _calls(call: fx.Node) -> int:
    return sum(node.target == call.target for node in call.graph.nodes)


def _return_instead(graph: fx.Graph, name: str, logits: fx.Node) -> None:
    output = graph.output_node()
    result = output.args[0]
    output.args = ({**result, name: logits} if isinstance(result, dict) else logits,)
