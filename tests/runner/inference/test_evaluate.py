from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from modelspec import lint
from modelspec.diagnostics import Report, SpecError
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.runner.worlds import FLOWERS, run, write_flowers


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run directory."""
    found = run(write_flowers(tmp_path_factory.mktemp("flowers"))).folder
    assert found
    return found


def _of_spec(spec: Path, weights: Path) -> TrainedModel:
    examined = lint.examine(str(spec))
    assert examined.spec
    assert examined.graph
    trained = TrainedModel.from_spec(examined.spec, examined.graph, weights, Report())
    assert trained
    return trained


def test_the_last_weights_measure_as_the_last_epoch_did(folder: Path) -> None:
    trained = TrainedModel.from_run(folder, "last")
    splits = load_splits(trained, Report())
    assert splits
    assert splits.validation
    found = evaluate(trained, splits.validation, "cpu")
    header, *_, last = (folder / "history.csv").read_text().splitlines()
    row = dict(zip(header.split(","), map(float, last.split(",")), strict=True))
    assert found.rows == 20
    assert found.loss == pytest.approx(row["val_loss"], rel=1e-5)
    assert found.outputs["species"]["accuracy"] == row["val_accuracy"]


def test_a_run_is_measured_by_its_best_weights(folder: Path) -> None:
    assert TrainedModel.from_run(folder).weights == folder / "best.safetensors"


def test_a_spec_takes_weights_from_a_file(folder: Path) -> None:
    spec = folder.parents[2] / "spec.yaml"
    of_file, best = _of_spec(spec, folder / "best.safetensors"), TrainedModel.from_run(folder)
    splits = load_splits(of_file, Report())
    assert splits
    assert splits.test
    assert evaluate(of_file, splits.test, "cpu") == evaluate(best, splits.test, "cpu")


def test_weights_that_do_not_fit_are_all_named(folder: Path, tmp_path: Path) -> None:
    weights = load_file(folder / "best.safetensors")
    weights["hiden.weight"] = weights.pop("hidden.weight")
    weights["species.bias"] = weights["species.bias"][:2].clone()
    save_file(weights, tmp_path / "odd.safetensors")
    trained = _of_spec(folder.parents[2] / "spec.yaml", tmp_path / "odd.safetensors")
    splits = load_splits(trained, Report())
    assert splits
    with pytest.raises(SpecError) as error:
        evaluate(trained, splits.train, "cpu")
    found = error.value.diagnostics
    assert {each.code for each in found} == {"MS806"}
    assert [each.message for each in found] == [
        "the file lacks `hidden.weight`",
        "the model has no `hiden.weight`",
        "`species.bias` is `[2]` in the file and `[3]` in the model",
    ]
    assert found[0].help == "`hiden.weight` may be what is called `hidden.weight` here"


def test_a_damaged_file_is_said_to_be(folder: Path, tmp_path: Path) -> None:
    content = (folder / "best.safetensors").read_bytes()
    (tmp_path / "cut.safetensors").write_bytes(content[:-9])
    trained = TrainedModel.from_run(folder, str(tmp_path / "cut.safetensors"))
    splits = load_splits(trained, Report())
    assert splits
    with pytest.raises(SpecError, match="MS807"):
        evaluate(trained, splits.train, "cpu")


def test_a_run_that_saved_nothing_says_so(tmp_path: Path) -> None:
    folder = run(write_flowers(tmp_path)).folder
    assert folder
    for name in ("best", "last"):
        (folder / f"{name}.safetensors").unlink()
    with pytest.raises(SpecError, match=r"no best\.safetensors and no last\.safetensors"):
        TrainedModel.from_run(folder)


def test_a_spec_without_data_has_no_rows(folder: Path, tmp_path: Path) -> None:
    text = FLOWERS[: FLOWERS.index("    data:")]
    trained = _of_spec(write_flowers(tmp_path, spec=text), folder / "best.safetensors")
    report = Report()
    assert load_splits(trained, report) is None
    assert [found.code for found in report] == ["MS801"]
