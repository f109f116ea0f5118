"""What an estimator trains and says is what `fit` and `predict` train and say."""

from __future__ import annotations

import pickle
import shutil
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from safetensors.numpy import load as tensors_of
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import modelspec
from modelspec.runner.loop.trainer import Trainer
from modelspec.runner.run.directory import BEST, LAST, weights_file
from modelspec.sklearn import SpecClassifier, SpecRegressor
from tests.runner.worlds import interrupt_at, write_spec

if TYPE_CHECKING:
    from collections.abc import Callable

CHURN = """\
version: 1
name: churn
params: {width: 4}
inputs: {body: [2], plan: [3]}
layers:
  join: Concatenate
  hidden: {type: Dense, units: $width, activation: relu}
  leaves: {type: Dense, units: 1, activation: sigmoid}
edges: ["body, plan -> join -> hidden -> leaves"]
outputs: {leaves: binary_crossentropy}
data:
  file: churn.csv
  split: {validation: 0.25}
  features:
    body: {columns: [age, income], normalize: standard, missing: mean}
    plan: {type: category, classes: [pro, basic, family]}
    leaves: {type: category, classes: [stays, leaves]}
train: {epochs: 2, batch_size: 8}
"""
LEAVES = pl.Series("leaves", ["stays", "leaves", "stays"] * 16)


@pytest.fixture
def frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    monkeypatch.chdir(tmp_path)
    write_spec(tmp_path, CHURN)
    generator = np.random.default_rng(2)
    columns = {
        "age": generator.normal(40, 9, 48),
        "income": generator.normal(9, 2, 48),
        "plan": generator.choice(["basic", "family", "pro"], 48),
        "unread": generator.choice(["x", "y"], 48),
    }
    frame = pl.DataFrame(columns)
    frame.with_columns(LEAVES).write_csv("churn.csv")
    return frame


def weights_of(estimator: Any) -> dict[str, np.ndarray]:
    """What it keeps of its weights."""
    (content,) = (each for name, each in estimator._kept.files.items() if "safetensors" in name)
    return dict(tensors_of(content))


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(
        np.array_equal(first[name], second[name]) for name in first
    )


def test_the_same_rows_are_the_same_bits(frame: pl.DataFrame) -> None:
    run = modelspec.load("spec.yaml").fit("churn.csv", quiet=True)
    wanted = dict(tensors_of(weights_file(run.folder, BEST).read_bytes()))
    pandas = pd.DataFrame(frame.to_dict(as_series=False))
    array = frame.drop("unread").to_numpy()
    assert array.dtype == object
    said = run.predict("churn.csv")
    for given in (frame, pandas, array):
        model = SpecClassifier("spec.yaml").fit(given, LEAVES)
        assert same(weights_of(model), wanted), type(given)
        assert model.predict(given).tolist() == said["leaves"].to_list()
        found = model.predict_proba(given)
        assert model.classes_.tolist() == ["leaves", "stays"]
        yes = said["leaves_probability_leaves"].to_numpy()
        assert np.array_equal(found[:, 0].astype(np.float32), yes)
        assert np.array_equal(found.sum(axis=1), np.ones(48))
    assert model.n_features_in_ == 3
    assert not hasattr(model, "feature_names_in_")
    assert len(model.history_) == model.n_iter_ == 2
    assert model.history_ == run.history
    assert not list(Path(tempfile.gettempdir()).glob("modelspec-*/churn"))


def test_arrays_and_the_csv_of_their_rows_for_the_default_spec(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(0)
    rows, answer = generator.normal(size=(30, 3)), generator.normal(size=30) * 1e3
    model = SpecRegressor(**{"train.epochs": 2}).fit(rows, answer)
    table = {f"x{place}": rows[:, place] for place in range(3)} | {"target": answer}
    pl.DataFrame(table).write_csv("rows.csv")
    Path("spec.yaml").write_text(model.spec_)
    run = modelspec.load("spec.yaml").fit("rows.csv", validation=0, quiet=True)
    assert same(weights_of(model), dict(tensors_of(weights_file(run.folder, LAST).read_bytes())))
    assert np.array_equal(model.predict(rows), run.predict("rows.csv")["target"].to_numpy())


def test_what_a_spec_may_be(frame: pl.DataFrame) -> None:
    import yaml

    loaded = modelspec.load("spec.yaml").set("params.width", 5)
    given = [loaded, yaml.safe_load(CHURN), CHURN, Path("spec.yaml"), "spec.yaml"]
    kept = []
    for spec in given:
        paths = {} if spec is loaded else {"params.width": np.int64(5)}
        kept.append(weights_of(clone(SpecClassifier(spec, **paths)).fit(frame, LEAVES)))
    assert all(same(kept[0], each) for each in kept)
    assert 5 in {len(each) for each in kept[0].values()}


def test_parameters_are_paths(frame: pl.DataFrame) -> None:
    model = SpecClassifier("spec.yaml", **{"train.epochs": 1, "params.width": 3})
    assert model.get_params()["train.epochs"] == 1
    other = clone(model).set_params(**{"train.epochs": 2, "device": "cpu"})
    assert (model.get_params()["train.epochs"], other.get_params()["train.epochs"]) == (1, 2)
    assert other.device == "cpu"
    assert repr(model) == "SpecClassifier(params.width=3, spec='spec.yaml', train.epochs=1)"
    assert "train.epochs" in model._repr_html_()
    assert "train.epochs" in model.fit(frame, LEAVES)._repr_html_()
    assert model.n_iter_ == 1
    with pytest.raises(ValueError, match="epochs"):
        model.set_params(epochs=3)
    with pytest.raises(TypeError, match="`epochs` is no argument"):
        SpecClassifier(epochs=3)
    with pytest.raises(modelspec.SpecError, match="`epoch`"):
        model.set_params(**{"train.epoch": 3}).fit(frame, LEAVES)
    with pytest.raises(ValueError, match=r"`data\.file` is no parameter"):
        SpecClassifier("spec.yaml", **{"data.file": "x.csv"}).fit(frame, LEAVES)


def test_a_search_a_pipeline_and_a_cross_validation() -> None:
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(60, 3))
    answer = np.where(rows[:, 0] > 0, "up", "down")
    model = SpecClassifier(**{"train.epochs": 3, "params.units": 8, "train.batch_size": 8})
    pipeline = make_pipeline(StandardScaler(), model)
    rates = {"specclassifier__train.learning_rate": [1e-6, 0.1]}
    search = GridSearchCV(pipeline, rates, cv=2).fit(rows, answer)
    assert search.best_params_ == {"specclassifier__train.learning_rate": 0.1}
    assert search.score(rows, answer) > 0.8
    scores = cross_val_score(model, rows, answer, cv=2, scoring="neg_log_loss", n_jobs=1)
    assert (scores < 0).all()


def test_a_pickle_holds_all(frame: pl.DataFrame, tmp_path: Path) -> None:
    model = SpecClassifier("spec.yaml", runs_dir=tmp_path / "runs").fit(frame, LEAVES)
    assert (model.run_.folder / "report.html").is_file()
    assert model.run_.predict(frame)["leaves"].to_list() == model.predict(frame).tolist()
    wanted = model.predict_proba(frame)
    content = pickle.dumps(model)
    for folder in ("runs", "churn.csv", "spec.yaml"):
        path = tmp_path / folder
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    again = pickle.loads(content)
    assert np.array_equal(again.predict_proba(frame), wanted)
    assert again.spec_ == model.spec_
    kept = SpecClassifier(CHURN).fit(frame, LEAVES)
    with pytest.raises(AttributeError, match="`runs_dir` keeps it"):
        kept.run_  # noqa: B018
    assert kept.module_.hidden.out_features == 4


SOFTMAX = """\
version: 1
name: kinds
inputs: {x: [2]}
layers: {kind: {type: Dense, units: 3, activation: softmax}}
outputs: {kind: sparse_categorical_crossentropy}
data: {file: none.csv, features: {x: {columns: [a, b]}}}
train: {epochs: 1}
"""


@pytest.mark.parametrize("declared", ["", ", kind: {type: category, classes: ['2', '0', '1']}"])
def test_a_class_that_y_does_not_have(declared: str) -> None:
    rows = np.random.default_rng(0).normal(size=(12, 2))
    spec = SOFTMAX.replace("[a, b]}}", f"[a, b]}}{declared}}}")
    answer = np.array([2, 0] * 6)
    model = SpecClassifier(spec).fit(rows, answer)
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.classes_.dtype == answer.dtype
    found = model.predict_proba(rows)
    assert np.array_equal(model.classes_[found.argmax(axis=1)], model.predict(rows))
    assert found.shape == (12, 3)


def test_yes_and_no_as_numbers_and_booleans() -> None:
    rows = np.random.default_rng(0).normal(size=(12, 2))
    spec = SOFTMAX.replace("units: 3, activation: softmax", "units: 1, activation: sigmoid")
    spec = spec.replace("sparse_categorical", "binary")
    answer = np.arange(12) % 2
    numbers = SpecClassifier(spec).fit(rows, answer)
    booleans = SpecClassifier(spec).fit(rows, answer == 1)
    assert numbers.classes_.tolist() == [0, 1]
    assert booleans.classes_.tolist() == [False, True]
    assert booleans.predict(rows).dtype == bool
    assert np.array_equal(numbers.predict_proba(rows), booleans.predict_proba(rows))
    assert np.array_equal(numbers.predict(rows) == 1, numbers.predict_proba(rows)[:, 1] >= 0.5)


def test_several_outputs() -> None:
    rows = np.random.default_rng(0).normal(size=(40, 2))
    answers = np.stack([rows[:, 0] > 0, rows[:, 1] > 0], axis=1).astype(int)
    model = SpecClassifier(**{"train.epochs": 20, "train.batch_size": 8}).fit(rows, answers)
    assert [each.tolist() for each in model.classes_] == [[0, 1], [0, 1]]
    found = model.predict(rows)
    assert (found == answers).mean(axis=0).min() > 0.8
    first, second = model.predict_proba(rows)
    assert np.array_equal(np.stack([first, second], 1).argmax(axis=2), found)
    numbers = SpecRegressor(**{"train.epochs": 20, "train.batch_size": 8}).fit(rows, rows[:, ::-1])
    assert numbers.predict(rows).shape == (40, 2)
    assert numbers.score(rows, rows[:, ::-1]) > 0.8


def test_pictures_are_arrays_or_rows_of_their_numbers() -> None:
    spec = """\
version: 1
name: pictures
inputs: {picture: [2, 3]}
layers:
  flat: Flatten
  kind: {type: Dense, units: 2, activation: softmax}
edges: [picture -> flat -> kind]
outputs: {kind: sparse_categorical_crossentropy}
data: {file: none.npz}
train: {epochs: 1}
"""
    pictures = np.random.default_rng(0).random((10, 2, 3))
    answer = np.arange(10) % 2
    whole = SpecClassifier(spec).fit(pictures, answer)
    flat = SpecClassifier(spec).fit(pictures.reshape(10, 6), answer)
    assert same(weights_of(whole), weights_of(flat))
    with pytest.raises(ValueError, match=r"X has 5 columns.*`picture` \(6 columns\)"):
        SpecClassifier(spec).fit(np.zeros((10, 5)), answer)


def test_weights_of_rows(frame: pl.DataFrame) -> None:
    weights = np.arange(48) % 3
    model = SpecClassifier("spec.yaml").fit(frame, LEAVES, sample_weight=weights)
    weighted = frame.with_columns(LEAVES, pl.Series("w", weights))
    run = modelspec.load("spec.yaml").set("data.sample_weight", "w").fit(weighted, quiet=True)
    assert same(weights_of(model), dict(tensors_of(weights_file(run.folder, BEST).read_bytes())))
    assert not same(weights_of(model), weights_of(SpecClassifier("spec.yaml").fit(frame, LEAVES)))


def test_the_seed(frame: pl.DataFrame) -> None:
    def trained(seed: object, **paths: Any) -> dict[str, np.ndarray]:
        model = SpecClassifier("spec.yaml", random_state=seed, **paths)
        return weights_of(model.fit(frame, LEAVES))

    assert same(trained(7), trained(None, **{"train.seed": 7}))
    assert same(trained(np.random.RandomState(3)), trained(np.random.RandomState(3)))
    assert not same(trained(np.random.RandomState(3)), trained(7))
    with pytest.raises(ValueError, match="the same"):
        trained(7, **{"train.seed": 8})


def test_ctrl_c_ends_a_search_too(frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    train, begun = Trainer.train, []

    def interrupted(trainer: Trainer, asked: Callable[[], bool]) -> bool:
        begun.append(trainer)
        signal.raise_signal(signal.SIGINT)
        return train(trainer, asked)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "train", interrupted)
        with pytest.raises(KeyboardInterrupt, match="SIGINT"):
            GridSearchCV(SpecClassifier("spec.yaml"), {"params.width": [3, 4]}).fit(frame, LEAVES)
    assert len(begun) == 1


def test_a_time_limit_is_said(frame: pl.DataFrame, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_at(10, monkeypatch)
    with pytest.warns(UserWarning, match="in epoch 2"):
        model = SpecClassifier("spec.yaml").fit(frame, LEAVES)
    assert model.n_iter_ == 1
    assert len(model.predict(frame)) == 48


def test_which_rows_are_for_validation(frame: pl.DataFrame) -> None:
    assert "val_loss" in SpecClassifier("spec.yaml").fit(frame, LEAVES).history_[-1]
    model = SpecClassifier("spec.yaml", validation=0).fit(frame, LEAVES)
    assert "val_loss" not in model.history_[-1]
    rows = np.random.default_rng(0).normal(size=(12, 2))
    assert "val_loss" not in SpecClassifier(SOFTMAX).fit(rows, np.arange(12) % 3).history_[-1]


def test_what_is_refused(frame: pl.DataFrame) -> None:
    rows = np.random.default_rng(0).normal(size=(12, 2))
    answer = np.arange(12) % 3
    model = SpecClassifier("spec.yaml")
    with pytest.raises(modelspec.SpecError, match="`plan`"):
        model.fit(frame.drop("plan"), LEAVES)
    with pytest.raises(ValueError, match="the target that y gives"):
        model.fit(frame.with_columns(LEAVES), LEAVES)
    with pytest.raises(ValueError, match="X has 2 columns, and those of the spec are `age`"):
        model.fit(rows, answer % 2)
    with pytest.raises(ValueError, match="y has 2 columns"):
        model.fit(frame, np.stack([LEAVES.to_numpy()] * 2, axis=1))
    with pytest.raises(ValueError, match="predicts no numbers"):
        SpecRegressor(SOFTMAX).fit(rows, answer)
    with pytest.raises(ValueError, match="not one class a row"):
        SpecClassifier(SOFTMAX.replace("sparse_categorical_crossentropy", "mse")).fit(rows, answer)
    with pytest.raises(ValueError, match="no class at row 2 and 3 more"):
        SpecClassifier(SOFTMAX).fit(rows, ["a", "b", None] * 4)
    with pytest.raises(TypeError, match="not `int`"):
        SpecClassifier(7).fit(rows, answer)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="could not convert") as raised:
        SpecClassifier().fit(frame, LEAVES)
    assert "modelspec init" in raised.value.__notes__[0]
    fitted = model.fit(frame, LEAVES)
    with pytest.warns(modelspec.CellWarning, match="age") as told:
        fitted.predict(frame.with_columns(age=pl.lit(None, pl.Float64)))
    assert told[0].filename == __file__
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(frame.rename({"age": "years"}))


def test_names_that_begin_as_params_do_are_names() -> None:
    values = np.random.default_rng(3).normal(size=(40, 2))
    frame = pd.DataFrame(values, columns=["$units", "$$x: #"])
    names = np.where(values[:, 0] > 0, "$yes", "$units")
    model = SpecClassifier(**{"train.epochs": 1}).fit(frame, names)
    assert model.classes_.tolist() == ["$units", "$yes"]
    assert model.feature_names_in_.tolist() == [*frame.columns]
    plain = SpecClassifier(**{"train.epochs": 1}).fit(values, names == "$yes")
    assert (plain.predict(values) == (model.predict(frame) == "$yes")).all()
