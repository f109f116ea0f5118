"""Writing the encoder and the decoder of each decoded output beside the whole model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report
from modelspec.exports.check import check
from modelspec.exports.decoding.agreement import Agreement, decode_beside
from modelspec.exports.decoding.parts import parts_of
from modelspec.exports.errors import ExportError
from modelspec.graph.decoding import SpecialTokens
from modelspec.runner.setup.decode_tokens import special_tokens
from modelspec.torch.decoding.modules import NoTensorError

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.exports.decoding.parts import Parts
    from modelspec.exports.exportable import Exportable, Run
    from modelspec.exports.exported import Trial
    from modelspec.exports.formats import ExportOptions, Format
    from modelspec.exports.model import ExportModel
    from modelspec.graph.graph import GraphOutput

UNKNOWN_ENDS = SpecialTokens(0, -1)
"""What sequences begin and end with where their vocabulary is not known."""


@dataclass(frozen=True, slots=True)
class DecodingFiles:
    """The files of one decoded output.

    Attributes:
        output: Which.
        parts: What they hold.
        encoder: The name of the encoder's file; empty if there is none.
        decoder: The name of the decoder's file.
        ends: The tokens at both ends; None where the vocabulary is not known.
        trials: How far the files are from the model at each of the sizes tried.
        agreement: How far they are from it as they decode.
    """

    output: GraphOutput
    parts: Parts
    encoder: str
    decoder: str
    ends: SpecialTokens | None
    trials: tuple[Trial, ...]
    agreement: Agreement

    @property
    def difference(self) -> float:
        """The worst of all."""
        return max(self.agreement.difference, *(trial.difference for trial in self.trials))


def write_decoding(
    model: ExportModel, path: Path, format: Format, options: ExportOptions
) -> tuple[list[DecodingFiles], list[str]]:
    """Write `model.encoder.onnx` and `model.decoder.onnx` beside `model.onnx`, and try them.

    Args:
        model: The whole model.
        path: Its file.
        format: Of all files.
        options: What else was asked for.

    Returns:
        What is written for each decoded output, and what there is to say of it.

    Raises:
        ExportError: The format cannot hold a part, or a file says something else.
    """
    decoded = [each for each in model.graph.outputs.values() if each.decode is not None]
    found, notes = [], []
    for output in decoded:
        stem = path.stem if len(decoded) == 1 else f"{path.stem}.{output.name}"
        try:
            files = _write(model, output, path.with_name(stem), format, options)
        except NoTensorError as error:
            notes.append(f"no files to decode `{output.name}` with: {error}")
            continue
        found.append(files)
        notes += _notes(files)
    return found, notes


def _write(
    model: ExportModel, output: GraphOutput, stem: Path, format: Format, options: ExportOptions
) -> DecodingFiles:
    parts = parts_of(model, output)
    encoder, decoder = (stem.with_name(f"{stem.name}.{name}") for name in ("encoder", "decoder"))
    trials: tuple[Trial, ...] = ()
    encode = None
    if parts.encoder is not None:
        encode, trials = _tried(parts.encoder, encoder, format, options)
    decode, more = _tried(parts.decoder, decoder, format, options)
    ends = special_tokens(output, model.preprocessing, Report())
    return DecodingFiles(
        output=output,
        parts=parts,
        encoder=f"{encoder.name}{format.ending}" if parts.encoder is not None else "",
        decoder=f"{decoder.name}{format.ending}",
        ends=ends,
        trials=(*trials, *more),
        agreement=decode_beside(parts, encode, decode, output, ends or UNKNOWN_ENDS),
    )


def _tried(
    part: Exportable, stem: Path, format: Format, options: ExportOptions
) -> tuple[Run, tuple[Trial, ...]]:
    """A part in a file, which is run at three sizes."""
    path = stem.with_name(f"{stem.name}{format.ending}")
    exporter = format.part_exporter
    try:
        exporter.write(part, path, options)
        run = exporter.reader(path, part)
        return run, check(part, run, path.name)
    except ExportError as error:
        raise ExportError(f"{path.name}: {error}", error.help) from error


def _notes(files: DecodingFiles) -> list[str]:
    name = files.output.name
    both = " and ".join(f"`{each}`" for each in (files.encoder, files.decoder) if each)
    notes = [f"`{name}` is decoded token by token with {both}"]
    if files.parts.plan != "steps":
        feed = files.parts.decoder.feed.name
        notes.append(
            f"`{files.decoder}` takes all tokens so far: a layer behind `{feed}` reads more than"
            " the newest, and keeps nothing of the others"
        )
    if files.ends is None:
        notes.append(f"the ids of the tokens that `{name}` begins and ends with are not known")
    return notes


def decoding_description(files: DecodingFiles) -> dict[str, Any]:
    """What a loop that decodes has to know, as JSON data."""
    decoder, settings = files.parts.decoder, files.output.decode
    assert settings is not None
    encoder = decoder.encoder
    encoded = frozenset(encoder.output_shapes) if encoder else frozenset()
    states = {state.input for state in decoder.states}
    values = [name for name in decoder.input_shapes if name not in {decoder.tokens, *states}]
    return {
        "encoder": files.encoder or None,
        "decoder": files.decoder,
        "tokens": {
            "name": decoder.tokens,
            "dtype": "int64",
            "shape": list(decoder.input_shapes[decoder.tokens]),
            "holds": "all so far" if decoder.steps else "the newest",
        },
        "values": [
            {
                "name": name,
                "shape": list(decoder.input_shapes[name]),
                "from": "encoder" if name in encoded else "inputs",
            }
            for name in values
        ],
        "states": [
            {
                "input": state.input,
                "output": state.output,
                "shape": list(decoder.input_shapes[state.input]),
                "first": "encoder" if state.input in encoded else "zeros",
            }
            for state in decoder.states
        ],
        "start": files.ends and files.ends.start,
        "stop": files.ends.stop if files.ends and files.ends.stop >= 0 else None,
        "max_length": settings.max_length,
        "checked": {
            "difference": files.difference,
            "rows": files.agreement.rows,
            "tokens": files.agreement.tokens,
        },
    }
