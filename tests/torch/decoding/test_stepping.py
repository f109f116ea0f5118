"""What a model says step by step is what it says of whole sequences, and what a plain loop says."""

import pytest
import torch

from modelspec.graph.decoding import SpecialTokens, decode_plan
from modelspec.language.decode import DecodeSection
from modelspec.torch import build
from modelspec.torch.decoding import Stepper, decode
from modelspec.torch.decoding.stepping import FeedInput
from tests.torch.specs import graph_of

CPU = torch.device("cpu")
ROWS, LETTERS, LENGTH = 3, 7, 6

RECURRENT = """
inputs: {source: {shape: [S], dtype: int64}, said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 9, output_dim: 5}
  hear: {type: Embedding, input_dim: 7, output_dim: 5}
  encoder: {type: KIND, units: 6}
  decoder: {type: KIND, units: 6, return_sequences: true}
  letter: {type: Dense, units: 7, activation: softmax}
edges:
  - source -> read -> encoder
  - encoder.state -> decoder.state
  - said -> hear -> decoder -> letter
outputs: [letter]
"""
ATTENTIVE = """
inputs: {source: {shape: [S], dtype: int64}, said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 9, output_dim: 6}
  hear: {type: Embedding, input_dim: 7, output_dim: 6}
  encoder: {type: LSTM, units: 6, return_sequences: true}
  decoder: {type: LSTM, units: 6, return_sequences: true}
  look: Attention
  both: Concatenate
  letter: {type: Dense, units: 7, activation: softmax}
edges:
  - source -> read -> encoder
  - encoder.state -> decoder.state
  - said -> hear -> decoder
  - decoder, encoder -> look
  - decoder, look -> both -> letter
outputs: [letter]
"""
TRANSFORMER = """
inputs: {source: {shape: [S], dtype: int64}, said: {shape: [STEPS], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 9, output_dim: 6}
  hear: {type: Embedding, input_dim: 7, output_dim: 6}
  self: {type: MultiHeadAttention, num_heads: 2, key_dim: 3, use_causal_mask: true}
  add: Add
  cross: {type: MultiHeadAttention, num_heads: 2, key_dim: 3}
  letter: {type: Dense, units: 7, activation: softmax}
edges:
  - source -> read
  - said -> hear -> self
  - hear, self -> add
  - add, read -> cross -> letter
outputs: [letter]
"""
SPECS = {
    "LSTM": (RECURRENT.replace("KIND", "LSTM"), "steps"),
    "GRU": (RECURRENT.replace("KIND", "GRU"), "steps"),
    "SimpleRNN": (RECURRENT.replace("KIND", "SimpleRNN"), "steps"),
    "attention": (ATTENTIVE, "steps"),
    "transformer": (TRANSFORMER.replace("STEPS", "T"), "prefix"),
    "fixed": (TRANSFORMER.replace("STEPS", "8"), "padded"),
}


def source() -> torch.Tensor:
    return torch.randint(0, 9, (ROWS, 5), generator=torch.Generator().manual_seed(3))


def settings(**more) -> DecodeSection:
    return DecodeSection(feed="said", start=1, stop=2, max_length=LENGTH, **more)


def plain_loop(module: torch.nn.Module) -> list[list[int]]:
    """The whole model on all tokens so far, again and again."""
    tokens = torch.ones(ROWS, 1, dtype=torch.int64)
    ended = torch.zeros(ROWS, dtype=torch.bool)
    for _ in range(LENGTH):
        spoken = module(source=source(), said=tokens)["letter"][:, -1].argmax(-1)
        spoken = torch.where(ended, 2, spoken)
        tokens = torch.cat([tokens, spoken[:, None]], 1)
        ended |= spoken == 2
        if ended.all():
            break
    return tokens[:, 1:].tolist()


def speaker(module, how, length=0) -> Stepper:
    feed = FeedInput("said", 0, length, torch.int64)
    return Stepper(module, "letter", feed, how, {"source": source()}, logits=False)


@pytest.mark.parametrize("name", SPECS)
@pytest.mark.parametrize("seed", [0, 1])
def test_greedy_is_the_plain_loop(name: str, seed: int) -> None:
    text, how = SPECS[name]
    graph = graph_of(text)
    assert decode_plan(graph, "said") == how
    module = build(graph, seed=seed).eval()
    with torch.inference_mode():
        for each in {"steps", "prefix"} if how == "steps" else {how}:
            stepper = speaker(module, each, 8 if how == "padded" else 0)
            found = decode(stepper, ROWS, SpecialTokens(1, 2), settings(), CPU)
            if how == "padded":
                open_length = build(graph_of(text.replace("[8]", "[T]")), seed=seed).eval()
                assert found.tokens.tolist() == plain_loop(open_length)
            else:
                assert found.tokens.tolist() == plain_loop(module)


@pytest.mark.parametrize("name", ["LSTM", "attention"])
def test_beams_carry_their_own_states(name: str) -> None:
    graph = graph_of(SPECS[name][0])
    module = build(graph, seed=0).eval()
    with torch.inference_mode():
        found = [
            decode(
                speaker(module, each),
                ROWS,
                SpecialTokens(1, 2),
                settings(strategy="beam", beams=5),
                CPU,
            )
            for each in ("steps", "prefix")
        ]
    assert found[0].tokens.tolist() == found[1].tokens.tolist()
    torch.testing.assert_close(found[0].scores, found[1].scores)


def test_the_encoder_runs_once() -> None:
    module = build(graph_of(SPECS["LSTM"][0]), seed=0).eval()
    calls = {"encoder": 0, "decoder": 0}
    for name in calls:

        def count(*_: object, name: str = name) -> None:
            calls[name] += 1

        module.get_submodule(name).register_forward_hook(count)
    with torch.inference_mode():
        unending = DecodeSection(feed="said", start=1, max_length=LENGTH)
        decode(speaker(module, "steps"), ROWS, SpecialTokens(1, -1), unending, CPU)
    assert calls == {"encoder": 1, "decoder": LENGTH}


BACKWARDS = RECURRENT.replace("KIND, units: 6, ret", "LSTM, go_backwards: true, units: 6, ret")
CAUSAL = RECURRENT.replace("decoder -> letter", "decoder -> near -> letter").replace(
    "  letter:", "  near: {type: Conv1D, filters: 6, kernel_size: 2, padding: causal}\n  letter:"
)


@pytest.mark.parametrize("text", [BACKWARDS, CAUSAL])
def test_layers_that_need_other_steps_see_all(text: str) -> None:
    assert decode_plan(graph_of(text.replace("KIND", "LSTM")), "said") == "prefix"
