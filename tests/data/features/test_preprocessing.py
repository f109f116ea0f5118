"""A run keeps its preprocessing as JSON, and uses it on other files."""

import json

import numpy as np
import polars as pl
import pytest

from modelspec.data import Preprocessing, encode_file, plain
from modelspec.data.features import TYPES
from modelspec.diagnostics import Report
from tests.data.worlds import World, world

SECTION = """
file: a.csv
split: {validation: 0.2, test: 0.2}
features:
  numbers: {columns: [a, b], normalize: standard}
  raw: {column: a, type: number}
  city: {column: city, type: category, classes: [x, y, z]}
  price: {column: price, normalize: minmax}
  kind: {column: city, type: category, classes: [x, y, z]}
"""
INPUTS = {"numbers": [2], "raw": [1], "city": [3]}
OUTPUTS = {
    "price": ([1], "mse"),
    "kind": ([3], "categorical_crossentropy"),
    "level": ([4], "sparse_categorical_crossentropy"),
    "flag": ([1], "binary_crossentropy"),
}
RNG = np.random.default_rng(5)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(5))


@pytest.fixture
def table():
    return pl.DataFrame(
        {
            "a": RNG.normal(size=60),
            "b": RNG.normal(size=60) * 1e5,
            "city": list("xyz") * 20,
            "price": RNG.normal(size=60) ** 2,
            "level": [0, 1, 2, 3] * 15,
            "flag": [0, 1] * 30,
        }
    )


@pytest.fixture
def houses(tmp_path, table) -> World:
    table.write_csv(tmp_path / "a.csv")
    return world(tmp_path, SECTION, INPUTS, OUTPUTS)


def encoded(houses, preprocessing, file, *, targets=True):
    report = Report()
    arrays = encode_file(
        preprocessing, houses.settings, houses.graph, houses.folder / file, report, targets
    )
    return arrays, list(report)


def test_every_kind_of_feature_is_here(houses):
    kinds = {feature.type for feature in houses.splits().preprocessing.features.values()}
    assert kinds == TYPES.keys() - {
        "text",
        "sequence",
        "image",
        "date",
        "weight",
        "categories",
    }  # tested by themselves


def test_json_round_trip(houses):
    preprocessing = houses.splits().preprocessing
    text = json.dumps(preprocessing.to_dict(), allow_nan=False)
    again = Preprocessing.from_dict(json.loads(text))
    assert again == preprocessing
    assert again.to_dict() == json.loads(text) == preprocessing.to_dict()
    one, _ = encoded(houses, preprocessing, "a.csv")
    two, _ = encoded(houses, again, "a.csv")
    for name in one.inputs:
        np.testing.assert_array_equal(one.inputs[name], two.inputs[name])


@pytest.mark.parametrize(
    "state",
    [
        {},
        [],
        {"version": 2, "features": {}},
        {"version": 1},
        {"version": 1, "features": []},
        {"version": 1, "features": {"x": {"type": "picture"}}},
        {"version": 1, "features": {"x": {"type": "number"}}},
        {"version": 1, "features": {"x": 3}},
    ],
)
def test_damaged_state(state):
    with pytest.raises(ValueError, match=r"preprocessing|feature type"):
        Preprocessing.from_dict(state)


def test_a_file_is_encoded_as_the_training_rows_were(houses):
    splits = houses.splits()
    whole, found = encoded(houses, splits.preprocessing, "a.csv")
    assert not found
    assert whole.rows == 60
    for part in (splits.train, splits.validation, splits.test):
        for name, array in part.inputs.items():
            rows = {row.tobytes() for row in whole.inputs[name]}
            assert all(row.tobytes() in rows for row in array)
    assert whole.targets.keys() == OUTPUTS.keys()


@pytest.mark.parametrize("name", ["b.parquet", "b.npz", "b.tsv"])
def test_other_formats_give_the_same(houses, table, name):
    if name.endswith("parquet"):
        table.write_parquet(houses.folder / name)
    elif name.endswith("tsv"):
        table.write_csv(houses.folder / name, separator="\t")
    else:
        np.savez(
            houses.folder / name,
            **{
                c: table[c].to_numpy() if c != "city" else np.array(table[c].to_list())
                for c in table.columns
            },
        )
    preprocessing = houses.splits().preprocessing
    one, _ = encoded(houses, preprocessing, "a.csv")
    two, found = encoded(houses, preprocessing, name)
    assert not found
    for key, array in (one.inputs | one.targets).items():
        other = (two.inputs | two.targets)[key]
        np.testing.assert_allclose(array, other, rtol=1e-6)
        assert array.dtype == other.dtype


def test_predict_needs_no_targets(houses, table):
    preprocessing = houses.splits().preprocessing
    table.select("a", "b", "city").write_csv(houses.folder / "new.csv")
    arrays, found = encoded(houses, preprocessing, "new.csv", targets=False)
    assert not found
    assert arrays.targets == {}
    assert arrays.rows == 60
    arrays, found = encoded(houses, preprocessing, "new.csv", targets=True)
    assert arrays is None
    assert {d.code for d in found} == {"MS802"}
    assert len(found) == 3


def test_predict_takes_targets_where_they_are(houses, table):
    preprocessing = houses.splits().preprocessing
    arrays, _ = encoded(houses, preprocessing, "a.csv", targets=False)
    assert arrays.targets.keys() == OUTPUTS.keys()
    table.with_columns(level=pl.lit(17)).write_csv(houses.folder / "odd.csv")
    arrays, found = encoded(houses, preprocessing, "odd.csv", targets=False)
    assert (arrays.targets, found) == ({}, [])


def test_findings_stand_in_the_file(houses, table):
    preprocessing = houses.splits().preprocessing
    table.with_columns(a=pl.lit("?")).write_csv(houses.folder / "bad.csv")
    arrays, found = encoded(houses, preprocessing, "bad.csv", targets=False)
    assert arrays is None
    assert {d.span.file for d in found} == {str(houses.folder / "bad.csv")}
    assert {d.span.line for d in found} == {2}
    assert "`a` has no value (`?`) at lines 2, 3, 4 and 57 more of" in found[0].message


def test_files_of_no_known_format(houses):
    preprocessing = houses.splits().preprocessing
    (houses.folder / "a.csv").rename(houses.folder / "a.data")
    arrays, found = encoded(houses, preprocessing, "a.data")
    assert not found
    assert arrays.rows == 60
    report = Report()
    assert encode_file(preprocessing, None, houses.graph, "a.data", report, True) is None
    assert [d.code for d in report] == ["MS801"]
    arrays, found = encoded(houses, preprocessing, "missing.csv")
    assert [d.code for d in found] == ["MS801"]


def test_without_a_data_section(tmp_path):
    np.savez(tmp_path / "a.npz", x=RNG.normal(size=(4, 2)), y=[0, 2, 1, 0])
    spec = world(tmp_path, "file: a.npz", {"x": [2]}, {"y": ([3], "categorical_crossentropy")})
    preprocessing = plain(spec.graph)
    arrays, found = encoded(spec, preprocessing, "a.npz")
    assert not found
    assert arrays.targets["y"].tolist() == [0, 2, 1, 0]
    assert preprocessing.decode("y", np.eye(3))["y"].tolist() == np.eye(3).tolist()
    assert Preprocessing.from_dict(preprocessing.to_dict()) == preprocessing


def test_a_node_without_a_feature_keeps_its_values(houses):
    values = RNG.normal(size=(3, 4))
    assert houses.splits().preprocessing.decode("dense_1", values) == {"dense_1": values}
