"""A model in memory says again and again what it says once, of a file and of rows in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pytest

from modelspec.data import CellCounts, Labelled
from modelspec.diagnostics import SpecError
from modelspec.runner.inference import loaded_module
from modelspec.runner.inference.evaluate import evaluate
from modelspec.runner.inference.predict import predict
from modelspec.runner.inference.predictor import Predictor
from modelspec.runner.inference.trained_model import TrainedModel
from tests.runner.worlds import run, write_spec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from modelspec.data.table.table import Array

LOANS = """\
    name: loans
    inputs: {income: [1], town: [4], since: [1]}
    layers:
      join: Concatenate
      hidden: {type: Dense, units: 4, activation: relu}
      kind: {type: Dense, units: 3, activation: softmax}
      paid: {type: Dense, units: 1, activation: sigmoid}
    edges: ["income, town, since -> join -> hidden -> kind, paid"]
    outputs:
      kind: {loss: categorical_crossentropy, metrics: [accuracy]}
      paid: binary_crossentropy
    data:
      file: loans.csv
      features:
        income: {normalize: standard, missing: mean}
        town: {type: category, encode: one_hot, unknown: other, missing: mode}
        since: {type: date, parts: [year], normalize: standard}
    train: {epochs: 1, batch_size: 10}
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> TrainedModel:
    folder = tmp_path_factory.mktemp("loans")
    generator = np.random.default_rng(3)
    income = [f"{each:.2f}".replace(".", ",") for each in generator.normal(1000, 90, 40)]
    income[4] = ""
    town = generator.choice(["Ulm", "Köln", "Jena"], 40).tolist()
    town[7] = ""
    since = [f"{year}-03-01" for year in generator.integers(1990, 2020, 40)]
    kind, paid = generator.choice(["a", "b", "c"], 40), generator.choice(["no", "yes"], 40)
    lines = [
        "income;town;since;kind;paid",
        *map(";".join, zip(income, town, since, kind, paid, strict=True)),
    ]
    (folder / "loans.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    result = run(write_spec(folder, LOANS))
    assert result.folder
    return TrainedModel.from_run(result.folder)


@pytest.fixture(scope="module")
def file(trained: TrainedModel) -> Path:
    assert trained.run
    return trained.run.parents[2] / "loans.csv"


@pytest.fixture(scope="module")
def predictor(trained: TrainedModel) -> Predictor:
    return Predictor(trained, device="cpu")


def _same(left: Mapping[str, Array | Labelled], right: Mapping[str, Array | Labelled]) -> bool:
    arrays = [
        {name: np.asarray(getattr(each, "values", each)) for name, each in side.items()}
        for side in (left, right)
    ]
    one, other = arrays
    return one.keys() == other.keys() and all(np.array_equal(one[k], other[k]) for k in one)


def test_all_kinds_of_rows_are_the_rows_of_the_file(predictor: Predictor, file: Path) -> None:
    wanted = predictor.predict(predictor.encode(file))
    text = pl.read_csv(file, separator=";", infer_schema=False)
    typed = text.with_columns(
        pl.col("income").str.replace(",", ".").cast(pl.Float64), pl.col("since").str.to_date()
    )
    frame = pd.DataFrame({name: typed[name].to_list() for name in typed.columns})
    frame["town"] = frame["town"].astype("category")
    frame["since"] = pd.to_datetime(frame["since"])
    kinds = {
        "path": str(file),
        "text": text,
        "lazy": text.lazy(),
        "typed": typed,
        "pandas": frame,
        "records": text.to_dicts(),
        "typed records": typed.to_dicts(),
        "columns": typed.to_dict(as_series=False),
        "series": dict(typed.to_dict()),
        "arrays": {"income": typed["income"].to_numpy(), **{n: text[n] for n in ("town", "since")}},
    }
    for name, rows in kinds.items():
        assert _same(predictor.predict(predictor.encode(rows)), wanted), name


def test_it_is_built_once_and_answers_alike(
    trained: TrainedModel, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []
    load = loaded_module.load_weights
    monkeypatch.setattr(
        loaded_module, "load_weights", lambda *args: (built.append(args[1]), load(*args))
    )
    predictor = Predictor(trained, nodes=["hidden"], device="cpu")
    arrays = predictor.encode(file, targets=True)
    first = predictor.predict(arrays)
    measured = predictor.evaluate(arrays)
    assert _same(predictor.predict(arrays), first)
    assert predictor.evaluate(arrays) == measured
    assert built == [trained.weights]
    assert _same(first, predict(trained, arrays, nodes=["hidden"], device="cpu"))
    assert measured == evaluate(trained, arrays, "cpu")


def test_a_threshold_is_of_one_question(predictor: Predictor, file: Path) -> None:
    arrays = predictor.encode(file)
    asked = [np.asarray(predictor.predict(arrays, each)["paid"]) for each in (None, 0.0, 1.0, None)]
    assert set(asked[1].ravel()) == {"yes"}
    assert set(asked[2].ravel()) == {"no"}
    assert np.array_equal(asked[0], asked[3])


def test_it_says_what_became_of_cells(predictor: Predictor) -> None:
    counts = CellCounts()
    rows = [{"income": None, "town": "Rom", "since": "2001-03-01"}]
    arrays = predictor.encode(rows, counts=counts)
    assert arrays.rows == 1
    assert len(counts.lines()) == 2


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([], SpecError, "rows"),
        ([{"income": 1.0, "town": "Ulm"}], SpecError, "since"),
        ([{"income": "rich", "town": "Ulm", "since": "2001-03-01"}], SpecError, "row 1 of `rows`"),
        ([3], TypeError, "row 1 is `int`, not a dict"),
        (7, TypeError, "not `builtins.int`"),
        ({"income": 7}, SpecError, "no column `since`"),
        ({"income": 7, "town": ["Ulm"]}, TypeError, "a column is a list or an array, not `int`"),
        ({"income": {"a": 7}, "town": ["Ulm"]}, TypeError, "a list or an array, not `dict`"),
        ({"income": [1.0], "town": ["Ulm", "Ulm"]}, ValueError, "differ in rows"),
    ],
)
def test_rows_of_no_use_are_refused(
    predictor: Predictor, rows: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        predictor.encode(rows)  # type: ignore[arg-type]
