"""Weights of the members are chosen and measured on the rows that none was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.diagnostics import Report, SpecError
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import read_members
from modelspec.ensembles.weights import choose_weights
from modelspec.ensembles.write import write_ensemble
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.ensembles.runs import DEEP, PRICE, WIDE, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.weighting.result import How, Weighting

HOLD_OUT = "data.split={validation: 0.4, test: 0.2}"
TAGS = """\
    name: NAME
    inputs: {words: {shape: [T], dtype: int32}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 3, mask_zero: true}
      hidden: {type: LSTM, units: UNITS, return_sequences: true}
      tags: {type: Dense, units: 3, activation: softmax}
    outputs: {tags: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
    data: {train: train.npz, validation: held.npz, test: test.npz}
    train: {epochs: 1, batch_size: 8}
"""


def _combined(folders: list[Path]) -> Combined:
    return combine(read_members(folders))


def _measured(folder: Path) -> dict[str, float]:
    """What `eval` says of the test rows."""
    trained = TrainedModel.from_run(folder)
    splits = load_splits(trained, Report())
    assert splits
    assert splits.test
    return evaluate(trained, splits.test, "cpu").logs()


def _line(found: Weighting, name: str) -> dict[str, float]:
    (line,) = (each for each in found.table if each.name == name)
    return line.values


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("trees")
    write_trees(folder)
    held = {"overrides": [HOLD_OUT]}
    price = PRICE.replace("NORMALIZE", "standard")
    return {
        "folder": folder,
        "wide": train(folder, WIDE, **held),
        "deep": train(folder, DEEP, **held),
        "price_1": train(folder, price, **held),
        "price_2": train(folder, price, overrides=[HOLD_OUT, "train.seed=1"]),
        "folds_1": train(folder, WIDE.replace("validation: 0.2, ", ""), fold="1/2"),
        "folds_2": train(folder, WIDE.replace("validation: 0.2, ", ""), fold="2/2"),
    }


@pytest.mark.parametrize("how", ["uniform", "fit", "greedy"])
def test_what_it_is_worth_is_what_eval_says(trees: dict[str, Path], how: How) -> None:
    """Of each member, of the mean, and of what is saved."""
    runs = [trees["wide"], trees["deep"]]
    calibrate = how == "fit"
    found = choose_weights(_combined(runs), how, calibrate=calibrate, device="cpu")["kind"]
    combined = combine(read_members(runs), {"kind": found})
    made = write_ensemble(combined, {"kind": found}, None, runs=trees["folder"] / "made")
    told = [each.name for each in found.table]
    for name, folder in (*zip(told[:2], runs, strict=True), (told[-1], made)):
        known, line = _measured(folder), _line(found, name)
        assert line["log loss"] == pytest.approx(known["loss"], rel=1e-4)
        assert line["accuracy"] == pytest.approx(known["accuracy"])
    assert found.measured
    assert (found.measured.part, found.measured.count) == ("test", 12)
    if how != "uniform":
        assert found.fitted
        assert (found.fitted.part, found.fitted.count) == ("validation", 24)


def test_numbers_and_yes_or_no_are_each_weighed(trees: dict[str, Path]) -> None:
    runs = [trees["price_1"], trees["price_2"]]
    found = choose_weights(_combined(runs), "fit", calibrate=True, device="cpu")
    assert found["price"].calibrated is None
    assert "no probability" in found["price"].notes[-1]
    assert found["tall"].objective == "log loss"
    for name, folder in zip(("price_1", "price_2"), runs, strict=True):
        assert _line(found["price"], name)["mae"] == pytest.approx(
            _measured(folder)["price_mae"], rel=1e-4
        )
    only = combine(read_members(runs))
    numbers = {name: each for name, each in only.outputs.items() if name == "price"}
    with pytest.raises(SpecError, match="the outputs are numbers"):
        choose_weights(_replaced(only, numbers), calibrate=True)


def _replaced(combined: Combined, outputs: object) -> Combined:
    from dataclasses import replace

    return replace(combined, outputs=outputs)  # type: ignore[arg-type]


def test_folds_are_not_fitted(trees: dict[str, Path]) -> None:
    combined = _combined([trees["folds_1"], trees["folds_2"]])
    for settings in ({"how": "fit"}, {"how": "greedy"}, {"calibrate": True}):
        with pytest.raises(SpecError, match="on different folds") as error:
            choose_weights(combined, device="cpu", **settings)
        (found,) = error.value.diagnostics
        assert found.code == "MS807"
        assert "--weights uniform" in str(found.help)
    found = choose_weights(combined, device="cpu")["kind"]
    assert found.weights == (0.5, 0.5)
    assert found.measured
    assert found.measured.part == "test"


def test_without_test_rows_it_is_fitted_on_one_half(tmp_path: Path) -> None:
    write_trees(tmp_path)
    no_test = {"overrides": ["data.split={validation: 0.5}"]}
    combined = _combined([train(tmp_path, WIDE, **no_test), train(tmp_path, DEEP, **no_test)])
    found = choose_weights(combined, "fit", device="cpu")["kind"]
    assert found.fitted
    assert found.measured
    assert (found.fitted.part, found.fitted.count) == ("half of validation", 15)
    assert (found.measured.part, found.measured.count) == ("half of validation", 15)
    assert "one half of the validation rows" in found.notes[0]
    uniform = choose_weights(combined, device="cpu")["kind"]
    assert uniform.measured
    assert (uniform.measured.part, uniform.measured.count) == ("validation", 30)
    assert "epoch was chosen" in uniform.notes[0]
    again = choose_weights(combined, "fit", device="cpu", seed=1)["kind"]
    assert again.table != found.table


def test_data_that_has_changed_is_not_measured_on(tmp_path: Path) -> None:
    write_trees(tmp_path)
    combined = _combined([train(tmp_path, WIDE), train(tmp_path, DEEP)])
    text = (tmp_path / "trees.csv").read_text()
    (tmp_path / "trees.csv").write_text(text.replace("oak", "elm", 1))
    with pytest.raises(SpecError, match="has changed since it was trained"):
        choose_weights(combined, "fit", device="cpu")
    found = choose_weights(combined, device="cpu")["kind"]
    assert found.table == ()
    assert "it is not measured" in found.notes[0]


def test_steps_that_a_mask_leaves_out_do_not_count(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    for name, rows in (("train", 16), ("held", 12), ("test", 12)):
        words = draw.integers(1, 9, (rows, 5)).astype(np.int32)
        words[:, 3:] = 0
        np.savez(tmp_path / f"{name}.npz", words=words, tags=draw.integers(0, 3, (rows, 5)))
    runs = [
        train(tmp_path, TAGS.replace("NAME", name).replace("UNITS", units))
        for name, units in (("small", "2"), ("large", "4"))
    ]
    found = choose_weights(_combined(runs), "fit", device="cpu")["tags"]
    for name, folder in zip(("small", "large"), runs, strict=True):
        known = _measured(folder)
        assert _line(found, name)["log loss"] == pytest.approx(known["loss"], rel=1e-4)
        assert _line(found, name)["accuracy"] == pytest.approx(known["accuracy"])
