"""The rows and columns of an ensemble: which are held out, and how they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.data import load
from modelspec.diagnostics import Report
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import read_members
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.ensembles.runs import ROWS, WIDE, joined, said, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path

FEATURES = "{x: {columns: [a, b], normalize: standard}, kind: {type: category}}"


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, of which one cell is missing and one says so in its own word."""
    folder = tmp_path_factory.mktemp("trees")
    write_trees(folder)
    lines = (folder / "trees.csv").read_text(encoding="utf-8").splitlines()
    lines[5] = "," + lines[5].partition(",")[2]
    lines[9] = "gone," + lines[9].partition(",")[2]
    (folder / "trees.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def made(folder: Path, missing: str, **settings: object) -> Path:
    features = FEATURES.replace("standard}", f"standard, missing: {missing}}}")
    keys = f"missing_values: [gone]\n      features: {features}"
    return train(folder, WIDE.replace(f"features: {FEATURES}", keys), **settings)


def of(folder: Path, *settings: dict[str, object]) -> list[Path]:
    """Runs of the same spec."""
    return [made(folder, **each) for each in settings]  # type: ignore[arg-type]


def test_rows_that_one_member_leaves_out_are_dealt_out_otherwise(trees: Path) -> None:
    """A row less changes which of the others are for testing: none is safe."""
    runs = of(trees, {"missing": "drop"}, {"missing": "mean"})
    combined = combine(read_members(runs))
    assert "split" not in combined.section
    assert any("split differently" in note for note in combined.notes)
    alike = combine(read_members(of(trees, {"missing": "drop"}, {"missing": "drop"})))
    assert alike.section["split"] == {"validation": 0.2, "test": 0.2}
    assert not alike.notes


@pytest.mark.parametrize(
    ("splits", "kept"),
    [
        (("{test: 0.2}", "{validation: 0.2, test: 0.2}"), {"test": 0.2}),
        (
            ("{validation: 0.1, test: 0.2}", "{validation: 0.3, test: 0.2}"),
            {"validation": 0.1, "test": 0.2},
        ),
        (("{test: 0.2, seed: 1}", "{test: 0.2}"), None),
        (("{validation: 0.2}", "{validation: 0.2}"), {"validation": 0.2}),
        (("{fold: 1/3}", "{fold: 2/3}"), None),
        (("{fold: 1/3, test: 0.2}", "{fold: 2/3, test: 0.2}"), {"test": 0.2}),
        (("{fold: 1/3}", "{fold: 1/3}"), {"fold": "1/3"}),
    ],
)
def test_held_out_is_what_no_member_was_trained_on(
    trees: Path, splits: tuple[str, str], kept: dict[str, object] | None
) -> None:
    runs = [
        made(trees, "mean", overrides=[f"data.split={split}", "train.epochs=1"]) for split in splits
    ]
    members = read_members(runs)
    combined = combine(members)
    assert combined.section.get("split") == kept
    trained = []
    for member in members:
        own = load_splits(member.trained, Report())
        assert own
        trained.append(set(own.train.kept.tolist() if own.train.kept is not None else range(ROWS)))
    report = Report()
    assert combined.spec.data
    whole = load(
        combined.spec.data, combined.graph, combined.folder, report, combined.preprocessing
    )
    assert whole, list(report)
    for part in (whole.validation, whole.test):
        if part is not None:
            assert part.kept is not None
            assert all(rows.isdisjoint(part.kept.tolist()) for rows in trained)


def test_what_stands_for_no_value_is_each_members_own(trees: Path) -> None:
    other = WIDE.replace(FEATURES, "{x: {columns: [b, c]}, kind: {type: category}}")
    runs = [made(trees, "mean"), train(trees, other.replace("name: wide", "name: other"))]
    combined = combine(read_members(runs))
    assert "missing_values" not in combined.section
    assert combined.section["features"]["x"]["missing_values"] == ["gone"]
    assert combined.section["features"]["other_x"] == {"columns": ["b", "c"]}
    found = said(joined(trees, runs), trees / "trees.csv")["kind_probability"]
    own = [said(run, trees / "trees.csv")["kind_probability"] for run in runs]
    np.testing.assert_allclose(found, np.mean(own, axis=0), rtol=2e-6, atol=2e-6)


def test_a_table_larger_than_memory_is_read_as_the_members_learnt_to(
    trees: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its features are not fitted anew: the folds have learnt other means."""
    monkeypatch.setenv("MODELSPEC_CACHE", str(trees / "cache"))
    folds = [{"missing": "mean", "fold": fold} for fold in ("1/2", "2/2")]
    ensemble = TrainedModel.from_run(joined(trees, of(trees, *folds)))
    small = load_splits(ensemble, Report())
    assert small
    settings = ensemble.spec.data
    assert settings
    monkeypatch.setattr("modelspec.data.open_table.budget", _little)
    large = load(settings, ensemble.graph, ensemble.folder, Report(), ensemble.preprocessing)
    assert large
    assert large.out_of_core
    for name, values in small.train.inputs.items():
        np.testing.assert_array_equal(np.asarray(large.train.inputs[name][:]), values)


def _little(*_: object) -> object:
    from modelspec.data.out_of_core.memory_budget import Budget

    return Budget(bound=1 << 20, chunk=1 << 16)
