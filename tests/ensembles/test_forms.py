"""Members in other forms: pictures beside a table, labels, steps, open sizes, missing values."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.diagnostics import SpecError
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import read_members
from tests.ensembles.runs import joined, said, train

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = {"rtol": 2e-6, "atol": 2e-6}
DATA = """\
    data: {file: FILE, split: {validation: 0.2, test: 0.2}FEATURES}
    train: {epochs: 1}
"""
PICTURE = (
    """\
    name: picture-cnn
    inputs: {image: [6, 6, 1]}
    layers:
      c: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu, repeat: 2}
      f: Flatten
      label: {type: Dense, units: 3, activation: softmax}
    outputs: {label: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
"""
    + DATA
)
TABLE = (
    """\
    name: table
    inputs: {table: [3]}
    shared: {h: {type: Dense, units: 3, activation: relu}}
    layers:
      first: {use: h}
      second: {use: h}
      label: {type: Dense, units: 3, activation: softmax}
      extra: {type: Dense, units: 2}
    edges: [table -> first -> second -> label, second -> extra]
    outputs: {label: {loss: categorical_crossentropy, metrics: [accuracy]}, extra: {}}
"""
    + DATA
)
TAGS = (
    """\
    name: NAME
    inputs: {words: {shape: [T], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
      read: {type: LSTM, units: UNITS, return_sequences: true}
      tags: {type: Dense, units: 2, activation: sigmoid}
    outputs: {tags: {loss: binary_crossentropy, metrics: [binary_accuracy]}}
"""
    + DATA
)
TEXTS = (
    """\
    name: NAME
    inputs: {COLUMN: {shape: [T], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 12, output_dim: 3, mask_zero: true}
      read: {type: GRU, units: 3}
      yes: {type: Dense, units: 1, activation: sigmoid}
    outputs: {yes: {loss: binary_crossentropy, decision: {best: f1}}}
"""
    + DATA
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with arrays, and a table of texts."""
    folder = tmp_path_factory.mktemp("forms")
    draw = np.random.default_rng(1)
    label = draw.integers(0, 3, 40)
    arrays = {
        "image": draw.normal(size=(40, 6, 6)).astype("float32"),
        "table": draw.normal(size=(40, 3)).astype("float32"),
        "words": draw.integers(0, 9, (40, 5)),
        "tags": draw.integers(0, 2, (40, 5, 2)),
        "label": label,
    }
    np.savez(folder / "arrays.npz", **arrays)
    with open(folder / "texts.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "body", "yes"])
        for number in range(40):
            title = " ".join(("good", "bad", "new")[: number % 3 + 1])
            writer.writerow([title, "a b c d e f g"[: 2 * (number % 5) + 1], number % 2])
    return folder


def made(folder: Path, text: str, file: str = "arrays.npz", features: str = "") -> Path:
    features = f", features: {features}" if features else ""
    return train(folder, text.replace("FILE", file).replace("FEATURES", features))


def test_a_picture_and_a_table_with_an_output_of_its_own(world: Path) -> None:
    runs = [made(world, PICTURE), made(world, TABLE)]
    combined = combine(read_members(runs))
    assert list(combined.graph.inputs) == ["image", "table"]
    assert combined.notes == ("`extra` of `table_1` has no part in the ensemble",)
    found = said(joined(world, runs), world / "arrays.npz")
    own = [said(run, world / "arrays.npz")["label_probability"] for run in runs]
    np.testing.assert_allclose(found["label_probability"], np.mean(own, axis=0), **CLOSE)


def test_labels_at_each_step(world: Path) -> None:
    texts = [TAGS.replace("NAME", f"tags{units}").replace("UNITS", str(units)) for units in (3, 4)]
    runs = [made(world, text) for text in texts]
    found = said(joined(world, runs), world / "arrays.npz")
    own = np.stack([said(run, world / "arrays.npz")["tags_probability"] for run in runs])
    np.testing.assert_allclose(found["tags_probability"], own.mean(axis=0), **CLOSE)
    np.testing.assert_allclose(found["tags_spread"], own.std(axis=0), rtol=1e-3, atol=1e-6)


def test_texts_of_open_lengths_that_are_not_the_same(world: Path) -> None:
    """The symbol `T` of the one is another size than that of the other."""
    runs = [
        made(
            world,
            TEXTS.replace("NAME", column).replace("COLUMN", column),
            "texts.csv",
            f"{{{column}: {{type: text}}}}",
        )
        for column in ("title", "body")
    ]
    combined = combine(read_members(runs))
    assert "title: {shape: [T], dtype: int64}" in combined.text
    assert "body:  {shape: [body_1_T], dtype: int64}" in combined.text
    found = said(joined(world, runs), world / "texts.csv")
    own = [said(run, world / "texts.csv")["yes_probability"] for run in runs]
    np.testing.assert_allclose(found["yes_probability"], np.mean(own, axis=0), **CLOSE)


def test_other_files_are_refused(world: Path) -> None:
    runs = [made(world, PICTURE), made(world, TAGS.replace("NAME", "t").replace("UNITS", "2"))]
    with pytest.raises(SpecError, match="no output in common: `picture_cnn` has `label`"):
        combine(read_members(runs))
    (world / "same.npz").write_bytes((world / "arrays.npz").read_bytes())
    runs = [runs[0], made(world, TABLE, "same.npz")]
    with pytest.raises(SpecError, match=r"it reads `.*same.npz`, and `picture_cnn` reads"):
        combine(read_members(runs))


def test_steps_that_not_all_members_mask_are_said_to_count(world: Path) -> None:
    texts = [TAGS.replace("NAME", name).replace("UNITS", "2") for name in ("masked", "plain")]
    texts[1] = texts[1].replace(", mask_zero: true", "")
    runs = [made(world, text) for text in texts]
    told = "not all members mask the steps of `tags`: padding counts as any other step"
    assert told in combine(read_members(runs)).notes
    assert told not in combine(read_members([runs[0], made(world, texts[0])])).notes
