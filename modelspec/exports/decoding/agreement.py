"""Decoding with the files of an output beside the model itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from modelspec.exports.errors import ExportError
from modelspec.exports.exportable import TOLERANCE
from modelspec.torch.decoding import Stepper, decode
from modelspec.torch.decoding.stepping import log_probabilities

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.exports.decoding.parts import Parts
    from modelspec.exports.exportable import Named, Run
    from modelspec.graph.decoding import SpecialTokens
    from modelspec.graph.graph import GraphOutput

MOST_TOKENS = 32
"""How many tokens a row are decoded to see that the files do what the model does."""


class Agreement(NamedTuple):
    """How near a decoding with the files is to that of the model.

    Attributes:
        rows: How many rows were decoded.
        tokens: How many tokens each has, at most.
        difference: The largest one of all probabilities, at every token.
    """

    rows: int
    tokens: int
    difference: float


def decode_beside(
    parts: Parts, encoder: Run | None, decoder: Run, output: GraphOutput, ends: SpecialTokens
) -> Agreement:
    """Decode some rows as the spec says, and hear what the files say to each token.

    Args:
        parts: What the files were made of.
        encoder: Runs the encoder's file.
        decoder: Runs the decoder's file.
        output: The decoded output.
        ends: The tokens that sequences begin and end with.

    Raises:
        ExportError: The files say something else.
    """
    part = parts.decoder
    given = part.given(part.sizes.longer())
    model = part.model
    settings = output.decode
    assert settings is not None
    shorter = {"max_length": min(settings.max_length, MOST_TOKENS)}
    settings = settings.model_copy(update=shorter)
    logits = output.loss is not None and output.loss.of_logits
    both = _Both(
        Stepper(model.module, output.name, part.feed, parts.plan, given, logits=logits),
        FileDecoder(parts, encoder, decoder, given, output.name, logits=logits),
    )
    rows = len(next(iter(given.values())))
    generator = torch.Generator().manual_seed(settings.seed)
    with torch.inference_mode():
        found = decode(both, rows, ends, settings, torch.device("cpu"), generator)
    if not both.difference <= TOLERANCE:
        raise ExportError(
            f"`{output.name}` decoded with the files is something else than the model says: the "
            f"worst difference is {both.difference:.1e}, and may be {TOLERANCE:.0e}"
        )
    return Agreement(rows, found.tokens.shape[1], both.difference)


class FileDecoder:
    """Decodes with the files of an output.

    Args:
        parts: What they were made of.
        encoder: Runs the encoder's file.
        decoder: Runs the decoder's file.
        given: The model's inputs, but for the fed one.
        output: The name of the output.
        logits: Whether the output is logits, not probabilities.
    """

    def __init__(
        self,
        parts: Parts,
        encoder: Run | None,
        decoder: Run,
        given: Named,
        output: str,
        *,
        logits: bool,
    ) -> None:
        self._logits = logits
        self._part = parts.decoder
        self._run = decoder
        self._output = output
        self._known = dict(given)
        if encoder is not None:
            assert parts.encoder is not None
            self._known |= encoder({name: given[name] for name in parts.encoder.input_shapes})
        rows = len(next(iter(given.values())))
        for state in self._part.states:
            self._known.setdefault(state.input, torch.zeros(rows, state.units))

    def next(self, tokens: Tensor) -> Tensor:
        """The logarithms of the probabilities of the token after those so far."""
        self._known[self._part.tokens] = tokens if self._part.steps else tokens[:, -1:]
        found = self._run({name: self._known[name] for name in self._part.input_shapes})
        self._known |= {each.input: found[each.output] for each in self._part.states}
        return log_probabilities(found[self._output], logits=self._logits)

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of what is known so far."""
        self._known = {name: value.index_select(0, rows) for name, value in self._known.items()}


class _Both:
    """Decodes with the model, and notes how far the files are from it."""

    def __init__(self, model: Stepper, files: FileDecoder) -> None:
        self.difference = 0.0
        self._model = model
        self._files = files

    def next(self, tokens: Tensor) -> Tensor:
        """What the model says of the next token."""
        expected, said = self._model.next(tokens), self._files.next(tokens)
        away = (said.exp() - expected.exp()).abs().max().item()
        self.difference = max(self.difference, float("inf") if away != away else away)
        return expected

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of what is known so far."""
        self._model.pick(rows)
        self._files.pick(rows)
