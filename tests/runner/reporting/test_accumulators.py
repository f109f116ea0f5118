"""What outputs say, summed up: held against scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix, multilabel_confusion_matrix

from modelspec import graph, language, source
from modelspec.data import Preprocessing
from modelspec.data.features import Category, Number, Text
from modelspec.diagnostics import Report
from modelspec.report.contents import Classes, Labels, Measures, Scores
from modelspec.runner.reporting import accumulators
from modelspec.runner.reporting.accumulators import Accumulator, accumulator_for

if TYPE_CHECKING:
    from modelspec.graph.graph import GraphOutput

ROWS = 200
DRAWN = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "DRAWN", np.random.default_rng(3))


def output_of(loss: str, shape: str) -> GraphOutput:
    """The one output of a model that hands its input on."""
    text = f"inputs: {{y: {shape}}}\nlayers: {{}}\nedges: []\noutputs: {{y: {{loss: {loss}}}}}\n"
    report = Report()
    document = source.parse(text, "spec.yaml", report)
    assert document
    resolved = language.read(document, report)
    assert resolved
    built = graph.build(resolved, report)
    assert built
    return built.outputs["y"]


def collector(loss: str, shape: str) -> Accumulator | None:
    return accumulator_for(output_of(loss, shape))


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


def scores_of(counted: object) -> Scores:
    assert isinstance(counted, Classes | Labels)
    assert counted.scores
    return counted.scores


@pytest.mark.parametrize("logits", [False, True])
def test_scores_are_the_probabilities_of_each_row(logits: bool) -> None:
    said = DRAWN.dirichlet(np.ones(3), ROWS).astype(np.float32)
    true = DRAWN.integers(0, 3, ROWS)
    loss = f"{{type: categorical_crossentropy, from_logits: {str(logits).lower()}}}"
    scores = scores_of(found(loss, "[3]", np.log(said) if logits else said, true))
    np.testing.assert_allclose(scores.values, said, rtol=1e-5)
    assert scores.truth.tolist() == true.tolist()
    assert scores.probabilities
    assert scores.of == ROWS


def test_what_a_margin_is_of_is_no_probability() -> None:
    said = DRAWN.normal(size=(ROWS, 3)).astype(np.float32)
    true = np.eye(3, dtype=np.float32)[DRAWN.integers(0, 3, ROWS)]
    assert not scores_of(found("categorical_hinge", "[3]", said, true)).probabilities


@pytest.mark.parametrize(
    ("loss", "shape", "width"),
    [
        ("categorical_crossentropy", "[3]", 3),
        ("binary_crossentropy", "[1]", 1),
        ("binary_crossentropy", "[3]", 3),
    ],
)
def test_what_is_nan_is_counted_apart(loss: str, shape: str, width: int) -> None:
    said = np.full((ROWS, width), 0.25, np.float32)
    said[:5, 0] = np.nan
    true = np.eye(3, dtype=np.float32)[np.arange(ROWS) % 3][:, :width]
    counted = found(loss, shape, said, true)
    assert isinstance(counted, Classes | Labels)
    assert counted.undefined == 5
    assert scores_of(counted).of == len(scores_of(counted).values) == ROWS - 5
    if isinstance(counted, Classes):
        assert sum(counted.pairs.values()) == ROWS - 5


def test_of_many_scores_a_share_is_kept_that_is_always_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(accumulators, "MOST_SCORES", 3 * 60)
    said = DRAWN.dirichlet(np.ones(3), ROWS).astype(np.float32)
    true = np.arange(ROWS) % 3
    first, again = (scores_of(found("categorical_crossentropy", "[3]", said, true)) for _ in "ab")
    assert 10 < len(first.values) <= 60
    assert first.of == ROWS
    np.testing.assert_array_equal(first.values, again.values)
    rows = {each.tobytes(): int(each_true) for each, each_true in zip(said, true, strict=True)}
    assert [rows[each.tobytes()] for each in first.values] == first.truth.tolist()
