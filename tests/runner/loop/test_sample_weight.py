"""Rows that count more or less than others."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss

from modelspec.data import describe, encode_file
from modelspec.diagnostics import Report, SpecError
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel
from tests.runner.worlds import FLOWERS, ROWS, prepared, run, write_flowers

WEIGHTED = FLOWERS.replace("metrics: [accuracy]", "metrics: METRICS").replace(
    "      split:", "      sample_weight: worth\n      split:"
)


def _write(folder: Path, worth: np.ndarray, extra: str = "") -> Path:
    entries = "[accuracy, {type: accuracy, name: heavy, weighted: true}]" + extra
    spec = write_flowers(folder, spec=WEIGHTED.replace("METRICS", entries))
    with np.load(folder / "flowers.npz") as arrays:
        np.savez(folder / "flowers.npz", **arrays, worth=worth)
    return spec


WORTH = np.random.default_rng(3).uniform(0, 2, ROWS).astype(np.float32)


@pytest.mark.parametrize("classes", [{}, {0: 3.0, 2: 0.5}])
def test_losses_and_weighted_metrics_are_those_of_scikit_learn(
    classes: dict[int, float], tmp_path: Path
) -> None:
    spec = _write(tmp_path, WORTH, f", class_weight: {classes}" if classes else "")
    done = run(spec)
    assert done.folder
    trained = TrainedModel.from_run(done.folder, "last")
    rows = prepared(spec).splits.validation
    assert rows
    with torch.no_grad():
        inputs = {"petals": torch.as_tensor(np.asarray(rows.inputs["petals"]))}
        probabilities = done.module(inputs)["species"].double().numpy()
    probabilities /= probabilities.sum(-1, keepdims=True)
    truth, worth = rows.targets["species"], rows.targets["species.sample_weight"]
    factors = np.asarray(worth) * [classes.get(int(each), 1.0) for each in np.asarray(truth)]
    measured = evaluate(trained, rows, "cpu")
    wanted = log_loss(truth, probabilities, sample_weight=factors, normalize=False) / len(factors)
    assert measured.loss == pytest.approx(wanted, rel=1e-5)
    chosen = probabilities.argmax(-1)
    heavy = accuracy_score(truth, chosen, sample_weight=factors)
    assert measured.outputs["species"]["heavy"] == pytest.approx(heavy, rel=1e-5)
    assert measured.outputs["species"]["accuracy"] == pytest.approx(accuracy_score(truth, chosen))


def test_rows_of_no_weight_teach_nothing(tmp_path: Path) -> None:
    spec = _write(tmp_path, np.zeros(ROWS, np.float32))
    plain = run(spec, "train.epochs=1")
    assert plain.history[0]["loss"] == 0


def test_a_weight_below_nothing_is_a_finding(tmp_path: Path) -> None:
    spec = _write(tmp_path, np.where(np.arange(ROWS) == 7, -1.0, WORTH))
    with pytest.raises(SpecError, match="`worth` holds -1 in row 8") as caught:
        prepared(spec)
    assert (
        caught.value.diagnostics[0].span.line == WEIGHTED[: WEIGHTED.index("worth")].count("\n") + 1
    )


def test_another_file_is_measured_with_its_weights_and_predicted_without(tmp_path: Path) -> None:
    spec = _write(tmp_path, WORTH)
    done = run(spec)
    assert done.folder
    trained = TrainedModel.from_run(done.folder)
    other = tmp_path / "other.npz"
    with np.load(tmp_path / "flowers.npz") as arrays:
        np.savez(other, petals=arrays["petals"], species=arrays["species"])
    report = Report()
    plan = (trained.preprocessing, trained.spec.data, trained.graph, other)
    assert encode_file(*plan, report, targets=False)
    assert not report
    assert encode_file(*plan, report, targets=True) is None
    assert [(each.code, each.message) for each in report] == [
        (
            "MS802",
            f"`{other}` has no column `worth`, wanted by sample weight of output `species`",
        )
    ]


def test_what_the_data_looks_like_has_the_weights(tmp_path: Path) -> None:
    found = prepared(_write(tmp_path, WORTH))
    described = describe(found.splits, found.graph)
    assert [(each.name, each.role) for each in described] == [
        ("petals", "input"),
        ("species", "target"),
        ("species.sample_weight", "weight"),
    ]
