"""What is wrong, or another thing, with a member of an ensemble is said."""

from __future__ import annotations

import shutil
from textwrap import dedent
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

import modelspec
from modelspec.diagnostics import SpecError
from modelspec.ensembles import as_spec
from modelspec.ensembles.combine import combine
from modelspec.ensembles.members import read_members
from modelspec.runner.run.errors import SaveError
from tests.ensembles.runs import DEEP, PRICE, WIDE, train, write_trees

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table, and runs of three specs."""
    folder = tmp_path_factory.mktemp("trees")
    write_trees(folder)
    for text in (WIDE, DEEP, PRICE.replace("NORMALIZE", "standard")):
        train(folder, text)
    return folder


def copied(trees: Path, name: str, folder: Path) -> Path:
    return shutil.copytree((trees / "runs" / name / "latest").resolve(), folder / name)


@pytest.mark.parametrize(("damage", "code"), [("cut", "MS807"), ("of another", "MS806")])
def test_weights_that_are_not_its_own(trees: Path, tmp_path: Path, damage: str, code: str) -> None:
    runs = [copied(trees, name, tmp_path) for name in ("wide", "deep")]
    path = runs[0] / "best.safetensors"
    other = (runs[1] / "best.safetensors").read_bytes()
    path.write_bytes(path.read_bytes()[:50] if damage == "cut" else other)
    with pytest.raises(SpecError) as error:
        read_members(runs)
    assert {each.code for each in error.value.diagnostics} == {code}
    assert {each.span.file for each in error.value.diagnostics} == {str(path)}
    assert all("leave the run out" in each.help for each in error.value.diagnostics)


def test_last_weights_are_said_to_be(trees: Path, tmp_path: Path) -> None:
    runs = [copied(trees, name, tmp_path) for name in ("wide", "deep")]
    (runs[1] / "best.safetensors").unlink()
    notes = combine(read_members(runs)).notes
    assert "`deep` has no best weights: its last ones are taken" in notes


def test_it_is_called_as_its_run_is(trees: Path) -> None:
    runs = [train(trees, WIDE, name=name) for name in ("one", "two")]
    members = read_members(runs)
    assert [each.name for each in members] == ["one", "two"]
    assert {each.block for each in members} == {"wide"}


def test_other_decisions_and_clips_are_said(trees: Path) -> None:
    other = PRICE.replace("NORMALIZE", "standard, clip: 1").replace("name: price", "name: other")
    other = other.replace("[accuracy]}", "[accuracy], decision: {threshold: 0.3}}")
    runs = [(trees / "runs" / "price" / "latest").resolve(), train(trees, other)]
    notes = " ".join(combine(read_members(runs)).notes)
    assert "the members decide otherwise on `tall`: as `price_1` does counts" in notes
    assert "the members clip `price` otherwise" in notes
    assert "otherwise" not in " ".join(
        combine(read_members([runs[0], train(trees, PRICE.replace("NORMALIZE", "minmax"))])).notes
    )


def test_a_spec_that_cannot_be_written_leaves_no_weights(
    trees: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(as_spec, "atomic_write", SimpleNamespace(write_file=full))
    runs = [str(trees / "runs" / name / "latest") for name in ("wide", "deep")]
    made = tmp_path / "made"
    with pytest.raises(SaveError, match=rf"{made} is saved, its spec is not") as error:
        modelspec.ensemble(runs, str(made), as_spec=str(tmp_path / "both.yaml"), device="cpu")
    assert "No space left" in str(error.value)
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_run_of_several_that_is_gone_is_named(trees: Path) -> None:
    (trees / "wide.yaml").write_text(dedent(WIDE))
    settings = {"runs_dir": str(trees / "runs"), "quiet": True, "device": "cpu", "name": "several"}
    folder = modelspec.train_seeds(str(trees / "wide.yaml"), 2, **settings).folder
    shutil.rmtree(folder / "seed-1")
    with pytest.raises(SpecError, match=r"there is no `run\.json` in it") as error:
        modelspec.ensemble(str(folder))
    assert error.value.diagnostics[0].span.file == str(folder / "seed-1")


def test_weights_chosen_in_no_known_way_are_refused() -> None:
    with pytest.raises(ValueError, match="one of uniform, fit, greedy, not 'mean'"):
        modelspec.ensemble(["a", "b"], weights="mean")  # type: ignore[arg-type]
