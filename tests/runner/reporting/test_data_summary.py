from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from modelspec.runner.reporting import data_summary
from modelspec.runner.reporting.data_summary import summarize_data
from tests.runner.worlds import run, write_flowers

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_is_large_is_described_by_a_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = run(write_flowers(tmp_path), "train.epochs=1")
    assert done.folder
    trained = TrainedModel.from_run(done.folder)
    splits = load_splits(trained, Report())
    assert splits
    petals, species = summarize_data(trained, splits)
    assert "sampled" not in petals
    assert (petals["name"], species["name"]) == ("petals", "species")
    assert sum(species["counts"].values()) == splits.train.rows == 70
    assert sum(petals["counts"].values()) == 4 * 70
    monkeypatch.setattr(data_summary, "DESCRIBED_VALUES", 100)
    petals, species = summarize_data(trained, splits)
    assert petals["sampled"] == 25
    assert sum(petals["counts"].values()) == 4 * 25
    assert "sampled" not in species
