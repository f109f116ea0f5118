"""Training, predicting and measuring from Python is what the commands do, bit for bit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import modelspec
from modelspec.cli import main
from modelspec.runner.run.directory import find
from modelspec.runner.run.errors import SaveError
from modelspec.training.callbacks.ema import EMA
from tests.runner.worlds import same_weights, write_spec

CHURN = """\
    name: churn
    params: {width: 4, it: 0}
    inputs: {age: [1], plan: [3]}
    layers:
      join: Concatenate
      hidden: {type: Dense, units: $width, activation: relu}
      leaves: {type: Dense, units: 1, activation: sigmoid}
    edges: ["age, plan -> join -> hidden -> leaves"]
    outputs: {leaves: {loss: binary_crossentropy, metrics: [accuracy]}}
    data:
      file: churn.csv
      split: {validation: 0.25, seed: 3}
      features:
        age: {normalize: standard, missing: mean}
        plan: {type: category, encode: one_hot}
    train: {epochs: 2, batch_size: 8}
"""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> modelspec.LoadedSpec:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(2)
    frame = pl.DataFrame(
        {
            "age": generator.normal(40, 9, 48).round(3),
            "plan": generator.choice(["basic", "family", "pro"], 48),
            "leaves": generator.choice(["no", "yes"], 48),
        }
    )
    frame.write_csv(tmp_path / "churn.csv")
    write_spec(tmp_path, CHURN)
    return modelspec.load("spec.yaml")


def _by_command(*options: str) -> Path:
    assert main(["train", "spec.yaml", "--runs-dir", "commands", "--quiet", *options]) == 0
    return find("churn", Path("commands"))


def test_the_same_rows_are_the_same_run(spec: modelspec.LoadedSpec) -> None:
    wanted = _by_command()
    frame = pl.read_csv("churn.csv")
    pandas = pd.DataFrame(frame.to_dict(as_series=False))
    for data in (None, "churn.csv", frame, pandas, frame.to_dicts(), frame.to_dict()):
        run = spec.fit(data, quiet=True)
        assert same_weights(wanted, run.folder, "last"), type(data)
        assert same_weights(wanted, run.folder, "best"), type(data)
    assert len(list(Path("runs/churn").glob("rows-*.parquet"))) == 1
    assert run.history == modelspec.load_run("churn", runs_dir="commands").history


def test_what_a_run_says_is_what_the_commands_say(
    spec: modelspec.LoadedSpec, capsys: pytest.CaptureFixture[str]
) -> None:
    run = spec.fit(pl.read_csv("churn.csv"), quiet=True, device="cpu")
    new = pl.DataFrame({"age": [31.0, 64.5], "plan": ["pro", "basic"]})
    new.write_csv("new.csv")
    options = ["--data", "new.csv", "-o", "said.parquet", "--output", "hidden"]
    assert main(["predict", "churn", *options]) == 0
    wanted = pl.read_parquet("said.parquet")
    assert run.predict("new.csv", nodes=["hidden"]).equals(wanted)
    assert run.predict(new.to_dicts(), nodes=["hidden"]).equals(wanted)
    assert run.predict(new, threshold=0)["leaves"].to_list() == ["yes", "yes"]
    capsys.readouterr()
    assert main(["eval", "churn", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    found = run.evaluate()
    assert (found.rows, found.loss, found.outputs) == (12, told["loss"], told["outputs"])
    assert run.evaluate(split="validation") == found
    assert run.evaluate("churn.csv").rows == 48
    assert run.report() == run.folder / "report.html"
    assert run.report().is_file()
    assert isinstance(run.module, torch.nn.Module)
    assert repr(run) == f"<Run {str(run.folder)!r}>"


def test_the_model_is_built_once(
    spec: modelspec.LoadedSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    from modelspec.runner.inference import loaded_module

    run = spec.fit(quiet=True)
    built: list[object] = []
    load = loaded_module.load_weights
    monkeypatch.setattr(
        loaded_module, "load_weights", lambda *args: (built.append(args[1]), load(*args))
    )
    run.predict("churn.csv")
    run.evaluate()
    run.predict("churn.csv", nodes=["hidden"])
    run.predict("churn.csv", nodes=["hidden"])
    assert run.module is run.module
    assert len(built) == 2  # one more for a model that shows its inner nodes


def test_the_share_for_validation(spec: modelspec.LoadedSpec) -> None:
    frame = pl.read_csv("churn.csv")
    wanted = _by_command("--set", "data.split.validation=0.5")
    assert same_weights(wanted, spec.fit(frame, 0.5, quiet=True).folder)
    assert same_weights(wanted, spec.fit(validation=0.5, quiet=True).folder)
    run = spec.fit(frame[:30], frame[30:], quiet=True)
    assert run.evaluate(split="train").rows == 30
    assert run.evaluate(split="validation").rows == 18
    with pytest.raises(TypeError, match="rows for training"):
        spec.fit(None, frame)


def test_given_rows_have_a_fifth_for_validation_where_nothing_is_said(tmp_path: Path) -> None:
    text = CHURN.replace("  split: {validation: 0.25, seed: 3}", "  train: there_is_none.csv")
    text = text.replace("  file: churn.csv", "  test: there_is_none.csv")
    file = write_spec(
        tmp_path, text.replace("      file: churn.csv\n", "      test: there_is_none.csv\n")
    )
    rows = [{"age": place, "plan": "abc"[place % 3], "leaves": place % 2} for place in range(20)]
    run = modelspec.load(str(file)).fit(rows, runs_dir=str(tmp_path / "runs"), quiet=True)
    assert run.evaluate().rows == 4
    assert run.evaluate(split="train").rows == 16


def test_arrays_are_kept_as_arrays(tmp_path: Path) -> None:
    file = write_spec(
        tmp_path,
        """\
        name: pictures
        inputs: {picture: [4, 4, 1]}
        layers:
          flat: Flatten
          kind: {type: Dense, units: 3, activation: softmax}
        edges: [picture -> flat -> kind]
        outputs: {kind: sparse_categorical_crossentropy}
        data: {file: there_is_none.npz}
        train: {epochs: 1, batch_size: 8}
        """,
    )
    generator = np.random.default_rng(2)
    arrays = {
        "picture": generator.random((24, 4, 4, 1), np.float32),
        "kind": generator.integers(0, 3, 24),
    }
    np.savez(tmp_path / "pictures.npz", **arrays)
    spec = modelspec.load(str(file))
    runs = str(tmp_path / "runs")
    run = spec.fit(arrays, runs_dir=runs, quiet=True)
    archive = tmp_path / "pictures.npz"
    other = spec.fit(archive, runs_dir=runs, quiet=True)
    assert same_weights(run.folder, other.folder)
    assert run.predict({"picture": arrays["picture"]}).equals(
        run.predict(tmp_path / "pictures.npz")
    )
    with pytest.raises(ValueError, match="Python objects"):
        spec.fit({**arrays, "kind": np.array([None] * 24)}, runs_dir=runs)


def test_cells_that_something_stands_for_are_said(spec: modelspec.LoadedSpec) -> None:
    run = spec.fit(quiet=True)
    with pytest.warns(modelspec.CellWarning, match="age") as told:
        run.predict([{"age": None, "plan": "pro"}])
    assert len(told) == 1
    assert told[0].filename == __file__
    pl.read_csv("churn.csv").write_csv("semicolons.csv", separator=";")
    assert run.predict("semicolons.csv").height == 48  # how it is written is no warning


def test_what_is_wrong(spec: modelspec.LoadedSpec) -> None:
    frame = pl.read_csv("churn.csv")
    with pytest.raises(modelspec.SpecError, match="plan"):
        spec.fit(frame.drop("plan"), quiet=True)
    for nothing in ([], {}, [{}], pl.DataFrame()):
        with pytest.raises(ValueError, match="there is nothing in the given rows"):
            spec.fit(nothing, quiet=True)
    assert not list(Path("runs").rglob("rows-*"))
    with pytest.raises(TypeError, match="rows are a data frame"):
        spec.fit(7, quiet=True)  # type: ignore[arg-type]
    with pytest.raises(modelspec.SpecError, match="there is no run `churn`"):
        modelspec.load_run("churn")
    run = spec.fit(quiet=True, validation=0)
    with pytest.raises(ValueError, match="`split`"):
        run.evaluate(frame, split="test")
    with pytest.raises(modelspec.SpecError, match="no test or validation rows"):
        run.evaluate()
    with pytest.raises(ValueError, match="from 0 to 1"):
        run.predict(frame, threshold=7)
    with pytest.raises(modelspec.SpecError, match="no node `hiden`"):
        run.predict(frame, nodes=["hiden"])


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"threads": 0}, ValueError, "`threads` is a whole number from 1 on, not 0"),
        ({"threads": "2"}, ValueError, "not '2'"),
        ({"callbacks": EMA()}, TypeError, "a list of `Callback`s"),
        ({"callbacks": [3]}, TypeError, "one is `int`"),
        ({"runs_dir": "churn.csv"}, SaveError, "the rows cannot be kept"),
    ],
    ids=str,
)
def test_arguments_that_say_nothing_are_refused_before_training(
    spec: modelspec.LoadedSpec, given: dict[str, Any], error: type[Exception], says: str
) -> None:
    before = sorted(Path().rglob("*"))
    with pytest.raises(error, match=says):
        spec.fit(pl.read_csv("churn.csv"), quiet=True, **given)
    assert [path for path in sorted(Path().rglob("*")) if path.is_file()] == [
        path for path in before if path.is_file()
    ]


def test_a_run_that_is_gone_says_so(spec: modelspec.LoadedSpec) -> None:
    run = spec.fit(quiet=True, report=False)
    with pytest.raises(ValueError, match="`split` is `train`, `validation` or `test`, not 'tests'"):
        run.evaluate(split="tests")  # type: ignore[arg-type]
    with pytest.raises(modelspec.SpecError, match="MS807 there is no such weights file"):
        modelspec.load_run("churn", weights="lost").predict("churn.csv")
    shutil.rmtree(run.folder)
    with pytest.raises(modelspec.SpecError, match="MS807 there is no such run directory"):
        _ = run.history
    with pytest.raises(modelspec.SpecError, match="MS807 cannot read it"):
        run.predict("churn.csv")


def test_an_ensemble_is_a_run(spec: modelspec.LoadedSpec) -> None:
    frame = pl.read_csv("churn.csv")
    runs = [spec.set("train.seed", seed).fit(frame, quiet=True) for seed in (1, 2)]
    joined = modelspec.ensemble([str(run.folder) for run in runs], device="cpu")
    run = modelspec.load_run(joined.folder)
    key = "leaves_probability_yes"
    said = [each.predict(frame)[key].to_numpy() for each in (*runs, run)]
    assert np.allclose((said[0] + said[1]) / 2, said[2], atol=1e-6)
    assert run.report() == joined.report
    assert run.evaluate().rows == 12
    assert run.history == []
    assert run._repr_html_()


def test_setting_a_value(spec: modelspec.LoadedSpec) -> None:
    changed = spec.set("params.width", np.int64(7)).set("train.epochs", 1)
    assert changed.summary().parameters == (4 * 7 + 7) + (7 + 1)
    assert changed.origin.overrides == ("params.width=7", "train.epochs=1")
    assert len(changed.fit(quiet=True).history) == 1
    with pytest.raises(modelspec.SpecError, match=r"MS207.*`widht`"):
        spec.set("params.widht", 7)
    with pytest.raises(TypeError, match="no `object`"):
        spec.set("params.width", object())


@pytest.mark.parametrize("value", ["yes", "1e3", "a: b", "", None, 1e-7, [1, "x"], {"k": [True]}])
def test_a_value_stays_what_it_is(spec: modelspec.LoadedSpec, value: object) -> None:
    changed = spec.set("params.it", value)
    assert changed.spec.document.data["params"]["it"] == value


SEARCH = """\
tune:
  search: {train.learning_rate: {float: [0.001, 0.1], log: true}, params.it: [1, 2]}
  trials: 2
"""


def test_a_search_on_given_rows(
    spec: modelspec.LoadedSpec, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to its first trial."""
    Path("spec.yaml").write_text(Path("spec.yaml").read_text() + SEARCH)
    monkeypatch.setattr(modelspec.StudyJob, "run", lambda job: job)
    rows = pl.read_csv("churn.csv")[:40]
    Path("churn.csv").unlink()
    loaded = modelspec.load("spec.yaml").set("train.epochs", 1)
    job: Any = loaded.tune(rows, validation=0.5, trials=1, overrides=["params.width=3"])
    (kept,) = Path("runs/churn").glob("rows-*.parquet")
    assert job.study.overrides == [
        "train.epochs=1",
        "params.width=3",
        f'data.file="{kept.absolute()}"',
        "data.split.validation=0.5",
    ]
    assert job.data_files.keys() == {str(kept.absolute())}
    with pytest.raises(modelspec.SpecError, match="plan"):
        loaded.tune(rows.drop("plan"), trials=1)
    assert [*Path("runs/churn").glob("rows-*.parquet")] == [kept]
    with pytest.raises(TypeError, match="rows are a data frame"):
        loaded.tune(7)  # type: ignore[arg-type]
