"""No row that a member was trained on is one to weigh the members by."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import numpy as np
import pytest

from modelspec.diagnostics import Report, SpecError
from modelspec.ensembles.weighting.allowed_rows import allowed_rows
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.ensembles.runs import WIDE, train, write_trees
from tests.runner.worlds import FLOWERS, run, write_flowers, write_spec

if TYPE_CHECKING:
    from pathlib import Path


def _trained(spec: Path, name: str, *overrides: str) -> TrainedModel:
    folder = run(spec, "train.epochs=1", *overrides, runs=spec.parent / name).folder
    assert folder
    return TrainedModel.from_run(folder)


def _parts(member: TrainedModel) -> dict[str, set[int]]:
    splits = load_splits(member, Report())
    assert splits
    found = {}
    for part in ("train", "validation", "test"):
        arrays = getattr(splits, part)
        if arrays is not None:
            found[part] = set(arrays.kept.tolist())
    return found


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    return write_flowers(tmp_path)


@pytest.mark.parametrize(
    "other",
    [
        ["train.seed=3"],
        ["data.split.seed=1"],
        ["data.split.validation=0.4", "data.split.test=0.3"],
        ["data.split={fold: 2/5, test: 0.1}"],
    ],
)
def test_they_are_those_that_all_members_hold_out(spec: Path, other: list[str]) -> None:
    members = [_trained(spec, "one"), _trained(spec, "other", *other)]
    found = allowed_rows(members, ["one", "other"])
    parts = [_parts(member) for member in members]
    for part in ("validation", "test"):
        rows = np.array([row for rows in getattr(found, part).values() for row in rows.tolist()])
        assert set(rows.tolist()) == parts[0][part] & parts[1][part]
        assert not any(set(rows.tolist()) & each["train"] for each in parts)
    assert bool(found.validation) != bool(found.why_no_validation)


def test_folds_have_none_but_test_rows(spec: Path) -> None:
    members = [
        _trained(spec, f"fold{number}", f"data.split={{fold: {number}/3, test: 0.1}}")
        for number in (1, 2, 3)
    ]
    found = allowed_rows(members, ["a", "b", "c"])
    assert found.validation == {}
    assert "validated on different folds" in found.why_no_validation
    (rows,) = found.test.values()
    assert set(rows.tolist()) == _parts(members[0])["test"]


def test_a_member_without_validation_rows_is_named(spec: Path) -> None:
    members = [_trained(spec, "one"), _trained(spec, "other", "data.split={test: 0.1}")]
    found = allowed_rows(members, ["one", "other"])
    assert found.why_no_validation == "`other` has no validation rows"


def test_rows_that_are_left_out_of_a_file_keep_their_numbers(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    with open(tmp_path / "t.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["a", "b", "y"])
        for row in range(60):
            values = ["" if row % 7 == 3 else draw.normal(), draw.normal(), draw.normal()]
            writer.writerow(values)
    text = """\
        name: t
        inputs: {x: [1]}
        layers: {y: {type: Dense, units: 1}}
        outputs: {y: mse}
        data:
          file: t.csv
          split: {validation: 0.4}
          features: {x: {columns: [COLUMN], missing: drop}, y: {column: y}}
    """
    members = []
    for column in ("a", "b"):
        folder = tmp_path / column
        folder.mkdir()
        (folder / "t.csv").symlink_to(tmp_path / "t.csv")
        members.append(_trained(write_spec(folder, text.replace("COLUMN", column)), "runs"))
    (rows,) = allowed_rows(members, ["a", "b"]).validation.values()
    parts = [_parts(member) for member in members]
    assert set(rows.tolist()) == parts[0]["validation"] & parts[1]["validation"]
    assert len(rows)
    assert not any(row % 7 == 3 for row in rows.tolist())


def test_files_of_their_own_are_told_apart(tmp_path: Path) -> None:
    text = FLOWERS.replace("split: {validation: 0.2, test: 0.1}", "validation: flowers.npz")
    spec = write_flowers(tmp_path, spec=text)
    (tmp_path / "more.npz").write_bytes((tmp_path / "flowers.npz").read_bytes())
    one = _trained(spec, "one")
    assert list(allowed_rows([one, one], ["a", "b"]).validation) == [str(tmp_path / "flowers.npz")]
    other = _trained(spec, "other", "data.validation=more.npz")
    found = allowed_rows([one, other], ["one", "other"])
    assert found.why_no_validation == "the members validate on different files"


def test_data_that_has_changed_is_refused(spec: Path) -> None:
    member = _trained(spec, "one")
    with np.load(spec.parent / "flowers.npz") as file:
        petals, species = file["petals"], file["species"]
    petals[3] += 1
    np.savez(spec.parent / "flowers.npz", petals=petals, species=species)
    with pytest.raises(SpecError, match="has changed since it was trained") as error:
        allowed_rows([member, member], ["a", "b"])
    assert [each.code for each in error.value.diagnostics] == ["MS807"]


def test_a_class_that_is_called_otherwise_is_other_data(tmp_path: Path) -> None:
    """What is learnt of it anew has the same numbers, and the run does not know its name."""
    write_trees(tmp_path)
    member = TrainedModel.from_run(train(tmp_path, WIDE))
    table = tmp_path / "trees.csv"
    table.write_text(table.read_text().replace("oak", "pine"))
    with pytest.raises(SpecError, match="what was learnt of `kind` is not what it holds"):
        allowed_rows([member, member], ["a", "b"])
