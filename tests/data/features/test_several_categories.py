"""Rare and unknown classes, stated sizes, and several columns of classes as one input."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import Preprocessing
from modelspec.data.features import EncodeContext
from modelspec.data.features.symbol_sizes import SymbolSizes
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.findings import Findings
from modelspec.data.table.model_fields import ModelField
from modelspec.data.table.table import Table
from modelspec.diagnostics import Report
from modelspec.graph.embeddings import Limit
from tests.data.worlds import world


def spec_of(folder, columns, feature, dims, dtype="float32"):
    pl.DataFrame(columns).write_parquet(folder / "a.parquet")
    section = f"file: a.parquet\nfeatures: {{x: {feature}}}"
    return world(folder, section, {"x": (dims, dtype)}, {})


def encoded(splits, columns, dtype="float32", shape=None):
    """Other rows by what was fitted, by way of JSON; and what is counted of their cells."""
    state = json.loads(json.dumps(splits.preprocessing.to_dict()))
    feature = Preprocessing.from_dict(state).features["x"]
    series = {name: pl.Series(values, dtype=pl.String) for name, values in columns.items()}
    table = Table("new", len(next(iter(columns.values()))), series)
    field = ModelField("x", "input", shape, dtype)
    report, counts = Report(), CellCounts()
    context = EncodeContext(field, table, SymbolSizes(), Findings(report, "new"), counts)
    values = feature.encode(context)
    assert not list(report)
    told = [(each.column, each.cells, each.became, each.first) for each in counts.found.values()]
    return values.tolist(), told


TOWNS = ["Rome"] * 3 + ["Bonn"] * 3 + ["Oslo"] * 2 + ["Kiel"]


@pytest.mark.parametrize(
    ("feature", "classes"),
    [
        ("most_common: 2, unknown: other", ("Bonn", "Rome", "other")),
        ("most_common: 1, unknown: other", ("Bonn", "other")),
        ("min_count: 2, unknown: other", ("Bonn", "Oslo", "Rome", "other")),
        ("most_common: 2, min_count: 3, unknown: ignore", ("Bonn", "Rome")),
        ("unknown: other", ("Bonn", "Kiel", "Oslo", "Rome", "other")),
        ("lower: true", ("bonn", "kiel", "oslo", "rome")),
    ],
)
def test_which_classes_are_learnt(tmp_path, feature, classes):
    spec = spec_of(tmp_path, {"x": TOWNS}, f"{{type: category, {feature}}}", [], "int64")
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == classes
    names = [name.lower() if "lower" in feature else name for name in TOWNS]
    last = classes.index("other") if "other" in classes else len(classes)
    expected = [classes.index(name) if name in classes else last for name in names]
    assert splits.train.inputs["x"].tolist() == expected


def test_equally_frequent_whole_numbers_go_by_number(tmp_path):
    feature = "{type: category, most_common: 2, unknown: ignore}"
    splits = spec_of(tmp_path, {"x": [10, 9, 2, 9]}, feature, [2]).splits()
    assert splits.preprocessing.classes("x") == ("2", "9")


def test_other_is_the_class_of_that_name(tmp_path):
    feature = "{type: category, unknown: other}"
    splits = spec_of(tmp_path, {"x": ["z", "other", "a"]}, feature, [3]).splits()
    assert splits.preprocessing.classes("x") == ("a", "z", "other")
    values, told = encoded(splits, {"x": ["new", "other", "a", "zz"]})
    assert values == [[0, 0, 1], [0, 0, 1], [1, 0, 0], [0, 0, 1]]
    assert told == [("x", 2, "`other`", 1)]
    listed = "{type: category, classes: [other, a], unknown: other}"
    splits = spec_of(tmp_path, {"x": ["z", "a"]}, listed, [2]).splits()
    assert splits.train.inputs["x"].tolist() == [[1, 0], [0, 1]]


def test_rare_classes_of_a_target_are_one(tmp_path):
    pl.DataFrame({"y": TOWNS, "x": range(9)}).write_parquet(tmp_path / "a.parquet")
    section = "file: a.parquet\nfeatures: {y: {type: category, min_count: 3, unknown: other}}"
    outputs = {"y": ([3], "categorical_crossentropy")}
    splits = world(tmp_path, section, {"x": [1]}, outputs).splits()
    assert splits.train.targets["y"].tolist() == [1, 1, 1, 0, 0, 0, 2, 2, 2]
    assert splits.preprocessing.decode("y", np.eye(3))["y"].tolist() == ["Bonn", "Rome", "other"]


def test_no_class_is_frequent_enough(tmp_path):
    feature = "{type: category, min_count: 4, unknown: ignore}"
    finding = spec_of(tmp_path, {"x": TOWNS}, feature, [2]).finding()
    assert (finding.code, finding.message) == ("MS803", "no class of `x` has 4 training rows")


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        ("size: 3", "`size` is 3, `x` has 4 classes (`Bonn`, `Kiel`, `Oslo` and `Rome`)"),
        ("size: 6", "input `x` is `[5]`, `x` has 4 classes (`Bonn`, `Kiel`, `Oslo` and `Rome`)"),
    ],
)
def test_a_size_is_held_against_what_is_found(tmp_path, feature, said):
    finding = spec_of(tmp_path, {"x": TOWNS}, f"{{type: category, {feature}}}", [5]).finding()
    assert finding.code == "MS805"
    assert finding.message.startswith(said)
    if feature == "size: 3":
        assert finding.help == "set `size: 4`"


def test_entries_past_the_last_class_stay_empty(tmp_path):
    feature = "{type: category, size: 6, unknown: ignore}"
    splits = spec_of(tmp_path, {"x": TOWNS}, feature, [6]).splits()
    assert splits.train.inputs["x"].sum(axis=0).tolist() == [3, 1, 2, 3, 0, 0]
    assert encoded(splits, {"x": ["new"]}) == ([[0] * 6], [("x", 1, "zeros", 1)])
    splits = spec_of(tmp_path, {"x": TOWNS}, feature, [], "int64").splits()
    assert encoded(splits, {"x": ["new", "Kiel"]}, "int64", ()) == (
        [6, 1],
        [("x", 1, "the id 6", 1)],
    )
    few = "{type: category, most_common: 5, unknown: other}"
    splits = spec_of(tmp_path, {"x": TOWNS}, few, [6]).splits()
    assert encoded(splits, {"x": ["new"]})[0] == [[0, 0, 0, 0, 1, 0]]


def test_the_classes_of_a_target_are_as_many_as_said(tmp_path):
    pl.DataFrame({"y": TOWNS, "x": range(9)}).write_parquet(tmp_path / "a.parquet")
    outputs = {"y": ([4], "categorical_crossentropy")}
    for size in (3, 5):
        section = f"file: a.parquet\nfeatures: {{y: {{type: category, size: {size}}}}}"
        finding = world(tmp_path, section, {"x": [1]}, outputs).finding()
        assert (finding.code, finding.help) == ("MS607", "set `size: 4`")


def test_near_classes_are_said(tmp_path):
    names = ["Berlin", "berlin", "Bonn", "Berlin", "BONN", "Rome"]
    _, found = spec_of(tmp_path, {"x": names}, "{type: category}", [5]).load()
    assert [d.code for d in found] == ["MS811"]
    message = "classes of `x` differ in upper and lower case only: `BONN` (1) and `Bonn` (1)"
    assert found[0].message == message + ", and 1 more such groups"
    spec_of(tmp_path, {"x": names}, "{type: category, lower: true}", [3]).splits()
    listed = "{type: category, classes: [Berlin, berlin, Bonn, BONN, Rome]}"
    spec_of(tmp_path, {"x": names}, listed, [5]).splits()


def test_listed_classes_in_any_case(tmp_path):
    feature = "{type: category, classes: [Rome, Bonn], lower: true}"
    splits = spec_of(tmp_path, {"x": ["ROME", "bonn"]}, feature, [2]).splits()
    assert splits.preprocessing.classes("x") == ("Rome", "Bonn")
    assert splits.train.inputs["x"].tolist() == [[1, 0], [0, 1]]


KINDS = {"k": ["b", "a", "b"], "l": ["x", "z", "y"]}


def test_one_hot_rows_side_by_side(tmp_path):
    splits = spec_of(tmp_path, KINDS, "{type: category, columns: [k, l]}", [5]).splits()
    rows = [[0, 1, 1, 0, 0], [1, 0, 0, 0, 1], [0, 1, 0, 1, 0]]
    assert splits.train.inputs["x"].tolist() == rows
    assert splits.train.inputs["x"].dtype == np.float32


def test_ids_that_no_two_columns_share(tmp_path):
    feature = "{type: category, columns: [k, l], unknown: ignore}"
    splits = spec_of(tmp_path, KINDS, feature, [2], "int64").splits()
    assert splits.train.inputs["x"].tolist() == [[1, 2], [0, 4], [1, 3]]
    values, told = encoded(splits, {"k": ["new", "b", "q"], "l": ["x", "new", "y"]}, "int64", (2,))
    assert values == [[5, 2], [1, 5], [5, 3]]
    assert told == [("k", 2, "the id 5", 1), ("l", 1, "the id 5", 2)]


def test_stated_sizes_leave_room_in_each_column(tmp_path):
    feature = "{type: category, columns: [k, l], size: {k: 4, l: 3}}"
    splits = spec_of(tmp_path, KINDS, feature, [2], "int64").splits()
    assert splits.train.inputs["x"].tolist() == [[1, 4], [0, 6], [1, 5]]
    feature = "{type: category, columns: [k, l], size: 9, unknown: ignore}"
    splits = spec_of(tmp_path, KINDS, feature, [2], "int64").splits()
    assert splits.train.inputs["x"].tolist() == [[1, 2], [0, 4], [1, 3]]
    assert encoded(splits, {"k": ["new"], "l": ["x"]}, "int64", (2,))[0] == [[9, 2]]


@pytest.mark.parametrize(
    ("size", "said", "way"),
    [
        ("4", "has 5 classes (2 of `k` and 3 of `l`)", "set `size: 5`"),
        ("{l: 2}", "`size` is 2, `l` has 3 classes", "set `size: 3`"),
    ],
)
def test_sizes_of_several_columns_are_held_against_what_is_found(tmp_path, size, said, way):
    feature = f"{{type: category, columns: [k, l], size: {size}}}"
    finding = spec_of(tmp_path, KINDS, feature, [5]).finding()
    assert said in finding.message
    assert finding.help == way


def test_what_the_keys_say_holds_for_every_column(tmp_path):
    columns = {"k": ["a", "a", "b", None], "l": ["X", "x", None, "Y"]}
    keys = "missing: constant, fill: none, lower: true, min_count: 2, unknown: other"
    feature = f"{{type: category, columns: [k, l], {keys}}}"
    splits = spec_of(tmp_path, columns, feature, [4]).splits()
    rows = [[1, 0, 1, 0], [1, 0, 1, 0], [0, 1, 0, 1], [0, 1, 0, 1]]
    assert splits.train.inputs["x"].tolist() == rows


def test_indicators_come_after_all_classes(tmp_path):
    columns = {"k": ["a", None, "b"], "l": ["x", "y", None]}
    one = "{type: category, column: k, missing: constant, fill: none, indicator: true}"
    splits = spec_of(tmp_path, columns, one, [4]).splits()
    assert splits.train.inputs["x"].tolist() == [[1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]]
    both = "{type: category, columns: [k, l], missing: mode, indicator: [l]}"
    splits = spec_of(tmp_path, columns, both, [5]).splits()
    rows = [[1, 0, 1, 0, 0], [1, 0, 0, 1, 0], [0, 1, 1, 0, 1]]
    assert splits.train.inputs["x"].tolist() == rows
    finding = spec_of(tmp_path, columns, both, [4]).finding()
    assert "and 1 of its entries say that a value was missing" in finding.message
    assert finding.help.startswith("declare the input as `[5]`")
    finding = spec_of(tmp_path, columns, both, [2], "int64").finding()
    assert "`indicator` gives one more number" in finding.message


def test_what_fills_gaps_makes_no_pair_of_spellings_another(tmp_path):
    for fill in ("mode", "constant, fill: false", "constant, fill: none"):
        feature = f"{{type: category, missing: {fill}, unknown: ignore}}"
        splits = spec_of(tmp_path, {"x": ["True", None, "False", "True"]}, feature, ["W"]).splits()
        found, told = encoded(splits, {"x": ["true", "0", "YES"]})
        assert [row.index(1) for row in found] == [1, 0, 1]
        assert not told


def test_an_embedding_with_too_few_vectors(tmp_path, monkeypatch):
    limit = Limit(5, "look_up")
    monkeypatch.setattr("modelspec.data.table.model_fields.smallest_embedding", lambda *_: limit)
    feature = "{type: category, columns: [k, l], unknown: ignore}"
    finding = spec_of(tmp_path, KINDS, feature, [2], "int64").finding()
    assert finding.help == "set `input_dim` of `look_up` to 6"
    assert (
        "has 5 classes (2 of `k` and 3 of `l`) and one for those that are ignored"
        in finding.message
    )


def test_a_column_without_a_class(tmp_path):
    spec = spec_of(
        tmp_path, KINDS, "{columns: [k, l], classes: {k: [a]}, encode: index}", [2], "int64"
    )
    finding = spec.finding()
    assert (
        "`k` is `b`, which is no class of the training rows, at rows 1 and 3 of" in finding.message
    )


NAMES = st.sampled_from(["a", "A", "b", "yes", "no", "true", "1", "1.0", "2", "other"])


@settings(max_examples=30)
@given(
    st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=2, max_size=9),
    st.sampled_from(["", ", unknown: ignore", ", unknown: other, min_count: 2", ", lower: true"]),
)
def test_several_columns_are_single_ones_joined(tmp_path_factory, rows, keys):
    folder = tmp_path_factory.mktemp("joined")
    columns = dict(zip("klm", zip(*rows, strict=True), strict=True))
    pl.DataFrame(columns).write_parquet(folder / "a.parquet")
    for dtype in ("float32", "int64"):
        dims = ["W"] if dtype == "float32" else []
        section = "file: a.parquet\nfeatures:\n" + "".join(
            f"  {name}: {{type: category, column: {name}{keys}}}\n" for name in columns
        )
        single = {name: ([f"{name}_w"] if dims else [], dtype) for name in columns}
        several = f"  x: {{type: category, columns: [k, l, m]{keys}}}\n"
        inputs = {**single, "x": (dims or [3], dtype)}
        splits, found = world(folder, section + several, inputs, {}).load()
        if splits is None:
            assert any("has 2 training rows" in each.message for each in found)
            continue
        parts = [splits.train.inputs[name] for name in columns]
        if dims:
            joined = np.concatenate(parts, axis=1)
        else:
            counts = [len(splits.preprocessing.classes(name)) for name in columns]
            starts = np.cumsum([0, *counts[:-1]])
            known = [part < count for part, count in zip(parts, counts, strict=True)]
            ids = np.stack([part + start for part, start in zip(parts, starts, strict=True)], 1)
            joined = np.where(np.stack(known, 1), ids, sum(counts))
        np.testing.assert_array_equal(splits.train.inputs["x"], joined)


@pytest.mark.parametrize(
    ("about", "width", "key"), [("column: p", 2, "p"), ("columns: [p, q]", 3, "p")]
)
def test_the_most_frequent_class_is_that_of_all_its_cases(tmp_path, about, width, key):
    values = ["Red", "red", "RED", "blue", "blue", None]
    columns = {"p": values, "q": ["a"] * 6}
    feature = f"{{type: category, {about}, lower: true, missing: mode}}"
    splits = spec_of(tmp_path, columns, feature, [width]).splits()
    assert splits.train.inputs["x"][:, 1].tolist() == [1, 1, 1, 0, 0, 1]
    (filled,) = splits.counts["train"].found.values()
    assert (filled.column, filled.became) == (key, "the mode, `red`")
