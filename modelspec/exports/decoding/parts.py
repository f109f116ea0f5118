"""The encoder and the decoder of an output, each with its inputs and outputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import torch

from modelspec.exports.example_inputs import index_count
from modelspec.graph.decoding import decode_plan
from modelspec.runner.inference.generate import feed_input
from modelspec.torch.decoding.modules import decoding_modules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor, nn

    from modelspec.exports.exportable import Named, Shape
    from modelspec.exports.model import ExportModel
    from modelspec.exports.sizes import Sizes
    from modelspec.graph.decoding import DecodePlan
    from modelspec.graph.graph import GraphOutput
    from modelspec.torch.decoding.modules import Decoder, Encoder, State
    from modelspec.torch.decoding.stepping import FeedInput

TOKENS = "tokens"
STEPS = "steps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a model that can be exported.

    Attributes:
        model: What it is a part of.
        module: What it computes.
        sizes: The open sizes of the model's inputs that it depends on.
        input_shapes: The shape of each input.
        output_shapes: The shape of each output.
        least: The least size of each open axis of the inputs.
    """

    model: ExportModel
    module: nn.Module
    sizes: Sizes
    input_shapes: Mapping[str, Shape]
    output_shapes: Mapping[str, Shape]
    least: Mapping[str, int]

    def outputs(self, inputs: Named) -> dict[str, Tensor]:
        """What the module itself says."""
        with torch.inference_mode():
            found: dict[str, Tensor] = self.module(*(inputs[name] for name in self.input_shapes))
        return found

    def given(self, at: Mapping[str, int]) -> dict[str, Tensor]:
        """The model's own inputs at these sizes."""
        return self.model.inputs({**self.model.sizes.least, **at})


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderPart(Part):
    """What runs once."""

    def inputs(self, at: Mapping[str, int]) -> dict[str, Tensor]:
        """Inputs of these sizes by name, always the same ones."""
        given = self.given(at)
        return {name: given[name] for name in self.input_shapes}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderPart(Part):
    """What runs for each token.

    Attributes:
        encoder: What gives it values; None if nothing does.
        feed: The model's input that gets the tokens.
        tokens: What the decoder calls them.
        vocabulary: How many tokens there are.
        states: What it carries from token to token.
        steps: The name of the open number of tokens; None where it takes the newest only.
    """

    encoder: EncoderPart | None
    feed: FeedInput
    tokens: str
    vocabulary: int
    states: Sequence[State]
    steps: str | None

    def inputs(self, at: Mapping[str, int]) -> dict[str, Tensor]:
        """Inputs of these sizes by name, always the same ones; states are no zeros."""
        given = self.given({name: size for name, size in at.items() if name != self.steps})
        rows = at[self.sizes.batch]
        generator = torch.Generator().manual_seed(0)
        shape = (rows, at[self.steps] if self.steps else 1)
        tokens = torch.randint(0, self.vocabulary, shape, generator=generator)
        known = given | self.encoded(given) | {self.tokens: tokens}
        for state in self.states:
            drawn = torch.rand(rows, state.units, generator=generator) - 0.5
            known[state.input] = known.get(state.input, 0) + drawn
        return {name: known[name].clone() for name in self.input_shapes}

    def encoded(self, given: Named) -> dict[str, Tensor]:
        """What the encoder makes of the model's inputs."""
        return {} if self.encoder is None else self.encoder.outputs(given)


class Parts(NamedTuple):
    """Both."""

    encoder: EncoderPart | None
    decoder: DecoderPart
    plan: DecodePlan


def parts_of(model: ExportModel, output: GraphOutput) -> Parts:
    """The two parts of a decoded output.

    Args:
        model: The whole model.
        output: One of its outputs, with `decode`.

    Raises:
        NoTensorError: The decoder would read something that is no tensor.
    """
    assert output.decode is not None
    name = output.decode.feed
    feed, plan = feed_input(model.graph, name), decode_plan(model.graph, name)
    trials = [(at, model.inputs(at)) for at in model.sizes.checked()]
    encode, decode = decoding_modules(model.module, output.name, feed, plan, trials[0][1])
    encoder = _encoder(model, encode, trials) if encode.gives else None
    return Parts(encoder, _decoder(model, output, decode, encoder, feed, plan), plan)


def _encoder(
    model: ExportModel, module: Encoder, trials: Sequence[tuple[Mapping[str, int], Named]]
) -> EncoderPart:
    sizes = model.sizes.of(module.takes)
    with torch.inference_mode():
        found = [(at, module(*(given[name] for name in module.takes))) for at, given in trials]
    names = (sizes.batch, *sizes.symbols)
    shapes = {
        name: _shape(name, names, [(at, tuple(values[name].shape)) for at, values in found])
        for name in found[0][1]
    }
    return EncoderPart(
        model=model,
        module=module.eval(),
        sizes=sizes,
        input_shapes=sizes.inputs,
        output_shapes=shapes,
        least=sizes.least,
    )


def _shape(
    name: str, symbols: Sequence[str], seen: Sequence[tuple[Mapping[str, int], tuple[int, ...]]]
) -> Shape:
    """The shape of a value, by what it was at several sizes."""
    found: list[int | str] = []
    for axis, first in enumerate(seen[0][1]):
        lengths = [shape[axis] for _, shape in seen]
        equal = (each for each in symbols if lengths == [at[each] for at, _ in seen])
        fixed = all(length == first for length in lengths)
        found.append(first if fixed else next(equal, f"{name}_{axis}"))
    return tuple(found)


def _decoder(
    model: ExportModel,
    output: GraphOutput,
    module: Decoder,
    encoder: EncoderPart | None,
    feed: FeedInput,
    plan: DecodePlan,
) -> DecoderPart:
    read = {name for name in module.reads if name in model.sizes.inputs}
    used = [name for name in model.sizes.inputs if name in read or _takes(encoder, name)]
    sizes, batch = model.sizes.of(used), model.sizes.batch
    known = {**model.sizes.inputs, **(encoder.output_shapes if encoder else {})}
    tokens = _fresh(TOKENS, known)
    steps = (
        None if plan == "steps" else _fresh(_open(model.sizes.inputs[feed.name][1]), sizes.least)
    )
    if steps is not None:
        most = {steps: feed.length} if feed.length else {}
        sizes = replace(
            sizes, least={**sizes.least, steps: 1}, roomy={**sizes.roomy, steps: 2}, most=most
        )
    states = [state for each in module.states.values() for state in each]
    carried = {state.input: (batch, state.units) for state in states}
    shapes: dict[str, Shape] = {tokens: (batch, steps or 1)}
    shapes |= {name: known[name] for name in module.reads} | carried
    *_, vocabulary = model.output_shapes[output.name]
    assert isinstance(vocabulary, int)
    after = {state.output: (batch, state.units) for state in states}
    return DecoderPart(
        model=model,
        module=module.eval(),
        sizes=sizes,
        input_shapes=shapes,
        output_shapes={output.name: (batch, vocabulary), **after},
        least=_least(model, encoder, shapes, sizes),
        encoder=encoder,
        feed=feed,
        tokens=tokens,
        vocabulary=feed.width or min(vocabulary, index_count(model.graph)),
        states=states,
        steps=steps,
    )


def _open(size: int | str | None) -> str:
    """What the number of tokens is called, also where the model fills them up."""
    return size if isinstance(size, str) else STEPS


def _takes(encoder: EncoderPart | None, name: str) -> bool:
    return encoder is not None and name in encoder.input_shapes


def _least(
    model: ExportModel, encoder: EncoderPart | None, shapes: Mapping[str, Shape], sizes: Sizes
) -> dict[str, int]:
    """The least size of each open axis, those too that only follow from sizes of inputs."""
    found = dict(sizes.least)
    values = model.inputs(model.sizes.least_of_all())
    if encoder is not None:
        values |= encoder.outputs(values)
    for name, shape in shapes.items():
        for axis, size in enumerate(shape):
            if isinstance(size, str) and size not in found:
                found[size] = values[name].shape[axis]
    return found


def _fresh(name: str, taken: Mapping[str, object]) -> str:
    while name in taken:
        name += "_"
    return name
