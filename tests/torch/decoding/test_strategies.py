"""Strategies on a speaker whose every sentence has a probability that can be worked out."""

from itertools import product

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from modelspec.graph.decoding import SpecialTokens
from modelspec.language.decode import DecodeSection
from modelspec.torch.decoding.strategies import decode

CPU = torch.device("cpu")
VOCABULARY, STOP, START = 4, 3, 0


class Decoder:
    """The next token depends on the row, the step and the last token only."""

    def __init__(self, rows: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        shape = (rows, 8, VOCABULARY, VOCABULARY)
        self.table = torch.randn(shape, generator=generator).mul(2).log_softmax(-1)
        self.row = torch.arange(rows)

    def next(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.table[self.row, tokens.shape[1] - 1, tokens[:, -1]]

    def pick(self, rows: torch.Tensor) -> None:
        self.row = self.row[rows]

    def score(self, row: int, sentence: tuple[int, ...]) -> float:
        total, last = 0.0, START
        for step, token in enumerate(sentence):
            total += float(self.table[row, step, last, token])
            if token == STOP:
                break
            last = token
        return total


def said(seed: int, rows: int = 3, **settings):
    section = DecodeSection(feed="x", start=START, stop=STOP, max_length=4, **settings)
    speaker = Decoder(rows, seed)
    generator = torch.Generator().manual_seed(0)
    return speaker, decode(speaker, rows, SpecialTokens(START, STOP), section, CPU, generator)


@given(st.integers(0, 99))
def test_greedy_takes_the_most_probable_token(seed):
    speaker, found = said(seed)
    for row, tokens in enumerate(found.tokens.tolist()):
        last, ended = START, False
        for step, token in enumerate(tokens):
            best = STOP if ended else int(speaker.table[row, step, last].argmax())
            assert token == best
            last, ended = token, token == STOP
        assert float(found.scores[row]) == pytest.approx(
            speaker.score(row, tuple(tokens)), abs=1e-5
        )


@given(st.integers(0, 99), st.sampled_from([0.0, 1.0]))
def test_enough_beams_find_the_best_sentence(seed, penalty):
    beams = VOCABULARY**4
    speaker, found = said(seed, strategy="beam", beams=beams, length_penalty=penalty)

    def rank(row, sentence):
        length = sentence.index(STOP) + 1 if STOP in sentence else len(sentence)
        return speaker.score(row, sentence) / length**penalty

    sentences = list(product(range(VOCABULARY), repeat=4))
    for row, tokens in enumerate(found.tokens.tolist()):
        best = max(rank(row, sentence) for sentence in sentences)
        own = (*tokens, *[STOP] * (4 - len(tokens)))
        assert rank(row, own) == pytest.approx(best, abs=1e-5)


@given(st.integers(0, 99))
def test_one_beam_is_greedy(seed):
    _, greedy = said(seed)
    _, beam = said(seed, strategy="beam", beams=1)
    assert beam.tokens.tolist() == greedy.tokens.tolist()
    torch.testing.assert_close(beam.scores, greedy.scores)


def test_more_beams_are_no_worse():
    for seed in range(20):
        scores = [
            said(seed, strategy="beam", beams=beams, length_penalty=0)[1].scores.sum()
            for beams in (1, VOCABULARY**4)
        ]
        assert scores[1] >= scores[0] - 1e-5


def test_samples_follow_the_probabilities():
    rows = 20_000
    section = DecodeSection(feed="x", start=START, max_length=1, strategy="sample")
    speaker = Decoder(1, seed=1)
    speaker.pick(torch.zeros(rows, dtype=torch.int64))
    generator = torch.Generator().manual_seed(0)
    found = decode(speaker, rows, SpecialTokens(START, -1), section, CPU, generator)
    shares = found.tokens[:, 0].bincount(minlength=VOCABULARY) / rows
    torch.testing.assert_close(shares, speaker.table[0, 0, START].exp(), atol=0.015, rtol=0)


@pytest.mark.parametrize("settings", [{"top_k": 1}, {"top_p": 1e-6}, {"temperature": 1e-3}])
def test_the_narrowest_samples_are_greedy(settings):
    _, greedy = said(4)
    _, sample = said(4, strategy="sample", **settings)
    assert sample.tokens.tolist() == greedy.tokens.tolist()


@pytest.mark.parametrize(
    ("settings", "allowed"),
    [({"top_k": 2}, {0, 1}), ({"top_p": 0.79}, {0, 1}), ({"top_p": 0.81}, {0, 1, 2})],
)
def test_few_tokens_to_sample_from(settings, allowed):
    rows = 2000
    section = DecodeSection(feed="x", start=0, max_length=1, strategy="sample", **settings)
    speaker = Decoder(rows, 0)
    speaker.table = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().expand(rows, 8, VOCABULARY, -1)
    generator = torch.Generator().manual_seed(0)
    found = decode(speaker, rows, SpecialTokens(0, -1), section, CPU, generator)
    assert set(found.tokens.flatten().tolist()) == allowed
