"""Decoding as two modules of tensors: what runs once for a sequence, and what runs for a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from modelspec.torch.decoding.partition import Partition, partition
from modelspec.torch.decoding.stepping import NodeRunner
from modelspec.torch.layers.recurrent import Network, flat

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.graph.decoding import DecodePlan
    from modelspec.torch.decoding.stepping import FeedInput
    from modelspec.torch.module import SpecModule

_STATES = ("h", "c")


class NoTensorError(Exception):
    """What the computation of a token reads is no tensor. The message names it."""


class Part(NamedTuple):
    """A tensor among the values of a module's nodes: a whole value, or one of several."""

    node: fx.Node
    place: int | None = None

    def of(self, env: Mapping[fx.Node, Any]) -> Tensor:
        """The tensor."""
        value = env[self.node]
        found: Tensor = value if self.place is None else value[self.place]
        return found


class State(NamedTuple):
    """A tensor that goes on from one token to the next, `[batch, units]`.

    Attributes:
        input: What the decoder calls it as it reads it; so does the encoder that gives the first.
        output: What the decoder calls it as it gives it.
        units: The size of its last axis.
        first: Where the first one comes from; None for zeros.
    """

    input: str
    output: str
    units: int
    first: Part | None


class Encoder(nn.Module):
    """What runs once: from inputs, by position, to what the decoder reads, by name.

    Attributes:
        takes: The names of the inputs.
        gives: Where each value is found.
    """

    def __init__(self, module: SpecModule, parts: Partition, gives: Mapping[str, Part]) -> None:
        super().__init__()
        self.module = module
        self.gives = dict(gives)
        self._parts = parts
        read = {source for node in parts.once for source in node.all_input_nodes}
        read |= {part.node for part in gives.values()}
        self.takes = [name for name, node in parts.inputs.items() if node in read]

    def forward(self, *inputs: Tensor) -> dict[str, Tensor]:
        """The values, of inputs in the order of `takes`."""
        runner = NodeRunner(self.module)
        for name, value in zip(self.takes, inputs, strict=True):
            runner.env[self._parts.inputs[name]] = value
        for node in self._parts.once:
            runner.env[node] = runner.run_node(node)
        return {name: part.of(runner.env) for name, part in self.gives.items()}


class Decoder(nn.Module):
    """What runs for each token: from tokens, values and states, by position.

    Gives a dict: the output at the newest token, `[batch, vocabulary]`, and the states after it.

    Attributes:
        reads: Where each value belongs.
        states: What is carried on, by the recurrent layer.
    """

    def __init__(
        self,
        module: SpecModule,
        parts: Partition,
        output: str,
        feed: FeedInput,
        reads: Mapping[str, Part],
        states: Mapping[fx.Node, Sequence[State]],
    ) -> None:
        super().__init__()
        self.module = module
        self.reads = dict(reads)
        self.states = dict(states)
        self._parts = parts
        self._output = output
        self._feed = feed

    def forward(self, *inputs: Tensor) -> dict[str, Tensor]:
        """The output and the next states, of tokens, values and states."""
        runner = NodeRunner(self.module)
        tokens, count = inputs[0], 1 + len(self.reads)
        values, carried = inputs[1:count], iter(inputs[count:])
        runner.env.update(_put_back(zip(self.reads.values(), values, strict=True)))
        runner.env[self._parts.feed] = self._feed.value(tokens)
        after: dict[str, Tensor] = {}
        for node in (*self._parts.fixed, *self._parts.steps):
            if node not in self.states:
                runner.env[node] = runner.run_node(node)
                continue
            states = self.states[node]
            before = tuple(next(carried) for _ in states)
            runner.env[node], found = runner.run_recurrent(node, before)
            after |= {s.output: value for s, value in zip(states, found, strict=True)}
        said: Tensor = runner.env[self._parts.output]
        # Without states each step of the output is that of a token, but for those filled up.
        return {self._output: said[:, : tokens.shape[1]][:, -1], **after}


def decoding_modules(
    module: SpecModule,
    output: str,
    feed: FeedInput,
    plan: DecodePlan,
    inputs: Mapping[str, Tensor],
) -> tuple[Encoder, Decoder]:
    """A decoded output as two modules.

    Args:
        module: In evaluation mode, without masks among its outputs.
        output: The decoded output, `[batch, steps, vocabulary]`.
        feed: The input that gets the tokens.
        plan: How much is run for each token.
        inputs: The other inputs, of any sizes.

    Raises:
        NoTensorError: The decoder would read something that is no tensor.
    """
    parts = partition(module, output, feed.name, plan)
    runner = NodeRunner(module)
    runner.env.update({node: inputs[name] for name, node in parts.inputs.items()})
    with torch.inference_mode():
        for node in parts.once:
            runner.env[node] = runner.run_node(node)
    taken = {*module.input_names, output}
    states = {node: _states(node, module, runner.env, taken) for node in parts.carried}
    names = {node: name for name, node in parts.inputs.items()}
    reads = {
        names.get(node) or _fresh(_name(node, part), taken): part
        for node in _read(parts)
        for part in _tensors(node, runner.env)
    }
    gives = {name: part for name, part in reads.items() if part.node not in names}
    gives |= {s.input: s.first for each in states.values() for s in each if s.first is not None}
    return Encoder(module, parts, gives), Decoder(module, parts, output, feed, reads, states)


def _read(parts: Partition) -> list[fx.Node]:
    """What the computation of a token reads, but for the first states of what carries them."""
    read: set[fx.Node] = set()
    for node in parts.steps:
        if node in parts.carried:
            fx.map_arg((node.args[0], node.kwargs), read.add)
        else:
            read.update(node.all_input_nodes)
    return [node for node in parts.by_row if node in read]


def _states(
    node: fx.Node, module: SpecModule, env: Mapping[fx.Node, Any], taken: set[str]
) -> list[State]:
    """The states of a recurrent layer."""
    layer = module.get_submodule(str(node.target))
    assert isinstance(layer, Network)
    first: list[Part | None] = [
        part for each in node.args[1:] if isinstance(each, fx.Node) for part in _tensors(each, env)
    ]
    names = [f"{node.target}_{name}" for name in _STATES[: layer.states]]
    return [
        State(_fresh(name, taken), _fresh(f"next_{name}", taken), layer.hidden_size, part)
        for name, part in zip(names, first or [None] * layer.states, strict=True)
    ]


def _tensors(node: fx.Node, env: Mapping[fx.Node, Any]) -> list[Part]:
    value = env[node]
    if isinstance(value, Tensor):
        return [Part(node)]
    found = list(flat([value])) if isinstance(value, tuple | list) else [value]
    if not all(isinstance(each, Tensor) for each in found):
        raise NoTensorError(f"`{node.name}` is no tensor")
    return [Part(node, place) for place in range(len(found))]


def _put_back(pairs: Iterable[tuple[Part, Tensor]]) -> dict[fx.Node, Any]:
    """The values of nodes, those of several tensors being tuples again."""
    found: dict[fx.Node, Any] = {}
    for part, value in pairs:
        found[part.node] = value if part.place is None else (*found.get(part.node, ()), value)
    return found


def _name(node: fx.Node, part: Part) -> str:
    return node.name if part.place is None else f"{node.name}_{part.place}"


def _fresh(name: str, taken: set[str]) -> str:
    """A name that is not taken, which it is then."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
