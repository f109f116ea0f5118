"""The `forward` of a module without what `nn.Module.__call__` does around each layer's own."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import torch
from torch import fx, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.modules import module as nn_module
from torch.nn.modules.conv import _ConvNd

from modelspec.torch import kernels, switches
from modelspec.torch.own_code import is_own
from modelspec.torch.passes.pool_first import pool_first

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from modelspec.torch.module import SpecModule


def direct_forward(
    module: SpecModule, *, learns: bool = True
) -> Callable[[Mapping[str, Tensor]], Any]:
    """What a module computes of its inputs by name, its layers' `forward` being called at once.

    Hooks that are added to layers afterwards are not called, and layers that are replaced are
    not seen; new values and modes are.

    Args:
        module: What `build` has made; of layers that have hooks, the whole call is kept.
        learns: Whether gradients are taken. Where none are, `relu` overwrites what a dense layer
            or a convolution made for it alone.
    """
    names, run = module.input_names, _direct(module, learns=learns)
    if len(names) == 1:
        return lambda inputs: run(inputs[names[0]])
    in_order = itemgetter(*names)
    return lambda inputs: run(*in_order(inputs))


class InferenceForward:
    """The direct `forward` of a module that nothing is learnt from, made anew where it has to be.

    Args:
        module: What `build` has made.
    """

    def __init__(self, module: SpecModule) -> None:
        self._module = module
        self._state: list[tuple[Any, ...]] = []
        self._forward: Callable[[Mapping[str, Tensor]], Any] = module

    def current(self) -> Callable[[Mapping[str, Tensor]], Any]:
        """What computes the outputs, by the layers and hooks that the module has by now."""
        if not switches.DIRECT_FORWARD or _has_hooks(self._module):
            return self._module
        state = [_identity(layer) for layer in self._module.modules()]
        if state != self._state:
            self._state = state
            view = pool_first(self._module) if switches.POOL_FIRST else self._module
            self._forward = direct_forward(view, learns=False)
        return self._forward


def _identity(layer: nn.Module) -> tuple[Any, ...]:
    return id(layer), _has_hooks(layer), *map(id, layer._parameters.values())


def _direct(module: fx.GraphModule, *, learns: bool) -> Callable[..., Any]:
    graph = fx.Graph()
    graph.output(graph.graph_copy(module.graph, {}))
    _use_kernels(graph)
    if not learns:
        _overwrite(graph, module)
    calls: dict[int, Callable[..., Any]] = {}
    stubs = []  # fx would write `torch.nn.modules.linear.forward` for a method of torch's own
    for node in list(graph.nodes):
        if node.op != "call_module":
            continue
        layer = module.get_submodule(str(node.target))
        if _has_hooks(layer):
            continue

        def layer_forward(*inputs: Any) -> Any: ...

        stubs.append(layer_forward)
        calls[id(layer_forward)] = _call(layer, learns=learns)
        node.op, node.target = "call_function", layer_forward
    code = graph.python_code("self")
    space = {name: calls.get(id(value), value) for name, value in code.globals.items()}
    exec(code.src, space)
    return partial(space["forward"], module)


def _use_kernels(graph: fx.Graph) -> None:
    """Let functions that `kernels` has be computed there."""
    for node in graph.nodes if switches.FEW_CLASSES else ():
        if node.target is torch.softmax and node.kwargs.keys() <= {"dim"}:
            node.target = kernels.softmax


def _overwrite(graph: fx.Graph, module: fx.GraphModule) -> None:
    """Let `relu` write into the memory of its operand, where nobody else has that."""
    for node in graph.nodes:
        if node.target is not torch.relu or node.args[0].op != "call_module":
            continue
        layer = module.get_submodule(str(node.args[0].target))
        fresh = isinstance(layer, nn.Linear | _ConvNd) and is_own(layer)
        if fresh and not _has_hooks(layer) and len(node.args[0].users) == 1:
            node.target = torch.relu_


def _call(layer: nn.Module, *, learns: bool) -> Callable[..., Any]:
    if isinstance(layer, fx.GraphModule):
        return _direct(layer, learns=learns)
    if type(layer) is nn.Linear:
        weight, bias = layer.weight, layer.bias
        return lambda x: F.linear(x, weight, bias)
    return layer.forward


def _has_hooks(layer: nn.Module) -> bool:
    own = (
        layer._forward_hooks,
        layer._forward_pre_hooks,
        layer._backward_hooks,
        layer._backward_pre_hooks,
    )
    every: Any = nn_module
    return bool(every._has_any_global_hook()) or any(own)
