"""Running the part of a module that depends on the tokens so far, the rest only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, fx
from torch.nn import functional

from modelspec.torch.layers.recurrent import Network

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.graph.decoding import DecodePlan
    from modelspec.torch.module import SpecModule


class FeedInput:
    """The input that gets the tokens.

    Args:
        name: Its name.
        width: Of its last axis, where tokens are given as vectors with a 1; 0 for integers.
        length: How many steps it always has; 0 for any number.
        dtype: What it holds.
    """

    def __init__(self, name: str, width: int, length: int, dtype: torch.dtype) -> None:
        self.name = name
        self._width = width
        self._length = length
        self._dtype = dtype

    def value(self, tokens: Tensor) -> Tensor:
        """The input for some tokens, `[rows, steps]`."""
        if self._length:
            tokens = functional.pad(tokens, (0, self._length - tokens.shape[1]))
        if self._width:
            return functional.one_hot(tokens, self._width).to(self._dtype)
        return tokens.to(self._dtype)


class Stepper:
    """A model that says how probable each next token is.

    Args:
        module: In evaluation mode.
        output: The output that speaks, `[steps, vocabulary]`.
        logits: Whether that output is logits, not probabilities.
        feed: The input that hears.
        plan: How much is run for each token.
        inputs: The other inputs.
    """

    def __init__(
        self,
        module: SpecModule,
        output: str,
        feed: FeedInput,
        plan: DecodePlan,
        inputs: Mapping[str, Tensor],
        *,
        logits: bool,
    ) -> None:
        self._fed = feed
        self._plan = plan
        self._logits = logits
        self._runner = _Runner(module)
        results = next(node for node in module.graph.nodes if node.op == "output").args[0]
        assert isinstance(results, dict)
        self._spoken: fx.Node = results[output]
        arguments = dict(zip(module.input_names, _placeholders(module), strict=True))
        self._hearing = arguments[feed.name]
        needed = _behind({self._spoken})
        heard = _ahead({self._hearing})
        self._steps = [node for node in module.graph.nodes if node in needed & heard]
        self._carried: dict[fx.Node, tuple[Tensor, ...]] = {}
        rows = _ahead({node for name, node in arguments.items() if name != feed.name})
        self._by_row = rows & {source for node in self._steps for source in node.all_input_nodes}
        for name, node in arguments.items():
            if name != feed.name:
                self._runner.env[node] = inputs[name]
        for node in module.graph.nodes:
            if node in needed and node not in heard and node.op != "placeholder":
                self._runner.env[node] = self._runner.run_node(node)

    def next(self, tokens: Tensor) -> Tensor:
        """The logarithms of the probabilities of the token after those so far."""
        env = self._runner.env
        read = tokens[:, -1:] if self._plan == "steps" else tokens
        env[self._hearing] = self._fed.value(read)
        for node in self._steps:
            if node is not self._hearing:
                env[node] = self._value(node)
        spoken: Tensor = env[self._spoken]
        last = spoken[:, tokens.shape[1] - 1 if self._plan == "padded" else -1].float()
        if self._logits:
            return last.log_softmax(-1)
        return last.clamp_min(torch.finfo(last.dtype).tiny).log()

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of what is known so far."""
        env = self._runner.env
        for node in self._by_row:
            env[node] = _picked(env[node], rows)
        self._carried = {node: _picked(states, rows) for node, states in self._carried.items()}

    def _value(self, node: fx.Node) -> Any:
        if self._plan != "steps" or node.op != "call_module":
            return self._runner.run_node(node)
        module = self._runner.module.get_submodule(str(node.target))
        if not isinstance(module, Network):
            return self._runner.run_node(node)
        args, kwargs = self._runner.fetch_args_kwargs_from_env(node)
        states = self._carried.get(node, args[1:])
        result = module(args[0], *states, **kwargs)
        self._carried[node] = result[1]
        return result


class _Runner(fx.Interpreter):
    """Runs single nodes on values that are kept."""

    def __init__(self, module: SpecModule) -> None:
        super().__init__(module, garbage_collect_values=False)


def _placeholders(module: fx.GraphModule) -> list[fx.Node]:
    return [node for node in module.graph.nodes if node.op == "placeholder"]


def _behind(nodes: set[fx.Node]) -> set[fx.Node]:
    """All that these nodes need, themselves included."""
    return _closure(nodes, lambda node: node.all_input_nodes)


def _ahead(nodes: set[fx.Node]) -> set[fx.Node]:
    """All that needs one of these nodes, themselves included."""
    return _closure(nodes, lambda node: node.users)


def _closure(nodes: set[fx.Node], more: Any) -> set[fx.Node]:
    found, stack = set(nodes), list(nodes)
    while stack:
        new = [node for node in more(stack.pop()) if node not in found]
        found.update(new)
        stack += new
    return found


def _picked(value: Any, rows: Tensor) -> Any:
    if isinstance(value, Tensor):
        return value.index_select(0, rows)
    if isinstance(value, tuple | list):
        return tuple(_picked(part, rows) for part in value)
    return value
