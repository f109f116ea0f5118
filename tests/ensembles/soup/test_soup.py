"""The mean of weights, of runs that began as the same ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from modelspec.diagnostics import Report, SpecError
from modelspec.ensembles.soup.make import Soup, make_soup
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.runner.worlds import FLOWERS, run, write_flowers

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.ensembles.weighting.result import How

NORM = FLOWERS.replace(
    "drop: {type: Dropout, rate: 0.3}", "norm: {type: BatchNormalization, momentum: 0.5}"
)


def _trained(spec: Path, name: str, *overrides: str) -> TrainedModel:
    folder = run(spec, *overrides, runs=spec.parent / name).folder
    assert folder
    return TrainedModel.from_run(folder)


def _soup(members: list[TrainedModel], how: How = "uniform") -> Soup:
    names = [f"m{place}" for place in range(len(members))]
    return make_soup(members, names, how, device="cpu")


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write_flowers(tmp_path)


def test_it_is_the_mean_of_the_weights(spec: Path) -> None:
    """Of runs that began with the weights of one file, and differ in their seeds."""
    first = _trained(spec, "first", "train.epochs=1")
    start = f"train.weights={first.weights}"
    members = [_trained(spec, f"run{seed}", start, f"train.seed={seed}") for seed in (1, 2, 3)]
    soup = _soup(members)
    parts = [read_tensors(member.weights)[0] for member in members]
    for name, tensor in soup.tensors.items():
        assert torch.allclose(tensor, sum(part[name] for part in parts) / 3, atol=1e-6)
    names = [each.name for each in soup.weighting.table]
    assert names == ["m0", "m1", "m2", "uniform soup"]
    report = Report()
    splits = load_splits(members[0], report)
    assert splits
    assert splits.test
    known = evaluate(members[1], splits.test, "cpu").logs()
    assert soup.weighting.table[1].values == pytest.approx(known)
    assert soup.weighting.measured
    assert (soup.weighting.measured.part, soup.weighting.measured.count) == ("test", 10)
    assert soup.weighting.notes == ()


def test_a_greedy_one_keeps_what_does_no_harm(spec: Path) -> None:
    first = _trained(spec, "first")
    start = f"train.weights={first.weights}"
    members = [
        _trained(spec, rate, start, f"train.learning_rate={rate}") for rate in ("0.01", "0.02")
    ]
    astray = ("train.optimizer=sgd", "train.learning_rate=300")
    members.append(_trained(spec, "astray", start, *astray))
    soup = _soup(members, "greedy")
    assert soup.weighting.weights[2] == 0
    assert sum(soup.weighting.weights) == pytest.approx(1)
    assert soup.weighting.fitted
    assert (soup.weighting.fitted.part, soup.weighting.fitted.count) == ("validation", 20)
    values = {each.name: each.values["loss"] for each in soup.weighting.table}
    assert values["greedy soup"] < values["uniform soup"]


def test_without_test_rows_it_is_measured_on_the_other_half(tmp_path: Path) -> None:
    text = FLOWERS.replace("validation: 0.2, test: 0.1", "validation: 0.3")
    spec = write_flowers(tmp_path, spec=text)
    members = [_trained(spec, rate, f"train.learning_rate={rate}") for rate in ("0.01", "0.02")]
    soup = _soup(members, "greedy")
    assert soup.weighting.fitted
    assert soup.weighting.measured
    assert soup.weighting.fitted.part == soup.weighting.measured.part == "half of validation"
    assert (soup.weighting.fitted.count, soup.weighting.measured.count) == (15, 15)
    assert "same random weights" in soup.weighting.notes[0]


def test_batch_normalizations_are_measured_anew(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, spec=NORM)
    members = [_trained(spec, rate, f"train.learning_rate={rate}") for rate in ("0.01", "0.02")]
    soup = _soup(members)
    tensors = soup.tensors
    petals = np.load(tmp_path / "flowers.npz")["petals"]
    report = Report()
    splits = load_splits(members[0], report)
    assert splits
    assert splits.train.kept is not None
    rows = torch.from_numpy(petals[splits.train.kept])
    hidden = torch.tanh(rows @ tensors["hidden.weight"].T + tensors["hidden.bias"])
    assert torch.allclose(tensors["norm.running_mean"], hidden.mean(dim=0), atol=1e-5)
    spread = hidden.var(dim=0, correction=0)  # batches vary among themselves, too
    assert torch.allclose(tensors["norm.running_var"], spread, rtol=0.2)
    assert "batch normalizations" in soup.weighting.notes[0]


def test_runs_without_a_common_ancestor_are_refused(spec: Path) -> None:
    one = _trained(spec, "one", "train.epochs=1")
    for override, said in (
        ("train.seed=1", r"did not begin as the same weights: they were drawn with the seeds 1"),
        ("layers.hidden.activation=relu", "another model"),
        ("data.split.seed=4", ""),
    ):
        other = _trained(spec, override.replace("=", "_"), "train.epochs=1", override)
        if not said:  # other rows, the same encoding
            assert _soup([one, other]).weighting.weights == (0.5, 0.5)
            continue
        with pytest.raises(SpecError, match=said) as error:
            _soup([one, other])
        assert [each.code for each in error.value.diagnostics] == ["MS807"]


def test_a_run_of_which_it_is_not_known_is_refused(spec: Path) -> None:
    one, other = (_trained(spec, name, "train.epochs=1") for name in ("one", "other"))
    assert other.run
    record = json.loads((other.run / "run.json").read_text())
    assert record.pop("initial")["files"] == {}
    (other.run / "run.json").write_text(json.dumps(record))
    with pytest.raises(SpecError, match="does not say what weights it began as"):
        _soup([one, other])


def test_other_columns_are_refused(tmp_path: Path) -> None:
    text = FLOWERS + "\n"
    spec = write_flowers(tmp_path, spec=text)
    features = "data.features={petals: {column: petals, normalize: standard}}"
    one, other = (
        _trained(spec, name, "train.epochs=1", features, f"data.split.seed={name}")
        for name in ("1", "2")
    )
    with pytest.raises(SpecError, match="other numbers of its columns"):
        _soup([one, other])
