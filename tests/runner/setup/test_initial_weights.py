"""Starting from weights that are there, and nodes that stay as they are."""

from pathlib import Path

import pytest
import torch

from modelspec.diagnostics import SpecError
from modelspec.runner.checkpoint.safetensors_file import read_tensors, write_tensors
from modelspec.runner.run.directory import weights_file
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from tests.runner.worlds import FLOWERS, prepared, run, write_flowers, write_spec

DEEPER = FLOWERS.replace(
    "      species: {type", "      norm: BatchNormalization\n      species: {type"
).replace("CALLBACKS", "[]")


def last(folder: Path | None) -> dict[str, torch.Tensor]:
    assert folder
    return read_tensors(weights_file(folder, "last"))[0]


def started(folder: Path, *overrides: str) -> tuple[dict[str, torch.Tensor], list[str]]:
    """The weights that a training of no use (a rate of almost nothing) ends with, and its words."""
    said: list[str] = []
    options = TrainOptions(runs=folder / "again", device="cpu", quiet=True, say=said.append)
    tiny = ("train.learning_rate=1.0e-30", "train.epochs=1")
    done = train(prepared(folder / "spec.yaml", *tiny, *overrides), options)
    return last(done.folder), said


def test_a_run_starts_from_another(tmp_path: Path) -> None:
    first = run(write_flowers(tmp_path))
    assert first.folder
    for written in (first.folder, first.folder.parent, weights_file(first.folder, "last")):
        path = written.relative_to(tmp_path)
        found, said = started(tmp_path, f"train.weights={path}")
        best = "best" if written.is_dir() else "last"
        expected = read_tensors(weights_file(first.folder, best))[0]
        assert all(torch.equal(found[name], expected[name]) for name in expected)
        assert said[0].startswith("4 weights of ")


def test_what_does_not_fit_is_told(tmp_path: Path) -> None:
    first = run(write_flowers(tmp_path))
    assert first.folder
    path = weights_file(first.folder, "last").relative_to(tmp_path)
    write_spec(tmp_path, DEEPER)
    _, said = started(tmp_path, f"train.weights={path}")
    assert "new here: `norm.weight`" in said[0]
    _, said = started(tmp_path, f"train.weights={path}", "layers.hidden.units=9")
    assert "of another shape there: `hidden.weight`" in said[0]


def test_weights_that_are_not_there(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    with pytest.raises(SpecError, match="there are no weights at"):
        prepared(spec, "train.weights=nowhere")
    first = run(spec)
    assert first.folder
    tensors = {f"other.{name}": value for name, value in last(first.folder).items()}
    write_tensors(tmp_path / "w.safetensors", tensors)
    with pytest.raises(SpecError, match="nothing in it fits"):
        run(spec, "train.weights=w.safetensors")


@pytest.mark.parametrize("patterns", ["[hidden]", "[hid*]"])
def test_frozen_nodes_stay(patterns: str, tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    free, frozen = (
        run(spec, "train.epochs=1"),
        run(spec, "train.epochs=1", f"train.freeze={patterns}"),
    )
    start = started(tmp_path)[0]
    assert torch.equal(last(frozen.folder)["hidden.weight"], start["hidden.weight"])
    assert not torch.equal(last(frozen.folder)["species.weight"], start["species.weight"])
    assert not torch.equal(last(free.folder)["hidden.weight"], start["hidden.weight"])


def test_a_frozen_norm_measures_nothing(tmp_path: Path) -> None:
    write_flowers(tmp_path)
    spec = write_spec(tmp_path, DEEPER)
    weights = last(run(spec, "train.epochs=1", "train.freeze=[norm]").folder)
    assert not weights["norm.running_mean"].any()


@pytest.mark.parametrize(
    ("patterns", "words"),
    [("[hiden]", "no node is `hiden`"), ("['*']", "`freeze` leaves nothing to train")],
)
def test_what_cannot_be_frozen(patterns: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=words):
        prepared(write_flowers(tmp_path), f"train.freeze={patterns}")
