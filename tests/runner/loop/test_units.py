"""Metrics of normalised targets are in the units of the data, wherever they are told."""

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import mean_absolute_error, mean_squared_error, r2_score

from modelspec.cli import main
from modelspec.data import encode_file
from modelspec.data.features import Number
from modelspec.diagnostics import Report
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.loop.objective import Objective, objective_of
from modelspec.runner.loop.units import data_units
from modelspec.runner.run.compare import history_of, summarize
from modelspec.runner.run.directory import RECORD
from modelspec.runner.run.metric_units import KEY
from modelspec.runner.run.value_notes import value_notes
from modelspec.training.metrics import find
from tests.runner.worlds import prepared, run, write_spec

HOUSES = """\
    name: houses
    inputs: {rooms: [2]}
    layers:
      hidden: {type: Dense, units: 4, activation: tanh}
      price: {type: Dense, units: 1}
      sizes: {type: Dense, units: 2}
    edges: [rooms -> hidden, "hidden -> price, sizes"]
    outputs:
      price:
        loss: mse
        metrics: [mae, mse, rmse, mape, {type: mae, name: heavy, weighted: true}]
      sizes: {loss: mae, metrics: [mae, r2_score]}
    data:
      file: houses.csv
      split: {validation: 0.25}
      sample_weight: {price: worth}
      features:
        rooms: {columns: [a, b]}
        price: {type: number, normalize: NORMALIZE}
        sizes: {type: number, columns: [width, depth], normalize: minmax}
    train: {epochs: 2, batch_size: 16, learning_rate: 0.01}
"""
ONE = """\
    name: house
    inputs: {rooms: [2]}
    layers: {price: {type: Dense, units: 1}}
    outputs: {price: {loss: mse, metrics: [mae]}}
    data:
      file: houses.csv
      split: {validation: 0.25}
      features:
        rooms: {columns: [a, b]}
        price: {type: number, normalize: standard}
    train: {epochs: 2, batch_size: 16}
"""


def _write(folder: Path, spec: str, normalize: str = "standard") -> Path:
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(2, 60))
    columns = {
        "a": a,
        "b": b,
        "price": 300_000 + 50_000 * a + 9_000 * generator.normal(size=60),
        "width": 7 + b,
        "depth": 1200 - 100 * a,
        "worth": generator.uniform(0, 2, 60),
    }
    with open(folder / "houses.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerow(columns)
        csv.writer(file).writerows(zip(*(each.tolist() for each in columns.values()), strict=True))
    return write_spec(folder, spec.replace("NORMALIZE", normalize))


@pytest.mark.parametrize("normalize", ["standard", "minmax", "robust", "quantile", "log1p"])
def test_they_are_those_of_scikit_learn_on_what_predict_writes(
    normalize: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(_write(tmp_path, HOUSES, normalize))
    assert done.folder
    out = tmp_path / "out.csv"
    assert main(["predict", str(done.folder), "--data", "houses.csv", "-o", str(out)]) == 0
    with open("houses.csv") as rows, open(out) as predicted:
        truth, found = (
            {key: np.array([float(row[key]) for row in table]) for key in table[0]}
            for table in (list(csv.DictReader(rows)), list(csv.DictReader(predicted)))
        )
    trained = TrainedModel.from_run(done.folder)
    arrays = encode_file(
        trained.preprocessing, trained.spec.data, trained.graph, "houses.csv", Report(), True
    )
    assert arrays
    measured = evaluate(trained, arrays, "cpu").outputs
    price = truth["price"], found["price"]
    sizes = [np.stack([table[f"{p}{n}"] for n in ("width", "depth")], axis=1)
             for p, table in (("", truth), ("sizes_", found))]  # fmt: skip
    wanted = {
        "mae": mean_absolute_error(*price),
        "mse": mean_squared_error(*price),
        "rmse": mean_squared_error(*price) ** 0.5,
        "mape": 100 * np.abs((price[1] - price[0]) / price[0]).mean(),
        "heavy": mean_absolute_error(*price, sample_weight=truth["worth"]),
    }
    own = {key: value for key, value in measured["price"].items() if key != "loss"}
    assert own == pytest.approx(wanted, rel=1e-5)
    assert measured["price"]["loss"] < 10
    assert measured["sizes"]["mae"] == pytest.approx(mean_absolute_error(*sizes), rel=1e-5)
    assert measured["sizes"]["r2_score"] == pytest.approx(r2_score(*sizes), rel=1e-4)


def test_all_that_tells_them_tells_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, ONE)
    assert main(["train", "spec.yaml", "--device", "cpu", "--set", "train.epochs=1"]) == 0
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert "mae: in the data's units; loss: of the normalised target" in said
    folder = (tmp_path / "runs" / "house" / "latest").resolve()
    value = history_of(folder)[-1]["val_mae"]
    assert value > 1000
    assert f"val_mae {value:.0f}" in said
    assert main(["eval", "house", "--json", "--device", "cpu"]) == 0
    measured = json.loads(capsys.readouterr().out)
    assert measured["outputs"]["price"]["mae"] == pytest.approx(value, rel=1e-6)
    assert "mae: in the data's units" in measured["notes"]["price"]
    assert main(["eval", "house", "--device", "cpu"]) == 0
    table = capsys.readouterr().out
    assert f" {value:.0f} " in table
    assert "price: mae: in the data's units" in table
    assert summarize(folder).best["val_mae"] == value
    assert json.loads((folder / RECORD).read_text())[KEY] == "data_units"
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert repr(value) in page
    assert "mae: in the data&#x27;s units; loss: of the normalised target" in page


def test_a_run_that_began_otherwise_goes_on_as_it_began(tmp_path: Path) -> None:
    spec = _write(tmp_path, ONE)
    done = run(spec, "train.epochs=1")
    assert done.folder
    record = json.loads((done.folder / RECORD).read_text())
    del record[KEY]
    (done.folder / RECORD).write_text(json.dumps(record))
    resumed = run(spec, resume=done.folder)
    assert [row["mae"] > 1000 for row in resumed.history] == [True, False]
    setup = prepared(spec, resume=done.folder)
    notes = value_notes(setup.graph, setup.splits.preprocessing, as_begun=not setup.in_data_units)
    assert notes == {"price": "loss, mae: of the normalised target"}
    trained = TrainedModel.from_run(done.folder)
    validation = prepared(spec).splits.validation
    assert validation
    assert evaluate(trained, validation, "cpu").outputs["price"]["mae"] > 1000


@dataclass(frozen=True, slots=True)
class _Logarithm(Number):
    def affine(self) -> None:
        return None

    def to_units(self, values: np.ndarray) -> np.ndarray:
        return np.expm1(values.astype(np.float64))


def test_what_is_no_line_is_undone_by_the_feature() -> None:
    values = torch.randn(5, 1)
    units = data_units(
        {"y": _Logarithm(("y",), normalize="log1p"), "x": Number(("x",))},
        frozenset({"x", "y"}),
        torch.device("cpu"),
    )
    assert units.keys() == {"y"}
    torch.testing.assert_close(units["y"](values), values.double().expm1())


def test_the_sums_of_two_processes_are_those_of_one(tmp_path: Path) -> None:
    setup = prepared(_write(tmp_path, HOUSES))
    device, names = torch.device("cpu"), frozenset(setup.graph.outputs)
    units = data_units(setup.splits.preprocessing.features, names, device)
    targets = {
        name: torch.as_tensor(np.asarray(each)) for name, each in setup.splits.train.targets.items()
    }
    outputs = {name: torch.randn_like(targets[name]) for name in names}

    def objective(rows: slice) -> Objective:
        made = objective_of(setup.graph, device, {}, {}, names, units=units)
        part = {name: each[rows] for name, each in outputs.items()}
        made.add(part, {name: each[rows] for name, each in targets.items()}, len(part["price"]))
        return made

    whole, first, second = objective(slice(None)), objective(slice(20)), objective(slice(20, None))
    for one, other in zip(first.sums(), second.sums(), strict=True):
        one += other
    for key, value in whole.logs().items():
        assert first.logs()[key] == pytest.approx(value, rel=1e-6), key


def test_a_metric_may_ask_for_what_the_model_sees(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = _write(tmp_path, ONE)
    declared = find("mae")
    assert declared
    monkeypatch.setattr(declared, "units", "model")
    assert run(spec).history[0]["mae"] < 10


@pytest.mark.parametrize("normalize", ["standard", "quantile"])
def test_that_quantiles_end_with_the_training_rows_is_said(tmp_path: Path, normalize: str) -> None:
    job = prepared(_write(tmp_path, HOUSES, normalize))
    fitted = job.splits.preprocessing
    ends = bool(fitted.features["price"].to_units(np.array([[1e4]])).max() < 1e7)
    notes = value_notes(job.graph, fitted)
    assert ends == (normalize == "quantile")
    assert ("of targets as far as those of the training rows reach" in notes["price"]) == ends
    assert "of targets as far as" not in notes["sizes"]
