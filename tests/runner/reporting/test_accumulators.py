"""What outputs say, summed up: held against scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix

from modelspec import graph, language, source
from modelspec.data import Preprocessing
from modelspec.data.features import Category, Number, Text
from modelspec.diagnostics import Report
from modelspec.report.contents import Classes, Labels, Measures
from modelspec.runner.reporting.accumulators import Accumulator, accumulator_for

ROWS = 200
DRAWN = np.random.default_rng(3)


def collector(loss: str, shape: str) -> Accumulator | None:
    text = f"inputs: {{y: {shape}}}\nlayers: {{}}\nedges: []\noutputs: {{y: {{loss: {loss}}}}}\n"
    report = Report()
    document = source.parse(text, "spec.yaml", report)
    assert document
    resolved = language.read(document, report)
    assert resolved
    built = graph.build(resolved, report)
    assert built
    return accumulator_for(built.outputs["y"])


def found(
    loss: str,
    shape: str,
    said: np.ndarray,
    true: np.ndarray,
    features: dict[str, object] | None = None,
) -> Classes | Labels | Measures:
    each = collector(loss, shape)
    assert each
    for rows in np.array_split(np.arange(len(said)), 3):
        each.add(torch.from_numpy(said[rows]), torch.from_numpy(true[rows]))
    return each.result(Preprocessing(features or {}))  # type: ignore[arg-type]


def matrix(classes: object) -> list[list[int]]:
    assert isinstance(classes, Classes)
    numbers = range(len(classes.names))
    return [[classes.pairs.get((true, said), 0) for said in numbers] for true in numbers]


@pytest.mark.parametrize("one_hot", [False, True])
@pytest.mark.parametrize("steps", [(), (7,)])
def test_a_class_of_several(one_hot: bool, steps: tuple[int, ...]) -> None:
    said = DRAWN.normal(size=(ROWS, *steps, 5)).astype(np.float32)
    true = DRAWN.integers(0, 5, (ROWS, *steps))
    targets = np.eye(5, dtype=np.float32)[true] if one_hot else true
    shape = str([*steps, 5])
    counted = found("categorical_crossentropy", shape, said, targets)
    wanted = confusion_matrix(true.ravel(), said.argmax(-1).ravel(), labels=range(5))
    assert matrix(counted) == wanted.tolist()
    assert isinstance(counted, Classes)
    assert counted.names == ["0", "1", "2", "3", "4"]


def test_a_class_that_does_not_count() -> None:
    said = DRAWN.normal(size=(ROWS, 3)).astype(np.float32)
    true = DRAWN.integers(-1, 3, ROWS)
    loss = "{type: sparse_categorical_crossentropy, ignore_class: -1}"
    kept = true >= 0
    wanted = confusion_matrix(true[kept], said[kept].argmax(-1))
    assert matrix(found(loss, "[3]", said, true)) == wanted.tolist()


@pytest.mark.parametrize(
    ("loss", "threshold"),
    [("binary_crossentropy", 0.5), ("{type: binary_crossentropy, from_logits: true}", 0.0)],
)
def test_yes_or_no(loss: str, threshold: float) -> None:
    said = DRAWN.normal(0.3, size=(ROWS, 1)).astype(np.float32)
    true = DRAWN.integers(0, 2, (ROWS, 1)).astype(np.float32)
    feature = Category(("y",), encode_as="binary", classes=("man", "woman"))
    counted = found(loss, "[1]", said, true, {"y": feature})
    assert matrix(counted) == confusion_matrix(true.ravel(), said.ravel() >= threshold).tolist()
    assert isinstance(counted, Classes)
    assert counted.names == ["man", "woman"]


def test_several_labels() -> None:
    said = DRAWN.random(size=(ROWS, 4)).astype(np.float32)
    true = DRAWN.integers(0, 2, (ROWS, 4)).astype(np.float32)
    counted = found("binary_crossentropy", "[4]", said, true)
    assert isinstance(counted, Labels)
    for (yes, claimed, both), ((_, fp), (fn, tp)) in zip(
        counted.counts, multilabel_confusion_matrix(true, said >= 0.5), strict=True
    ):
        assert (yes, claimed, both) == (tp + fn, tp + fp, tp)


def test_numbers_in_the_units_of_the_data() -> None:
    said, true = DRAWN.normal(size=(2, ROWS, 2)).astype(np.float32)
    feature = Number(("cm", "kg"), normalize="standard", offset=(10.0, 50.0), scale=(2.0, 5.0))
    counted = found("mse", "[2]", said, true, {"y": feature})
    assert isinstance(counted, Measures)
    assert list(counted.names) == ["cm", "kg"]
    np.testing.assert_allclose(counted.truth, true * [2.0, 5.0] + [10.0, 50.0], rtol=1e-6)
    np.testing.assert_allclose(counted.predicted, said * [2.0, 5.0] + [10.0, 50.0], rtol=1e-6)


def test_many_numbers_are_taken_together() -> None:
    said = DRAWN.normal(size=(ROWS, 4, 4)).astype(np.float32)
    counted = found("mse", "[4, 4]", said, said)
    assert isinstance(counted, Measures)
    assert counted.truth.shape == (ROWS * 16, 1)
    one = found("mse", "[1]", said[:, 0, :1], said[:, 0, 0])
    assert isinstance(one, Measures)
    assert one.truth.shape == one.predicted.shape == (ROWS, 1)


def test_tokens_have_their_own_names() -> None:
    feature = Text(("y",), tokenizer="character", tokens=("a", "b"))
    said = np.eye(4, dtype=np.float32)[[2, 3]]
    counted = found(
        "sparse_categorical_crossentropy", "[4]", said, np.array([2, 2]), {"y": feature}
    )
    assert isinstance(counted, Classes)
    assert counted.names[2:] == ["a", "b"]


@pytest.mark.parametrize("loss", ["ctc", "{type: sparse_categorical_crossentropy, axis: 1}"])
def test_what_is_not_shown(loss: str) -> None:
    assert collector(loss, "[6, 5]") is None
