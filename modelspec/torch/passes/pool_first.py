"""Max pooling before the `relu` in front of it, which then has fewer numbers to look at."""

from __future__ import annotations

from copy import deepcopy

import torch
from torch import fx

from modelspec.torch.layers.pooling import MaxPool
from modelspec.torch.module import SpecModule


def pool_first(module: SpecModule) -> SpecModule:
    """A view of a module that takes `relu` of what is pooled where it pooled what `relu` left.

    Values and gradients are the same, to the bit: `relu` keeps the order of numbers, and where the
    largest is not above 0, no gradient passes either way. Where somebody else reads what `relu`
    left, it stays; so it does in blocks.

    Args:
        module: What `build` has made. Stays as it is.
    """
    graph = deepcopy(module.graph)
    swapped = [_swap(graph, node) for node in list(graph.nodes) if _is_max_pool(module, node)]
    if not any(swapped):
        return module
    view = SpecModule(module, graph, type(module).__name__)
    view.training = module.training
    return view


def _is_max_pool(module: SpecModule, node: fx.Node) -> bool:
    if node.op == "call_module":
        return type(module.get_submodule(str(node.target))) is MaxPool
    return node.op == "call_function" and node.target is torch.amax


def _swap(graph: fx.Graph, pool: fx.Node) -> bool:
    """Whether there was a `relu` to let the pooling go round."""
    relu = pool.args[0]
    if not isinstance(relu, fx.Node) or relu.target is not torch.relu or len(relu.users) > 1:
        return False
    (x,) = relu.args
    with graph.inserting_after(pool):
        after = graph.node_copy(relu)
    pool.replace_all_uses_with(after)
    pool.args = (x, *pool.args[1:])
    after.args = (pool,)
    graph.erase_node(relu)
    return True
