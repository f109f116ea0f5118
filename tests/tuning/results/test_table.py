"""`trials.csv`."""

import json
from math import nan
from pathlib import Path

import polars as pl

from modelspec.tuning.results.study_results import read_results
from modelspec.tuning.results.table import write_table
from tests.tuning.studies import make_study, mixed, trial


def _table(folder: Path) -> pl.DataFrame:
    return pl.read_csv(write_table(read_results(folder)))


def test_a_row_is_a_trial_and_a_column_is_a_path(tmp_path: Path) -> None:
    found = _table(mixed(tmp_path / "s"))
    assert found.columns == [
        "number", "status", "val_accuracy", "params.filters", "train.learning_rate",
        "train.optimizer", "layers.conv.type", "params.depth", "parameters", "flops", "epochs",
        "seconds", "seed", "why",
    ]  # fmt: skip
    assert found["number"].to_list() == list(range(1, 8))
    assert found["val_accuracy"].to_list() == [0.9, 0.95, 0.6, 0.97, None, 0.93, None]
    assert found["params.depth"].to_list() == [None, None, None, 3, None, None, None]
    assert found["why"][4] == "the loss became nan in epoch 1"
    assert json.loads(found["train.optimizer"][2]) == {"type": "sgd", "momentum": 0.9}
    assert found["train.learning_rate"][0] == trial(1).values["train.learning_rate"]


def test_an_objective_that_is_a_column_already_stands_once(tmp_path: Path) -> None:
    values = {"val_accuracy": 0.5, "parameters": 1000}
    folder = make_study(
        tmp_path / "s",
        [trial(1, 0.5, objectives=values)],
        objective=["val_accuracy", "parameters"],
        higher=[True, False],
    )
    found = _table(folder)
    assert found.columns.count("parameters") == 1
    assert found["parameters"].to_list() == [1000]


def test_any_text_comes_back(tmp_path: Path) -> None:
    why = 'it said, "no",\nand ended; ünd <b>'
    values = {"params.filters": 3, "train.optimizer": None, "a": [1, True]}
    folder = make_study(
        tmp_path / "s", [trial(1, nan, values=values), trial(2, status="failed", why=why)]
    )
    found = _table(folder)
    assert found["why"][1] == why
    assert found["train.optimizer"][0] == "null"
    assert json.loads(found["a"][0]) == [1, True]
    assert str(found["val_accuracy"][0]).lower() == "nan"


def test_without_trials_there_are_only_names(tmp_path: Path) -> None:
    assert _table(make_study(tmp_path / "s", [])).height == 0
