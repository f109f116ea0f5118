"""Permutation importance: what it is by definition, and where it must be nothing."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import polars as pl
import pytest
from safetensors.torch import load_file, save_file
from sklearn.inspection import permutation_importance as of_scikit_learn
from sklearn.linear_model import LinearRegression

from modelspec.data import encode_file, raw_rows
from modelspec.diagnostics import Report
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.importance import ColumnChange, main_value, permutation_importance
from modelspec.runner.inference.trained_model import TrainedModel, load_splits
from tests.runner.worlds import run, write_spec

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Arrays
    from modelspec.data.table.table import Table
    from modelspec.runner.inference.importance import PermutationImportance

ROWS = 120
HOUSES = """\
    name: houses
    inputs: {sizes: [3], town: [3], built: [3], town_again: {shape: [], dtype: int64}}
    layers:
      vector: {type: Embedding, input_dim: 3, output_dim: 2}
      all: Concatenate
      price: {type: Dense, units: 1}
    edges:
      - town_again -> vector
      - sizes, town, built, vector -> all -> price
    outputs: {price: {loss: mse, metrics: [mae]}}
    data:
      file: houses.csv
      split: {test: 0.25, validation: 0.25}
      features:
        sizes: {columns: [rooms, area, unused], normalize: standard, missing: mean}
        town: {type: category}
        town_again: {column: town, type: category, encode: index}
        built: {column: day, type: date, parts: [year, month, day], normalize: standard}
        price: {normalize: standard}
    train: {epochs: 2, batch_size: 16, optimizer: {type: sgd, learning_rate: 0.05}}
"""


def houses(folder: Path) -> TrainedModel:
    draw = np.random.default_rng(3)
    rooms, area = draw.integers(1, 9, ROWS), draw.normal(80, 20, ROWS)
    area[::7] = np.nan
    pl.DataFrame(
        {
            "rooms": rooms,
            "area": [None if np.isnan(each) else each for each in area.tolist()],
            "unused": draw.normal(size=ROWS),
            "town": draw.choice(["Bonn", "Kiel", "Ulm"], ROWS),
            "day": [f"20{n % 24:02d}-0{n % 9 + 1}-1{n % 7}" for n in range(ROWS)],
            "price": rooms * 100 + draw.normal(size=ROWS),
        }
    ).write_csv(folder / "houses.csv")
    done = run(write_spec(folder, HOUSES)).folder
    assert done
    return TrainedModel.from_run(done)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    return houses(tmp_path_factory.mktemp("houses"))


def rows_of(model: TrainedModel, part: str = "test") -> tuple[Arrays, Table]:
    splits = load_splits(model, Report())
    assert splits
    assert model.spec.data
    arrays = getattr(splits, part)
    rows = np.arange(arrays.rows) if arrays.kept is None else arrays.kept
    table = raw_rows(
        model.spec.data, model.preprocessing, model.graph, model.folder, part, rows, Report()
    )
    assert table
    return arrays, table


def measured(model: TrainedModel, **options: object) -> PermutationImportance:
    arrays, table = rows_of(model)
    return permutation_importance(model, arrays, lambda: table, device="cpu", **options)  # type: ignore[arg-type]


def test_it_is_what_a_file_with_that_column_permuted_gives(
    model: TrainedModel, tmp_path: Path
) -> None:
    """To the last bit, also of inputs made of several columns, and of columns used twice."""
    found = measured(model, repeats=2, seed=5)
    arrays, table = rows_of(model)
    prices = pl.read_csv(f"{model.folder}/houses.csv")["price"]
    assert {each.column for each in found.columns} == {"rooms", "area", "unused", "town", "day"}
    towns = next(each for each in found.columns if each.column == "town")
    assert towns.inputs == ("town", "town_again")
    for each in found.columns:
        for repeat, change in enumerate(each.changes["loss"]):
            draw = np.random.default_rng([5, repeat, crc32(each.column.encode())])
            order = draw.permutation(arrays.rows)
            columns = table.columns | {each.column: table.columns[each.column][order]}
            columns |= {"price": prices[arrays.kept]}
            pl.DataFrame(columns).write_csv(tmp_path / "permuted.csv")
            permuted = encode_file(
                model.preprocessing,
                model.spec.data,
                model.graph,
                tmp_path / "permuted.csv",
                Report(),
                targets=True,
            )
            assert permuted
            evaluation = evaluate(model, permuted, "cpu").logs()
            assert evaluation["loss"] - found.baseline["loss"] == change
            assert evaluation["mae"] - found.baseline["mae"] == each.changes["mae"][repeat]


def test_a_column_without_a_weight_is_worth_nothing_at_all(
    model: TrainedModel, tmp_path: Path
) -> None:
    weights = load_file(model.weights)
    weights["price.weight"][:, 2] = 0.0
    save_file(weights, tmp_path / "without.safetensors")
    found = measured(replace(model, weights=tmp_path / "without.safetensors"))
    by_name = {each.column: each for each in found.columns}
    assert by_name["unused"].changes == {"loss": [0.0] * 5, "mae": [0.0] * 5}
    assert found.columns[0].column == "rooms"
    assert by_name["rooms"].mean("loss") > 0.1
    assert found.measure == "mae"


def test_the_same_seed_gives_the_same_numbers(model: TrainedModel) -> None:
    first = measured(model).as_data()
    assert measured(model).as_data() == first
    assert measured(model, seed=1).as_data() != first
    longer = measured(model, repeats=7).as_data()
    for one, more in zip(
        sorted(first["columns"], key=lambda each: each["column"]),
        sorted(longer["columns"], key=lambda each: each["column"]),
        strict=True,
    ):
        values = more["changes"]["loss"]["values"]
        assert values[:5] == one["changes"]["loss"]["values"]
        assert len(values) == 7


def test_as_scikit_learn_finds_it(tmp_path: Path) -> None:
    """A linear model: both know the same means, but for the permutations that were drawn."""
    draw = np.random.default_rng(0)
    x = draw.normal(size=(400, 3)).astype(np.float32)
    y = x @ np.array([2.0, -1.0, 0.0], np.float32)
    np.savez(tmp_path / "points.npz", x=x, y=y)
    spec = write_spec(
        tmp_path,
        """\
        name: points
        inputs: {a: [1], b: [1], c: [1]}
        layers: {all: Concatenate, y: {type: Dense, units: 1, use_bias: false}}
        edges: ["a, b, c -> all -> y"]
        outputs: {y: mse}
        data: {train: train.csv, test: test.csv}
        train: {epochs: 1}
        """,
    )
    frame = pl.DataFrame({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "y": y})
    frame.write_csv(tmp_path / "train.csv")
    frame.write_csv(tmp_path / "test.csv")
    done = run(spec).folder
    assert done
    weights = load_file(done / "best.safetensors")
    weights["y.weight"][:] = weights["y.weight"].new_tensor([[2.0, -1.0, 0.0]])
    save_file(weights, tmp_path / "exact.safetensors")
    model = TrainedModel.from_run(done, str(tmp_path / "exact.safetensors"))
    found = measured(model, repeats=200)
    by_name = {each.column: each for each in found.columns}

    linear = LinearRegression(fit_intercept=False).fit(x, y)
    wanted = of_scikit_learn(
        linear, x, y, scoring="neg_mean_squared_error", n_repeats=200, random_state=0
    )
    for name, mean, spread in zip(
        "abc", wanted.importances_mean, wanted.importances_std, strict=True
    ):
        assert by_name[name].mean("loss") == pytest.approx(mean, abs=0.05)
        assert by_name[name].deviation("loss") == pytest.approx(spread, abs=0.05)
    assert by_name["c"].changes["loss"] == [0.0] * 200


def test_changes_that_cancel_out_are_nothing() -> None:
    each = ColumnChange("a", ("a",), {"loss": [0.1, 0.2, -0.3], "accuracy": [0.1, 0.2, 0.3]})
    assert np.mean(each.changes["loss"]) != 0
    assert each.mean("loss") == 0
    assert each.mean("accuracy") == pytest.approx(0.2)
    assert each.deviation("loss") > 0.2


def test_when_time_is_up_no_permutation_is_begun(model: TrainedModel) -> None:
    ticks = count()
    found = measured(model, seconds=4, clock=lambda: next(ticks))
    assert [each.repeats for each in found.columns] == [1, 1, 1]
    assert len(found.left_out) == 2
    ticks = count()
    some = measured(model, seconds=8, clock=lambda: next(ticks))
    assert sorted(each.repeats for each in some.columns) == [1, 1, 1, 2, 2]
    assert not some.left_out
    assert not measured(model, seconds=0).columns


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"loss": 1.0, "accuracy": 0.5, "auc": 0.5}, "accuracy"),
        ({"loss": 1.0, "f1_score_0": 0.5, "f1_score_1": 0.5}, "loss"),
        ({"loss": 1.0, "a_loss": 0.5, "a_accuracy": 0.5}, "loss"),
        ({"accuracy": 0.5}, "accuracy"),
    ],
)
def test_the_value_that_columns_are_ordered_by(values: dict[str, float], wanted: str) -> None:
    assert main_value(values) == wanted
