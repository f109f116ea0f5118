"""Small models whose columns are fitted and whose weights are drawn: nothing is trained."""

from __future__ import annotations

import json
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from modelspec import lint
from modelspec.data import predictions_frame
from modelspec.diagnostics import Report
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.predictor import Predictor
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.torch import build

if TYPE_CHECKING:
    from pathlib import Path

CUSTOMERS = """\
    name: customers
    inputs: {numbers: [3], plan: [3], town: {shape: [1], dtype: int64}, since: [1]}
    layers:
      near: {type: Embedding, input_dim: 4, output_dim: 2}
      flat: Flatten
      all: Concatenate
      hidden: {type: Dense, units: 6, activation: tanh}
      leaves: {type: Dense, units: 1, activation: sigmoid}
      bill: {type: Dense, units: 1}
      kind: {type: Dense, units: 3, activation: softmax}
    edges:
      - town -> near -> flat
      - numbers, plan, flat, since -> all -> hidden -> leaves, bill, kind
    outputs:
      leaves: binary_crossentropy
      bill: mse
      kind: categorical_crossentropy
    data:
      file: customers.csv
      features:
        numbers:
          columns: [minutes, calls]
          normalize: standard
          missing: {minutes: mean}
          indicator: [minutes]
        plan: {type: category}
        town: {type: category, unknown: ignore}
        since: {type: date, parts: [timestamp], normalize: standard}
        leaves: {type: category}
        bill: {normalize: standard}
        kind: {type: category}
"""
WORDS = """\
    name: words
    inputs: {text: {shape: [T], dtype: int64}, steps: [S, 2]}
    layers:
      embed: {type: Embedding, input_dim: 30, output_dim: 4}
      conv: {type: Conv1D, filters: 4, kernel_size: 3}
      top: GlobalMaxPooling1D
      read: {type: GRU, units: 4}
      both: Concatenate
      good: {type: Dense, units: 1, activation: sigmoid}
    edges: ["text -> embed -> conv -> top", "steps -> read", "top, read -> both -> good"]
    outputs: {good: binary_crossentropy}
    data:
      file: words.jsonl
      features: {text: {type: text}, steps: {type: sequence, normalize: standard}}
"""
PHOTOS = """\
    name: photos
    inputs: {photo: [6, 5, 3]}
    layers: {flat: Flatten, kind: {type: Dense, units: 2, activation: softmax}}
    outputs: {kind: categorical_crossentropy}
    data:
      file: photos.csv
      features: {photo: {type: image, scale: signed, resize: crop}, kind: {type: category}}
"""
ECHO = """\
    name: echo
    inputs: {heard: {shape: [S], dtype: int64}, said: {shape: [T], dtype: int64}}
    layers:
      read: {type: Embedding, input_dim: 8, output_dim: 8, mask_zero: true}
      encoder: {type: GRU, units: 8}
      hear: {type: Embedding, input_dim: 8, output_dim: 8}
      decoder: {type: GRU, units: 8, return_sequences: true}
      letter: {type: Dense, units: 8, activation: softmax}
    edges: ["heard -> read -> encoder", "encoder.state -> decoder.state",
            "said -> hear -> decoder -> letter"]
    outputs:
      letter:
        loss: sparse_categorical_crossentropy
        decode: {feed: said, start: "<", stop: ">", max_length: 6, strategy: STRATEGY, seed: 5}
    data:
      file: echo.csv
      features:
        heard: {type: text, column: word, tokenizer: character}
        said: {type: text, column: word, tokenizer: character, start: "<", stop: ">", drop: last}
        letter: {type: text, column: word, tokenizer: character, start: "<", stop: ">", drop: first}
"""
IMAGE_TO_IMAGE = """\
    name: wide
    inputs: {x: [60, 60, 3]}
    layers: {y: {type: Conv2D, filters: 3, kernel_size: 1}}
    outputs: [y]
"""


def write_customers(folder: Path) -> None:
    """A table with gaps."""
    lines = ["minutes,calls,plan,town,since,leaves,bill,kind"]
    for row in range(40):
        minutes = "" if row % 7 == 3 else f"{100 + row * 3.7:.1f}"
        lines.append(
            f"{minutes},{row % 5},{'abc'[row % 3]},{['bonn', 'köln', 'ulm'][row % 3]},"
            f"20{10 + row % 9}-0{1 + row % 9}-11,{['no', 'yes'][row % 2]},{row * 1.5},"
            f"{'xyz'[row % 3]}"
        )
    (folder / "customers.csv").write_text("\n".join(lines) + "\n")


def write_words(folder: Path) -> None:
    """Texts and steps of different lengths."""
    rows = [
        {
            "text": "a good day of rain and sun"[: 8 + row],
            "steps": [[row, 1.5]] * (1 + row % 4),
            "good": row % 2,
        }
        for row in range(18)
    ]
    (folder / "words.jsonl").write_text("\n".join(map(json.dumps, rows)) + "\n")


def write_photos(folder: Path) -> None:
    """Pictures in files, and a table of their paths."""
    from PIL import Image

    (folder / "photos").mkdir(exist_ok=True)
    rows = ["photo,kind"]
    for row in range(6):
        picture = Image.new("RGB", (9, 7), (row * 40, 0, 255 - row))
        picture.putpixel((row, 2), (255, 255, 255))
        picture.save(folder / "photos" / f"{row}.png")
        rows.append(f"photos/{row}.png,{'ab'[row % 2]}")
    (folder / "photos.csv").write_text("\n".join(rows) + "\n")


def write_echo(folder: Path) -> None:
    """Words of four letters."""
    words = ["a", "bc", "dab", "cadb", "b", "dd"]
    (folder / "echo.csv").write_text("word\n" + "\n".join(words) + "\n")


def model(folder: Path, text: str) -> TrainedModel:
    """The model of a spec, fitted on its data; its weights are drawn."""
    path = folder / "spec.yaml"
    path.write_text("version: 1\n" + dedent(text), encoding="utf-8")
    examined = lint.examine(str(path))
    examined.report.raise_if_failed()
    assert examined.spec
    assert examined.graph
    weights = folder / f"{examined.graph.name}.safetensors"
    write_tensors(weights, build(examined.graph, seed=3).state_dict())
    report = Report()
    trained = TrainedModel.from_spec(examined.spec, examined.graph, weights, report)
    report.raise_if_failed()
    assert trained
    return trained


def predicted(trained: TrainedModel, rows: list[dict[str, Any]], folder: Path) -> list[Any]:
    """What `modelspec predict` writes as JSONL of rows in a JSONL file."""
    file = folder / "asked.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)) + "\n")
    predictor = Predictor(trained)
    columns = predictor.predict(predictor.encode(file))
    lines = predictions_frame(columns).write_ndjson().splitlines()
    return [json.loads(line) for line in lines]
