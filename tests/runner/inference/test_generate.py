"""Sequences out: trained on tables of text, predicted token by token."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import torch

from modelspec.data import encode_file
from modelspec.diagnostics import Report, SpecError
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.setup.decode_tokens import feed_inputs
from modelspec.torch import build
from tests.runner.worlds import prepared, run, write_spec

ECHO = """\
    name: echo
    inputs: {heard: {shape: [S], dtype: int64}, said: SAID}
    layers:
      read: {type: Embedding, input_dim: 8, output_dim: 8}
      encoder: {type: GRU, units: 24}
      HEAR
      decoder: {type: GRU, units: 24, return_sequences: true}
      letter: {type: Dense, units: 8, activation: softmax}
      length: {type: Dense, units: 1}
    edges:
      - heard -> read -> encoder
      - encoder.state -> decoder.state
      - EDGE -> decoder -> letter
      - encoder -> length
    outputs:
      letter:
        loss: sparse_categorical_crossentropy
        decode: {feed: said, start: "<", stop: ">", max_length: 6}
      length: mse
    data:
      file: echo.csv
      features:
        heard: {type: text, column: word, tokenizer: character}
        said: {type: text, column: word, tokenizer: character, start: "<", stop: ">", drop: last}
        letter: {type: text, column: word, tokenizer: character, start: "<", stop: ">", drop: first}
    train: {optimizer: adam, learning_rate: 0.02, epochs: 40, batch_size: 32}
"""
INDICES = (
    ECHO.replace("SAID", "{shape: [T], dtype: int64}")
    .replace("HEAR", "hear: {type: Embedding, input_dim: 8, output_dim: 8}")
    .replace("EDGE", "said -> hear")
)
VECTORS = ECHO.replace("SAID", "[T, 8]").replace("      HEAR\n", "").replace("EDGE", "said")


def words(folder: Path) -> list[str]:
    generator = np.random.default_rng(0)
    found = ["".join(generator.choice(list("abc"), generator.integers(1, 4))) for _ in range(300)]
    table = pl.DataFrame({"word": found, "length": [len(word) for word in found]})
    table.write_csv(folder / "echo.csv")
    return found


@pytest.mark.parametrize("text", [INDICES, VECTORS], ids=["indices", "vectors"])
def test_a_model_learns_to_repeat_words(text: str, tmp_path: Path) -> None:
    words(tmp_path)
    ended = run(write_spec(tmp_path, text))
    assert ended.folder
    trained = TrainedModel.from_run(ended.folder)
    new = ["abc", "ca", "b"]
    pl.DataFrame({"word": new}).write_csv(tmp_path / "new.csv")
    report = Report()
    arrays = encode_file(
        trained.preprocessing,
        trained.spec.data,
        trained.graph,
        tmp_path / "new.csv",
        report,
        targets=False,
        without=feed_inputs(trained.graph),
    )
    assert arrays, list(report)
    columns = predict(trained, arrays, device="cpu")
    assert list(columns) == ["letter", "letter_score", "length"]
    assert columns["letter"].tolist() == new
    assert (columns["letter_score"] < 0).all()
    np.testing.assert_allclose(columns["length"], [3, 2, 1], atol=0.5)


def test_what_is_decoded_has_no_inner_values(tmp_path: Path) -> None:
    words(tmp_path)
    ended = run(write_spec(tmp_path, INDICES), "train.epochs=1")
    assert ended.folder
    trained = TrainedModel.from_run(ended.folder)
    table, fitted = tmp_path / "echo.csv", trained.preprocessing
    arrays = encode_file(fitted, None, trained.graph, table, Report(), targets=False)
    assert arrays
    assert "encoder" in predict(trained, arrays, nodes=["encoder"], device="cpu")
    with pytest.raises(SpecError, match="`decoder` has no one value"):
        predict(trained, arrays, nodes=["encoder", "decoder"], device="cpu")


def test_the_score_is_that_of_the_whole_sentence(tmp_path: Path) -> None:
    words(tmp_path)
    ended = run(write_spec(tmp_path, INDICES), "train.epochs=2")
    assert ended.folder
    trained = TrainedModel.from_run(ended.folder)
    heard = trained.preprocessing.features["heard"]
    said = trained.preprocessing.features["said"]
    arrays = encode_file(
        trained.preprocessing, None, trained.graph, tmp_path / "echo.csv", Report(), targets=False
    )
    assert arrays
    columns = predict(trained, arrays.take(np.array([0])), device="cpu")
    first = pl.read_csv(tmp_path / "echo.csv")["word"][0]
    module = build(trained.graph, seed=0).eval()
    from modelspec.runner.checkpoint.load_weights import load_weights

    load_weights(module, trained.weights, trained.graph)
    codec = said.codec
    spoken = [*codec.ids([columns["letter"][0]])[0], codec.id(">")]
    fed = torch.tensor([[codec.id("<"), *spoken[:-1]]])
    read = torch.from_numpy(heard.codec.ids([first])[0])[None]
    with torch.inference_mode():
        likely = module(heard=read, said=fed)["letter"].log()[0]
    expected = sum(float(likely[step, token]) for step, token in enumerate(spoken))
    assert columns["letter_score"][0] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(
    ("before", "after", "words_"),
    [
        ('start: "<", stop: ">", drop: first', "drop: first", "number their tokens in two ways"),
        ('start: "<", stop: ">", max', 'start: "!", max', "`'!'` is no token"),
    ],
)
def test_tokens_that_nobody_knows(before: str, after: str, words_: str, tmp_path: Path) -> None:
    words(tmp_path)
    text = INDICES.replace(before, after)
    with pytest.raises(SpecError, match=words_):
        prepared(write_spec(tmp_path, text))
