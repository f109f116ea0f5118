"""Yes and no in all their spellings, and whole numbers with and without a point."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import Preprocessing, encode_file
from modelspec.data.features.spellings import TRUTH, boolean_pair, mixed_pair, truth
from modelspec.diagnostics import Report
from tests.data.worlds import world

PAIRS = [
    *[("false", "true"), ("False", "True"), ("FALSE", "TRUE"), ("no", "yes"), ("No", "Yes")],
    *[("n", "y"), ("N", "Y"), ("f", "t"), ("F", "T"), ("off", "on"), ("0", "1"), ("0.0", "1.0")],
    *[(False, True), (0, 1), (0.0, 1.0)],
]
WRITERS = {
    "csv": pl.DataFrame.write_csv,
    "jsonl": pl.DataFrame.write_ndjson,
    "parquet": pl.DataFrame.write_parquet,
}


def write(values, file):
    kind = file.suffix[1:]
    frame = pl.DataFrame({"x": values})
    if kind == "npz":
        np.savez(file, x=frame["x"].to_numpy() if frame["x"].dtype != pl.String else values)
    else:
        WRITERS[kind](frame, file)


def fitted(folder, values, feature="{type: category}", dims=(), dtype="int64", kind="csv"):
    write(values, folder / f"a.{kind}")
    section = f"file: a.{kind}\nfeatures: {{x: {feature}}}"
    return world(folder, section, {"x": (list(dims), dtype)}, {})


def ids(spec, splits, values, kind="csv"):
    """What another file's values become by what was fitted, and what is said of them."""
    write(values, spec.folder / f"b.{kind}")
    report = Report()
    file = spec.folder / f"b.{kind}"
    kept = Preprocessing.from_dict(json.loads(json.dumps(splits.preprocessing.to_dict())))
    arrays = encode_file(kept, spec.settings, spec.graph, file, report, False)
    return None if arrays is None else arrays.inputs["x"].tolist(), [d.message for d in report]


@pytest.mark.parametrize("pair", PAIRS, ids=str)
@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "npz"])
def test_a_pair_is_one_class_each_in_every_spelling(tmp_path, pair, kind):
    spec = fitted(tmp_path, [pair[1], pair[0], pair[1]], kind=kind)
    splits = spec.splits()
    assert splits.train.inputs["x"].tolist() == [1, 0, 1]
    for no, yes in PAIRS[::4]:
        assert ids(spec, splits, [yes, no]) == ([1, 0], [])
    for other in ([False, True], [1.0, 0.0], ["Yes", "f"]):
        expected = [int(bool(truth(str(each)))) for each in other]
        assert ids(spec, splits, other, "jsonl") == (expected, [])


def test_a_listed_pair_keeps_its_order(tmp_path):
    spec = fitted(tmp_path, ["TRUE", "no", "1"], '{classes: ["yes", "no"]}')
    assert spec.splits().train.inputs["x"].tolist() == [0, 1, 0]


def test_a_spelling_that_is_a_class_itself_is_that_class(tmp_path):
    spec = fitted(tmp_path, ["yes", "true", "no"], '{classes: ["yes", "no", "true"]}')
    assert spec.splits().train.inputs["x"].tolist() == [0, 2, 1]


@pytest.mark.parametrize(
    ("values", "other"),
    [
        ([1, 2, 1], "true"),
        (["yes", "no", "maybe"], "true"),
        (["on", "no"], "yes"),
        (["f", "n", "t", "y"], "true"),
        (["0", "1", "2"], "yes"),
    ],
)
def test_what_is_no_pair_has_no_other_spellings(tmp_path, values, other):
    spec = fitted(tmp_path, values)
    found, said = ids(spec, spec.splits(), [other])
    assert found is None
    assert "no class of the training rows" in said[0]


def test_a_class_for_missing_values_makes_no_third(tmp_path):
    feature = "{type: category, missing: constant, fill: none}"
    spec = fitted(tmp_path, ["True", None, "False"], feature, kind="jsonl")
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == ("False", "True", "none")
    assert ids(spec, splits, ["true", "0", None, "NO"], "jsonl") == ([1, 0, 2, 0], [])


def test_mixed_spellings_of_training_rows_are_two_classes_which_is_said(tmp_path):
    splits, found = fitted(tmp_path, ["True", "true", "no", "FALSE", "True", "1"]).load()
    assert splits.train.inputs["x"].tolist() == [1, 1, 0, 0, 1, 1]
    assert splits.preprocessing.classes("x") == ("FALSE", "True")
    assert [d.code for d in found] == ["MS812"]
    assert (
        "`x` says yes and no in 5 ways (`1`, `FALSE`, `True`, `no` and `true`)" in found[0].message
    )
    assert "they are `FALSE` and `True` now" in found[0].help


SPELLINGS = [*TRUTH, *(name.title() for name in TRUTH), *map(str.upper, TRUTH)]


@given(st.dictionaries(st.sampled_from(SPELLINGS), st.integers(1, 9), min_size=2, max_size=8))
def test_a_mixture_keeps_what_each_says(counts):
    pair = mixed_pair(counts)
    if pair is not None:
        assert (truth(pair[0]), truth(pair[1])) == (False, True)
        assert boolean_pair(pair) == pair
        assert set(pair) <= counts.keys()
        assert mixed_pair({**counts, "maybe": 1}) is None
    elif "true" in counts and "false" in counts:
        pytest.fail("a pair of words makes others spellings of it")


WHOLE = [[3, 1, 20], [3.0, 1.0, 20.0], ["3", "1", "20"], ["3.0", "1.0", "20.00"]]


@pytest.mark.parametrize("trained", WHOLE, ids=str)
@pytest.mark.parametrize("asked", WHOLE, ids=str)
def test_codes_that_have_become_floats_are_the_same(tmp_path, trained, asked):
    for kind in ("csv", "parquet"):
        spec = fitted(tmp_path, trained, kind=kind)
        splits = spec.splits()
        assert splits.preprocessing.classes("x") == ("1", "3", "20")
        for other in ("csv", "jsonl", "parquet", "npz"):
            assert ids(spec, splits, asked, other) == ([1, 0, 2], [])


def test_floats_beside_fractions_and_gaps_are_still_codes(tmp_path):
    feature = "{type: category, missing: constant, fill: none, unknown: ignore}"
    spec = fitted(tmp_path, [3.0, None, 1.0], feature, kind="jsonl")
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == ("1", "3", "none")
    assert ids(spec, splits, [3.0, 2.5, float("nan"), None, 1.0], "parquet")[0] == [1, 3, 2, 2, 0]


def test_listed_floats_are_whole_numbers_too(tmp_path):
    spec = fitted(tmp_path, ["2", "1.0", "-0"], "{classes: [1.0, 2.0, 0]}")
    assert spec.splits().train.inputs["x"].tolist() == [1, 0, 2]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "npz"])
def test_zip_codes_keep_their_zeros(tmp_path, kind):
    spec = fitted(tmp_path, ["01000", "1000", "01002"], kind=kind)
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == ("01000", "01002", "1000")
    assert ids(spec, splits, ["1000", "01000"]) == ([2, 0], [])
    found, said = ids(spec, splits, [1002], "parquet")
    assert found is None
    assert "`1002`, which is no class" in said[0]


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "npz"])
@pytest.mark.parametrize("dtype", [pl.Int64, pl.UInt64])
def test_identifiers_keep_their_digits(tmp_path, kind, dtype):
    values = pl.Series([2**53 + 3, 2**53 + 1, 2**53 + 2, 2**53], dtype=dtype)
    if dtype is pl.UInt64:
        values = values.append(pl.Series([2**64 - 1], dtype=dtype))
    splits = fitted(tmp_path, values, kind=kind).splits()
    assert splits.preprocessing.classes("x") == tuple(map(str, sorted(values.to_list())))
    assert splits.train.inputs["x"].tolist()[:4] == [3, 1, 2, 0]


NAMES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=5),
    st.sampled_from([*SPELLINGS, "1.0", "0.0", "2", "2.0", "02", "-3"]),
)


@settings(max_examples=25)
@given(st.lists(NAMES.filter(lambda name: name.strip() == name), min_size=1, max_size=9))
def test_every_format_gives_the_same_ids(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("formats")
    found = []
    for kind in ("csv", "jsonl", "parquet", "npz"):
        spec = fitted(folder, names, kind=kind)
        splits, _ = spec.load()
        found.append(splits.train.inputs["x"].tolist())
        assert ids(spec, splits, names, "jsonl")[0] == found[-1]
    assert all(each == found[0] for each in found)


@pytest.mark.parametrize("values", [["true", "false"], ["Yes", "no"], [True, False], ["1", "0"]])
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_targets_of_a_yes_or_no_take_any_spelling(tmp_path, values, kind):
    pl.DataFrame({"y": [1, 0], "x": [1, 2]}).write_csv(tmp_path / "a.csv")
    WRITERS[kind](pl.DataFrame({"y": values, "x": [1, 2]}), tmp_path / f"b.{kind}")
    spec = world(tmp_path, "file: a.csv", {"x": [1]}, {"y": ([1], "binary_crossentropy")})
    kept, report = spec.splits().preprocessing, Report()
    file = tmp_path / f"b.{kind}"
    arrays = encode_file(kept, spec.settings, spec.graph, file, report, True)
    assert not list(report)
    assert arrays.targets["y"].ravel().tolist() == [1, 0]


def test_a_state_of_before_reads_what_it_read_and_all_spellings(tmp_path):
    spec = fitted(tmp_path, ["True", "False"], "{type: category, unknown: ignore}")
    state = spec.splits().preprocessing.to_dict()
    kept = ("type", "columns", "missing", "fill", "encode_as", "classes", "unknown", "separator")
    state["features"]["x"] = {key: state["features"]["x"][key] for key in kept}
    write(["False", "True", "maybe", "yes", "0"], tmp_path / "b.csv")
    before, report = Preprocessing.from_dict(state), Report()
    arrays = encode_file(before, spec.settings, spec.graph, tmp_path / "b.csv", report, False)
    assert not list(report)
    assert arrays.inputs["x"].tolist() == [0, 1, 2, 1, 0]
