"""An ensemble predicts the mean of what its members predict, whatever they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.diagnostics import SpecError
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import find_runs, read_members
from modelspec.ensembles.record import read_record
from modelspec.ensembles.weighting.result import Calibrated, Reliability, Weighting
from tests.ensembles.runs import DEEP, PRICE, WIDE, joined, said, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = {"rtol": 2e-6, "atol": 2e-6}


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, and runs of a few specs."""
    folder = tmp_path_factory.mktemp("trees")
    write_trees(folder)
    train(folder, WIDE)
    train(folder, DEEP)
    for normalize in ("standard", "minmax", "log1p"):
        text = PRICE.replace("NORMALIZE", normalize).replace("price", normalize, 1)
        train(folder, text, fold="1/3")
        train(folder, text, fold="2/3")
    return folder


def test_of_two_specs_in_other_forms(trees: Path) -> None:
    """One says probabilities of two columns, the other logits of three."""
    runs = find_runs(["wide", "deep"], trees / "runs")
    found = said(joined(trees, runs), trees / "trees.csv")
    own = [said(run, trees / "trees.csv") for run in runs]
    values = np.stack([each["kind_probability"] for each in own])
    np.testing.assert_allclose(found["kind_probability"], values.mean(axis=0), **CLOSE)
    largest = values.mean(axis=0).argmax(axis=1)
    classes = np.array(["ash", "elm", "oak"])
    assert (found["kind"] == classes[largest]).all()
    apart = values.std(axis=0)[np.arange(len(largest)), largest]
    np.testing.assert_allclose(found["kind_spread"][:, 0], apart, rtol=1e-4, atol=1e-6)


def test_with_weights_and_a_temperature(trees: Path) -> None:
    runs = find_runs(["wide", "deep"], trees / "runs")
    nothing = Reliability((0.0, 1.0), (0,), (None,), (None,), 0.0)
    weighting = Weighting((0.75, 0.25), calibrated=Calibrated(2.0, nothing, nothing))
    found = said(joined(trees, runs, {"kind": weighting}), trees / "trees.csv")
    first, second = (said(run, trees / "trees.csv")["kind_probability"] for run in runs)
    mean = 0.75 * first + 0.25 * second
    power = np.sqrt(mean)
    wanted = power / power.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found["kind_probability"], wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("normalize", ["standard", "minmax"])
def test_of_folds_that_scale_otherwise(trees: Path, normalize: str) -> None:
    """Each fold has inputs of its own, and its numbers are brought to the scale of the first."""
    runs = sorted((trees / "runs" / normalize).glob("20*"))
    members = read_members(runs)
    assert len(combine(members).graph.inputs) == 2
    found = said(joined(trees, runs), trees / "trees.csv")
    own = [said(run, trees / "trees.csv") for run in runs]
    for name in ("price", "tall_probability"):
        values = np.stack([each[name] for each in own]).astype(np.float64)
        spread = f"{name.removesuffix('_probability')}_spread"
        mean = values.mean(axis=0)
        np.testing.assert_allclose(found[name], mean, rtol=2e-6, atol=2e-6)
        apart = values.std(axis=0).reshape(found[spread].shape)
        np.testing.assert_allclose(found[spread], apart, rtol=1e-3, atol=1e-4)


def test_of_numbers_that_no_line_brings_to_one_scale(trees: Path) -> None:
    runs = sorted((trees / "runs" / "log1p").glob("20*"))
    with pytest.raises(SpecError, match="normalised otherwise, and by no line"):
        combine(read_members(runs))


def test_who_counts_nothing_is_no_part_of_the_spec(trees: Path) -> None:
    runs = [*find_runs(["wide", "deep"], trees / "runs"), train(trees, WIDE)]
    members = read_members(runs)
    weighting = Weighting((0.5, 0.0, 0.5))
    combined = combine(members, {"kind": weighting})
    assert [each.name for each in combined.used] == ["wide_1", "wide_2"]
    assert combined.notes == ("`deep` counts nothing, and is no part of the spec",)
    assert "deep" not in combined.text
    folder = joined(trees, runs, {"kind": weighting})
    record = read_record(folder)
    assert [each.name for each in record.members] == ["wide_1", "deep", "wide_2"]
    assert record.outputs["kind"] == weighting
    found = said(folder, trees / "trees.csv")["kind_probability"]
    own = [said(runs[place], trees / "trees.csv")["kind_probability"] for place in (0, 2)]
    np.testing.assert_allclose(found, np.mean(own, axis=0), **CLOSE)


def test_an_output_that_is_called_as_a_spread(trees: Path) -> None:
    """Both are said, and neither takes the other's name."""
    text = PRICE.replace("NORMALIZE", "standard").replace("price", "PRICE", 1)
    text = text.replace("price:", "tall_spread:").replace("price, tall", "tall_spread, tall")
    text = text.replace("tall_spread: {normalize", "tall_spread: {column: price, normalize")
    loss = "      tall_spread: {loss: mse, metrics: [mae]}\n"
    text = text.replace(loss, "").replace("    data:\n", f"{loss}    data:\n")
    runs = [
        train(trees, text.replace("PRICE", name), overrides=[f"train.seed={seed}"])
        for seed, name in enumerate(("tall_spread", "other"))
    ]
    assert [each.name for each in read_members(runs)] == ["tall_spread_1", "other"]
    for order in (runs, runs[::-1]):
        found = said(joined(trees, order), trees / "trees.csv")
        own = [said(run, trees / "trees.csv") for run in order]
        prices = np.mean([each["tall_spread"] for each in own], axis=0)
        np.testing.assert_allclose(found["tall_spread"], prices, rtol=1e-5)
        apart = np.std([each["tall_probability"] for each in own], axis=0)
        np.testing.assert_allclose(found["tall_spread_"], apart[:, 0], rtol=1e-3, atol=1e-6)
