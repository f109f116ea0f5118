"""`modelspec data`, against numbers that are known."""

import json

import numpy as np
import polars as pl

from tests.cli.running import Run

SPEC = """\
inputs:
  size: [2]
  body: {shape: [T], dtype: int64}
  town: {shape: [], dtype: int64}
layers:
  embed: {type: Embedding, input_dim: 20, output_dim: 4}
  mean: GlobalAveragePooling1D
  place: {type: Embedding, input_dim: 4, output_dim: 4}
  join: Concatenate
  price: {type: Dense, units: 1}
edges:
  - body -> embed -> mean
  - town -> place
  - size, mean, place -> join -> price
outputs: {price: mse}
data:
  file: a.csv
  split: {test: 0.5}
  features:
    size: {columns: [wide, high], missing: mean}
    body: {type: text}
    town: {type: category}
"""


def write(folder):
    rows = 20
    table = pl.DataFrame(
        {
            "wide": [None, *range(1, rows)],
            "high": [1.0] * rows,
            "body": ["big house", "small old house"] * (rows // 2),
            "town": ["Rome", "Bonn"] * (rows // 2),
            "price": np.arange(rows, dtype=float),
        }
    )
    table.write_csv(folder / "a.csv")
    (folder / "spec.yaml").write_text(SPEC)
    return str(folder / "spec.yaml")


def test_what_each_feature_looks_like(run: Run, tmp_path):
    result = run("data", write(tmp_path), "--json")
    assert result.code == 0
    shown = json.loads(result.out)
    assert shown["rows"] == {"train": 10, "test": 10}
    features = {each["name"]: each for each in shown["features"]}
    assert features["size"]["missing"] == 1
    assert features["body"]["facts"]["vocabulary"] == 6
    assert features["body"]["facts"]["steps, most"] == 3
    assert sum(features["town"]["counts"].values()) == 10
    assert features["town"]["counts"].keys() == {"Bonn", "Rome"}
    assert sum(features["price"]["counts"].values()) == 10
    assert set(features["body"]["rows"]) == {"big house", "small old house"}


def test_it_is_shown(run: Run, tmp_path):
    result = run("data", write(tmp_path))
    assert result.code == 0
    for words in ("10 train", "text of body", "house", "missing 1", "Rome"):
        assert words in result.out


def test_what_is_wrong_is_said(run: Run, tmp_path):
    spec = write(tmp_path)
    (tmp_path / "a.csv").unlink()
    result = run("data", spec)
    assert result.code == 1
    assert "there is no file" in result.err


def test_a_class_that_is_ignored_has_no_name(run: Run, tmp_path):
    spec = write(tmp_path)
    stated = "town: {type: category, most_common: 1, unknown: ignore}"
    (tmp_path / "spec.yaml").write_text(SPEC.replace("town: {type: category}", stated))
    towns = next(
        each["rows"]
        for each in json.loads(run("data", spec, "--json").out)["features"]
        if each["name"] == "town"
    )
    assert "?" in towns
    assert set(towns) <= {"Rome", "Bonn", "?"}
