"""Running the part of a module that depends on the tokens so far, the rest only once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor, fx
from torch.nn import functional

from modelspec.torch.decoding.partition import partition

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
        self.width = width
        self.length = length
        self._dtype = dtype

    def value(self, tokens: Tensor) -> Tensor:
        """The input for some tokens, `[rows, steps]`."""
        if self.length:
            tokens = functional.pad(tokens, (0, self.length - tokens.shape[1]))
        if self.width:
            return functional.one_hot(tokens, self.width).to(self._dtype)
        return tokens.to(self._dtype)


def log_probabilities(values: Tensor, *, logits: bool) -> Tensor:
    """The logarithms of the probabilities that an output says, `[rows, vocabulary]`."""
    if logits:
        return values.float().log_softmax(-1)
    return values.float().clamp_min(torch.finfo(torch.float32).tiny).log()


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
        self._runner = NodeRunner(module)
        self._parts = parts = partition(module, output, feed.name, plan)
        self._carried: dict[fx.Node, tuple[Tensor, ...]] = {}
        for name, node in parts.inputs.items():
            self._runner.env[node] = inputs[name]
        for node in parts.once:
            self._runner.env[node] = self._runner.run_node(node)

    def next(self, tokens: Tensor) -> Tensor:
        """The logarithms of the probabilities of the token after those so far."""
        env = self._runner.env
        read = tokens[:, -1:] if self._plan == "steps" else tokens
        env[self._parts.feed] = self._fed.value(read)
        for node in self._parts.steps:
            env[node] = self._value(node)
        spoken: Tensor = env[self._parts.output]
        last = spoken[:, tokens.shape[1] - 1 if self._plan == "padded" else -1]
        return log_probabilities(last, logits=self._logits)

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of what is known so far."""
        env = self._runner.env
        for node in self._parts.by_row:
            env[node] = _picked(env[node], rows)
        self._carried = {node: _picked(states, rows) for node, states in self._carried.items()}

    def _value(self, node: fx.Node) -> Any:
        if node not in self._parts.carried:
            return self._runner.run_node(node)
        value, self._carried[node] = self._runner.run_recurrent(node, self._carried.get(node))
        return value


class NodeRunner(fx.Interpreter):
    """Runs single nodes of a module on values that are kept in `env`."""

    def __init__(self, module: SpecModule) -> None:
        super().__init__(module, garbage_collect_values=False)

    def run_recurrent(
        self, node: fx.Node, states: tuple[Tensor, ...] | None
    ) -> tuple[Any, tuple[Tensor, ...]]:
        """Run a recurrent layer from other states than those that the graph gives it.

        Args:
            node: Its call.
            states: What it starts from; None for what the graph says.

        Returns:
            What the call gives, and the states that it ends with.
        """
        x, *first = node.args
        read: Any = (x, tuple(first if states is None else states), node.kwargs)
        value, start, named = cast("Any", self.map_nodes_to_values(read, node))
        result = self.call_module(str(node.target), (value, *start), named)
        return result, result[1]


def _picked(value: Any, rows: Tensor) -> Any:
    if isinstance(value, Tensor):
        return value.index_select(0, rows)
    if isinstance(value, tuple | list):
        return tuple(_picked(part, rows) for part in value)
    return value
