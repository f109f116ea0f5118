"""Which part of a module depends on the tokens so far, and what it reads of the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.torch.layers.recurrent import Network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import fx

    from modelspec.graph.decoding import DecodePlan
    from modelspec.torch.module import SpecModule


class Partition(NamedTuple):
    """The nodes of a module that one of its outputs needs, in the order in which they run.

    Attributes:
        output: What gives the output.
        feed: The input that gets the tokens.
        inputs: The other inputs by name, those too that the output does not need.
        once: What depends on no token, inputs aside.
        fixed: What of `once` depends on no input either.
        steps: What depends on the tokens, the fed input aside.
        by_row: What `steps` read of inputs and of `once` that has a row for each of the batch.
        carried: The recurrent layers among `steps` that go on from the states they ended with.
    """

    output: fx.Node
    feed: fx.Node
    inputs: dict[str, fx.Node]
    once: list[fx.Node]
    fixed: list[fx.Node]
    steps: list[fx.Node]
    by_row: list[fx.Node]
    carried: list[fx.Node]


def partition(module: SpecModule, output: str, feed: str, plan: DecodePlan) -> Partition:
    """Divide a module by what has to run again for each token.

    Args:
        module: Whose.
        output: The decoded output.
        feed: The input that gets the tokens.
        plan: How much is run for each token.
    """
    nodes = list(module.graph.nodes)
    results = nodes[-1].args[0]
    assert isinstance(results, dict)
    spoken: fx.Node = results[output]
    placeholders = [node for node in nodes if node.op == "placeholder"]
    inputs = dict(zip(module.input_names, placeholders, strict=True))
    fed = inputs.pop(feed)
    needed = _closure({spoken}, lambda node: node.all_input_nodes)
    heard = _closure({fed}, lambda node: node.users)
    rows = _closure(set(inputs.values()), lambda node: node.users)
    steps = [node for node in nodes if node in needed & heard and node is not fed]
    once = [node for node in nodes if node in needed - heard and node.op != "placeholder"]
    read = {source for node in steps for source in node.all_input_nodes}
    return Partition(
        output=spoken,
        feed=fed,
        inputs=inputs,
        once=once,
        fixed=[node for node in once if node not in rows],
        steps=steps,
        by_row=[node for node in nodes if node in read & rows - heard],
        carried=[node for node in steps if plan == "steps" and _is_recurrent(module, node)],
    )


def _is_recurrent(module: SpecModule, node: fx.Node) -> bool:
    return node.op == "call_module" and isinstance(module.get_submodule(str(node.target)), Network)


def _closure(nodes: set[fx.Node], more: Callable[[fx.Node], Iterable[Any]]) -> set[fx.Node]:
    found, stack = set(nodes), list(nodes)
    while stack:
        new = [node for node in more(stack.pop()) if node not in found]
        found.update(new)
        stack += new
    return found
