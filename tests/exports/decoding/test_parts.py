"""What the two parts of a decoded output compute is what the model generates."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from modelspec.exports.decoding.agreement import FileDecoder, decode_beside
from modelspec.exports.decoding.parts import Parts, parts_of
from modelspec.exports.errors import ExportError
from modelspec.exports.model import ExportModel
from modelspec.graph.decoding import SpecialTokens
from modelspec.runner.inference.generate import SequenceGenerator
from modelspec.runner.input.batches import Batch
from modelspec.torch.decoding import decode
from tests.exports.decoding.specs import looking
from tests.exports.specs import model_of
from tests.torch.decoding.test_stepping import ATTENTIVE, SPECS, TRANSFORMER

CPU = torch.device("cpu")
ENDS = SpecialTokens(1, 2)


def decoding(text: str, settings: str = "") -> str:
    """A spec of `test_stepping` that decodes."""
    decode = f"decode: {{feed: said, start: 1, stop: 2, max_length: 6{settings}}}"
    letter = f"letter: {{loss: sparse_categorical_crossentropy, {decode}}}"
    return f"version: 1\nname: m\n{text.replace('outputs: [letter]', f'outputs: {{{letter}}}')}"


VECTORS = ATTENTIVE.replace("said: {shape: [T], dtype: int64}", "said: [T, 7]").replace(
    "  hear: {type: Embedding, input_dim: 7, output_dim: 6}",
    "  hear: {type: Dense, units: 6}",
)
LOGITS = (
    decoding(ATTENTIVE)
    .replace("activation: softmax", "bias_initializer: {type: constant, value: -9.0}")
    .replace(
        "loss: sparse_categorical_crossentropy",
        "loss: {type: sparse_categorical_crossentropy, from_logits: true}",
    )
)
NEAR = "  near: {type: Conv1D, filters: 6, kernel_size: 3}\n"
ALONE = """
version: 1
name: alone
inputs: {said: {shape: [T], dtype: int64}}
layers:
  hear: {type: Embedding, input_dim: 7, output_dim: 5}
  decoder: {type: LSTM, units: 6, return_sequences: true}
  letter: {type: Dense, units: 7, activation: softmax}
outputs:
  letter:
    loss: sparse_categorical_crossentropy
    decode: {feed: said, start: 1, stop: 2, max_length: 6}
"""
TEXTS = {
    **{name: decoding(text) for name, (text, _) in SPECS.items()},
    "vectors": decoding(VECTORS),
    "logits": LOGITS,
    "alone": ALONE,
    "beams": decoding(ATTENTIVE, ", strategy: beam, beams: 3"),
    "drawn": decoding(TRANSFORMER.replace("STEPS", "T"), ", strategy: sample, seed: 4"),
    "masked": looking(),
}


def generated(model: ExportModel, inputs: dict[str, Tensor]) -> Tensor:
    """The tokens that `predict` gives, before they become text."""
    (output,) = model.graph.outputs.values()
    generator = SequenceGenerator(model.graph, output, model.module, model.preprocessing, CPU)
    with torch.inference_mode():
        generator.add(Batch(inputs, {}, len(next(iter(inputs.values())))))
    return torch.from_numpy(generator.columns(model.preprocessing)["letter"])


def decoded(parts: Parts, model: ExportModel, inputs: dict[str, Tensor]) -> Tensor:
    """The tokens that a loop around both parts gives."""
    (output,) = model.graph.outputs.values()
    assert output.decode is not None
    logits = output.loss is not None and output.loss.of_logits
    encoder = parts.encoder.outputs if parts.encoder else None
    decoder = FileDecoder(parts, encoder, parts.decoder.outputs, inputs, "letter", logits=logits)
    rows = len(next(iter(inputs.values())))
    generator = torch.Generator().manual_seed(output.decode.seed)
    return decode(decoder, rows, ENDS, output.decode, CPU, generator).tokens


@pytest.mark.parametrize("name", TEXTS)
def test_a_loop_gives_what_the_model_generates(name: str, tmp_path: Path) -> None:
    model = model_of(TEXTS[name], tmp_path)
    parts = parts_of(model, model.graph.outputs["letter"])
    inputs = model.inputs({**model.sizes.longer(), "batch": 4})
    assert torch.equal(decoded(parts, model, inputs), generated(model, inputs))


def test_what_goes_where(tmp_path: Path) -> None:
    model = model_of(decoding(ATTENTIVE), tmp_path)
    encoder, decoder, plan = parts_of(model, model.graph.outputs["letter"])
    assert plan == "steps"
    assert encoder is not None
    assert encoder.input_shapes == {"source": ("batch", "S")}
    states = {"decoder_h": ("batch", 6), "decoder_c": ("batch", 6)}
    assert encoder.output_shapes == {"encoder": ("batch", "S", 6), **states}
    assert decoder.input_shapes == {
        "tokens": ("batch", 1),
        "encoder": ("batch", "S", 6),
        **states,
    }
    after = {f"next_{name}": shape for name, shape in states.items()}
    assert decoder.output_shapes == {"letter": ("batch", 7), **after}
    assert decoder.least == {"batch": 1, "S": 1}


def test_a_model_that_only_hears_itself_has_no_encoder(tmp_path: Path) -> None:
    model = model_of(ALONE, tmp_path)
    encoder, decoder, _ = parts_of(model, model.graph.outputs["letter"])
    assert encoder is None
    assert list(decoder.input_shapes) == ["tokens", "decoder_h", "decoder_c"]


def test_a_size_that_only_follows_from_others_has_a_name_of_its_own(tmp_path: Path) -> None:
    text = decoding(ATTENTIVE).replace("source -> read ->", "source -> read -> near ->")
    text = text.replace(
        "  encoder:", "  near: {type: Conv1D, filters: 6, kernel_size: 3}\n  encoder:"
    )
    model = model_of(text, tmp_path)
    encoder, decoder, _ = parts_of(model, model.graph.outputs["letter"])
    assert encoder is not None
    assert encoder.output_shapes["encoder"] == ("batch", "encoder_1", 6)
    assert (decoder.least["S"], decoder.least["encoder_1"]) == (3, 1)


@pytest.mark.parametrize("change", [lambda y: y.roll(1, -1), lambda y: y * torch.nan])
def test_a_file_that_says_something_else(
    change: Callable[[Tensor], Tensor], tmp_path: Path
) -> None:
    model = model_of(TEXTS["LSTM"], tmp_path)
    output = model.graph.outputs["letter"]
    parts = parts_of(model, output)
    assert parts.encoder is not None
    encode, part = parts.encoder.outputs, parts.decoder

    def changed(inputs: dict[str, Tensor]) -> dict[str, Tensor]:
        found = part.outputs(inputs)
        return {**found, "letter": change(found["letter"])}

    assert decode_beside(parts, encode, part.outputs, output, ENDS).difference < 1e-6
    with pytest.raises(ExportError, match="decoded with the files is something else"):
        decode_beside(parts, encode, changed, output, ENDS)
