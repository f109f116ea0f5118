"""The `forward` of a module without what `nn.Module.__call__` does around each layer's own."""

from __future__ import annotations

from functools import partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from torch import fx, nn
from torch.nn import functional as F  # noqa: N812
from torch.nn.modules import module as nn_module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from modelspec.torch.module import SpecModule


def direct_forward(module: SpecModule) -> Callable[[Mapping[str, Tensor]], Any]:
    """What a module computes of its inputs by name, its layers' `forward` being called at once.

    Hooks that are added to layers afterwards are not called, and layers that are replaced are
    not seen; new values and modes are.

    Args:
        module: What `build` has made; of layers that have hooks, the whole call is kept.
    """
    names, run = module.input_names, _direct(module)
    if len(names) == 1:
        return lambda inputs: run(inputs[names[0]])
    in_order = itemgetter(*names)
    return lambda inputs: run(*in_order(inputs))


def _direct(module: fx.GraphModule) -> Callable[..., Any]:
    graph = fx.Graph()
    graph.output(graph.graph_copy(module.graph, {}))
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
        calls[id(layer_forward)] = _call(layer)
        node.op, node.target = "call_function", layer_forward
    code = graph.python_code("self")
    space = {name: calls.get(id(value), value) for name, value in code.globals.items()}
    exec(code.src, space)
    return partial(space["forward"], module)


def _call(layer: nn.Module) -> Callable[..., Any]:
    if isinstance(layer, fx.GraphModule):
        return _direct(layer)
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
