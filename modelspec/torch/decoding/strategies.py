"""Which token comes next: the most probable one, a drawn one, or the best of several beams."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch import Generator

    from modelspec.graph.decoding import SpecialTokens
    from modelspec.language.decode import DecodeSection


class Decoder(Protocol):
    """Says how probable each next token is, for each of some rows."""

    def next(self, tokens: Tensor) -> Tensor:
        """The logarithms of the probabilities of the token after those so far.

        Args:
            tokens: `[rows, steps]`, the start first; each call has one step more than the last.

        Returns:
            `[rows, vocabulary]`.
        """
        ...

    def pick(self, rows: Tensor) -> None:
        """Go on with these rows of what is known so far: reordered, dropped or doubled."""
        ...


class Decoded(NamedTuple):
    """What was said.

    Attributes:
        tokens: `[rows, steps]`, without the start; after a stop, stops.
        scores: `[rows]`, the logarithm of each row's probability, its stop included.
    """

    tokens: Tensor
    scores: Tensor


def decode(
    decoder: Decoder,
    rows: int,
    special_tokens: SpecialTokens,
    settings: DecodeSection,
    device: torch.device,
    generator: Generator | None = None,
) -> Decoded:
    """Let a model speak.

    Args:
        decoder: The model, at its beginning.
        rows: How many rows speak at once.
        special_tokens: The tokens at both ends.
        settings: The strategy and its numbers.
        device: Where the tokens lie.
        generator: What `sample` draws from.
    """
    if settings.strategy == "beam":
        return _beams(decoder, rows, special_tokens, settings, device)
    tokens = torch.full((rows, 1), special_tokens.start, dtype=torch.int64, device=device)
    scores = torch.zeros(rows, device=device)
    ended = torch.zeros(rows, dtype=torch.bool, device=device)
    for _ in range(settings.max_length):
        likely = decoder.next(tokens)
        if settings.strategy == "sample":
            chosen = _drawn(likely, settings, generator)
        else:
            chosen = likely.argmax(-1)
        chosen = torch.where(ended, special_tokens.stop, chosen)
        gained = likely.gather(1, chosen.clamp(min=0).unsqueeze(1)).squeeze(1)
        scores = scores + torch.where(ended, 0.0, gained)
        tokens = torch.cat([tokens, chosen.unsqueeze(1)], 1)
        ended = ended | (chosen == special_tokens.stop)
        if bool(ended.all()):
            break
    return Decoded(tokens[:, 1:], scores)


def _drawn(likely: Tensor, settings: DecodeSection, generator: Generator | None) -> Tensor:
    """A token for each row, drawn from its most probable ones."""
    scaled = likely / settings.temperature
    if settings.top_k is not None and settings.top_k < likely.shape[-1]:
        least = scaled.topk(settings.top_k).values[:, -1:]
        scaled = scaled.masked_fill(scaled < least, -torch.inf)
    if settings.top_p < 1:
        probable, order = scaled.softmax(-1).sort(-1, descending=True)
        before = probable.cumsum(-1) - probable
        gone = torch.zeros_like(scaled, dtype=torch.bool).scatter(
            1, order, before >= settings.top_p
        )
        scaled = scaled.masked_fill(gone, -torch.inf)
    return torch.multinomial(scaled.softmax(-1), 1, generator=generator).squeeze(1)


def _beams(
    decoder: Decoder,
    rows: int,
    special_tokens: SpecialTokens,
    settings: DecodeSection,
    device: torch.device,
) -> Decoded:
    """The best of several beams a row, by probability over a power of their length.

    The power is `length_penalty`: 0 compares probabilities as they are, 1 their mean a token.
    """
    width = settings.beams
    tokens = torch.full((rows, 1), special_tokens.start, dtype=torch.int64, device=device)
    scores = torch.zeros(rows, 1, device=device)
    ended = torch.zeros(rows, 1, dtype=torch.bool, device=device)
    lengths = torch.zeros(rows, 1, device=device)
    first = torch.arange(rows, device=device).unsqueeze(1)
    for _ in range(settings.max_length):
        count = scores.shape[1]
        likely = decoder.next(tokens).view(rows, count, -1)
        vocabulary = likely.shape[-1]
        likely = torch.where(ended.unsqueeze(-1), _only(special_tokens.stop, likely), likely)
        totals = (scores.unsqueeze(-1) + likely).flatten(1)
        after = (lengths + ~ended).unsqueeze(-1).expand_as(likely).flatten(1)
        ranked = totals / after.clamp(min=1) ** settings.length_penalty
        best = ranked.topk(min(width, ranked.shape[1])).indices
        beam, token = best // vocabulary, best % vocabulary
        chosen = (first * count + beam).flatten()
        decoder.pick(chosen)
        tokens = torch.cat([tokens[chosen], token.reshape(-1, 1)], 1)
        scores, lengths = totals.gather(1, best), after.gather(1, best)
        ended = ended.gather(1, beam) | (token == special_tokens.stop)
        if bool(ended.all()):
            break
    # Beams are in the order of their rank, the best of each row first.
    winners = torch.arange(rows, device=device) * scores.shape[1]
    return Decoded(tokens[winners, 1:], scores[:, 0])


def _only(token: int, likely: Tensor) -> Tensor:
    """Certainty that a token comes next."""
    certain = torch.full_like(likely, -torch.inf)
    if token >= 0:
        certain[..., token] = 0
    return certain
