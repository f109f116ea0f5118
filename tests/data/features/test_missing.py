"""Missing values: by which marks they are known, what they become, and what is said of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import CellCounts, Preprocessing, encode_file
from modelspec.data.features import TYPES, Number, feature_from
from modelspec.data.out_of_core import memory_budget
from modelspec.data.table.missing_markers import MISSING_MARKERS
from modelspec.diagnostics import Report
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

STRATEGIES = ["mean", "median", "mode", "constant", "drop"]
VALUES = [3.0, 8.0, None, 1.0, 3.0, None]
FILLED = {"mean": 3.75, "median": 3.0, "mode": 3.0, "constant": 7.0}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSPEC_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(memory_budget, "_LEAST", 100)


def number(folder: Path, text: str, feature: str, dims: int = 1, data: str = "") -> World:
    """A table of one CSV file, of whose columns an input `x` is made."""
    (folder / "t.csv").write_text(text)
    section = f"file: t.csv\n{data}\nfeatures:\n  x: {{{feature}}}"
    return world(folder, section, {"x": [dims]}, {})


def table_of(*columns: list[object]) -> str:
    pairs = zip(*columns, strict=True)
    names = ",".join("abcdefg"[: len(columns)])
    rows = (",".join("" if each is None else str(each) for each in row) for row in pairs)
    return "\n".join([names, *rows, ""])


@pytest.mark.parametrize("marker", [each for each in MISSING_MARKERS if each])
def test_the_usual_markers_stand_for_no_number(tmp_path: Path, marker: str) -> None:
    text = table_of([1, marker, 3], [0, 0, 0])
    found = number(tmp_path, text, "column: a, missing: mean").splits()
    assert found.train.inputs["x"][:, 0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("marker", [each for each in MISSING_MARKERS if each])
def test_the_usual_markers_may_be_classes(tmp_path: Path, marker: str) -> None:
    text = table_of(["u", marker, "u", "v"], [0, 0, 0, 0])
    spec = number(tmp_path, text, "column: a, type: category", 3)
    assert set(spec.splits().preprocessing.features["x"].classes) == {"u", "v", marker}


def test_a_listed_marker_is_no_class(tmp_path: Path) -> None:
    text = table_of(["u", "none", "u", "v"], [0, 0, 0, 0])
    feature = "column: a, type: category, missing: mode"
    spec = number(tmp_path, text, feature, 2, "missing_values: [none]")
    found = spec.splits()
    assert found.preprocessing.features["x"].classes == ("u", "v")
    assert found.train.inputs["x"][:, 0].tolist() == [1, 1, 1, 0]


@pytest.mark.parametrize("written", ["-999", "-999.0", "-9.99e2"])
def test_a_number_may_stand_for_none(tmp_path: Path, written: str) -> None:
    text = table_of([1, written, 3], ["?", 0, 0])
    spec = number(tmp_path, text, "column: a, missing: mean, missing_values: [-999]")
    assert spec.splits().train.inputs["x"][:, 0].tolist() == [1, 2, 3]
    text = table_of([1, written, 3, "?"], [0, 0, 0, 0])
    spec = number(tmp_path, text, "column: a, missing: mean", data='missing_values: ["-999", 5]')
    assert spec.splits().train.inputs["x"][:, 0].tolist() == [1, 2, 3, 2]


def test_infinity_may_stand_for_none(tmp_path: Path) -> None:
    text = table_of([1, "inf", 3], [0, 0, 0])
    for marker in (".inf", "inf"):
        feature = f"column: a, missing: mean, missing_values: [{marker}]"
        assert number(tmp_path, text, feature).splits().train.inputs["x"][:, 0].tolist() == [
            1,
            2,
            3,
        ]


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.float64])
def test_a_number_may_stand_for_none_in_an_array(tmp_path: Path, dtype: type) -> None:
    np.savez(tmp_path / "t.npz", x=np.array([[1, -999], [3, 4]], dtype))
    section = "file: t.npz\nmissing_values: [-999]\nfeatures: {x: {missing: constant, fill: 9}}"
    found = world(tmp_path, section, {"x": [2]}, {}).splits()
    assert found.train.inputs["x"].tolist() == [[1, 9], [3, 4]]


def test_what_is_neither_a_number_nor_a_marker_is_said(tmp_path: Path) -> None:
    text = table_of([1, "unknown", 3, "?"], [0, 0, 0, 0])
    finding = number(tmp_path, text, "column: a, type: number, missing: mean").finding()
    assert finding.code == "MS803"
    assert "`a` is `unknown`, not a number, at line 3" in finding.message
    assert "missing_values" in finding.help


def test_a_marker_without_a_strategy_is_said(tmp_path: Path) -> None:
    finding = number(tmp_path, table_of([1, "?", 3], [0, 0, 0]), "column: a").finding()
    assert "`a` has no value (`?`) at line 3" in finding.message


@pytest.mark.parametrize("strategy", FILLED)
def test_what_is_filled_in(tmp_path: Path, strategy: str) -> None:
    feature = f"column: a, missing: {strategy}" + ", fill: 7" * (strategy == "constant")
    found = number(tmp_path, table_of(VALUES, VALUES), feature).splits()
    filled = [FILLED[strategy] if each is None else each for each in VALUES]
    assert found.train.inputs["x"][:, 0].tolist() == filled


def test_of_the_most_frequent_the_smallest(tmp_path: Path) -> None:
    text = table_of([9, 2, 9, 2, "?", 5], [0] * 6)
    found = number(tmp_path, text, "column: a, missing: mode").splits()
    assert found.train.inputs["x"][4, 0] == 2
    text = table_of(["v", "u", "v", "u", "", "w"], [0] * 6)
    found = number(tmp_path, text, "column: a, type: category, missing: mode", 3).splits()
    assert found.train.inputs["x"][4].tolist() == [1, 0, 0]


def test_each_column_has_its_own_way(tmp_path: Path) -> None:
    text = table_of(["?", 1, 3], [5, "?", 6], [7, 8, "?"], [1, 2, 3])
    feature = "columns: [a, b, c, d], missing: {a: mean, b: constant, c: drop}, fill: {b: -1}"
    found = number(tmp_path, text, feature, 4).splits()
    assert found.train.inputs["x"].tolist() == [[1, 5, 7, 1], [1, -1, 8, 2]]
    text = table_of([1, 2], [3, "?"])
    finding = number(tmp_path, text, "columns: [a, b], missing: {a: mean}", 2).finding()
    assert "`b` has no value (`?`) at line 3" in finding.message


def test_statistics_are_those_of_the_training_rows(tmp_path: Path) -> None:
    values = [*range(50), *["NA"] * 50]
    text = table_of(values, ["train"] * 40 + ["validation"] * 10 + ["train"] * 50)
    for strategy, fill in {"mean": 19.5, "median": 19.5, "mode": 0.0}.items():
        feature = f"column: a, missing: {strategy}"
        spec = number(tmp_path, text, feature, data="split: {column: b}")
        assert spec.splits().preprocessing.features["x"].fill == (fill,)


@pytest.mark.parametrize("strategy", ["mean", "median", "mode"])
def test_a_column_of_nothing_has_no_statistic(tmp_path: Path, strategy: str) -> None:
    text = table_of(["?", "", "NA"], [0, 0, 0])
    finding = number(tmp_path, text, f"column: a, type: number, missing: {strategy}").finding()
    assert f"`a` has no {strategy}" in finding.message


def test_integers_are_not_filled_with_what_is_none(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\n1,0\n2,0\n?,0\n")
    section = "file: t.csv\nfeatures: {x: {missing: mean}}"
    finding = world(tmp_path, section, {"x": ([1], "int64")}, {}).finding()
    assert "the mean of `x` is 1.5, and input `x` holds integers" in finding.message
    section = "file: t.csv\nfeatures: {x: {missing: mode}}"
    found = world(tmp_path, section, {"x": ([1], "int64")}, {}).splits()
    assert found.train.inputs["x"].tolist() == [[1], [2], [1]]


def test_text_has_no_mean(tmp_path: Path) -> None:
    text = table_of(["u", "v", ""], [0, 0, 0])
    finding = number(tmp_path, text, "column: a, missing: mean", 2).finding()
    assert "`a` holds text, which has no mean" in finding.message
    assert "mode" in finding.help


def test_indicators_come_after_the_numbers_and_stay_0_and_1(tmp_path: Path) -> None:
    text = table_of([10, "?", 30, 20], [1, 2, 3, "NA"], [4, 4, 8, 8])
    feature = (
        "columns: [a, b, c], normalize: minmax, indicator: true, "
        "missing: {a: mean, b: constant, c: error}, fill: {b: 1}"
    )
    found = number(tmp_path, text, feature, 5).splits()
    assert found.train.inputs["x"].tolist() == [
        [0, 0, 0, 0, 0],
        [0.5, 0.5, 0, 1, 0],
        [1, 1, 1, 0, 0],
        [0.5, 0, 1, 0, 1],
    ]
    one = number(tmp_path, text, "column: a, missing: median, indicator: [a]", 2).splits()
    assert one.train.inputs["x"].tolist() == [[10, 0], [20, 1], [30, 0], [20, 0]]


def test_an_indicator_is_no_index(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x,y\nu,0\n,0\n")
    section = "file: t.csv\nfeatures: {x: {missing: constant, fill: v, indicator: true}}"
    finding = world(tmp_path, section, {"x": ([], "int64")}, {}).finding()
    assert (finding.code, "`x` becomes an index" in finding.message) == ("MS805", True)


def test_sequences_miss_steps_and_rows(tmp_path: Path) -> None:
    rows = ["1 NA 3", "5", "NA", "? 7"]
    spec = number(tmp_path, table_of(rows, rows), "column: a, type: sequence, missing: mean", 3)
    found = spec.splits()
    assert found.train.inputs["x"].tolist() == [[1, 4, 3], [5, 0, 0], [0, 0, 0], [4, 7, 0]]
    spec = number(tmp_path, table_of(rows, rows), "column: a, type: sequence, missing: drop", 3)
    assert spec.splits().train.inputs["x"].tolist() == [[5, 0, 0]]
    spec = number(tmp_path, table_of(rows, rows), "column: a, type: sequence", 3)
    assert "`a` has no value" in spec.finding().message


def test_steps_of_several_features_have_a_statistic_each(tmp_path: Path) -> None:
    steps = [[[1.0, 10.0], [3.0, None]], [[None, 30.0]], None]
    pl.DataFrame({"x": steps}).write_parquet(tmp_path / "t.parquet")
    section = "file: t.parquet\nfeatures: {x: {type: sequence, missing: median}}"
    found = world(tmp_path, section, {"x": [2, 2]}, {}).splits()
    expected = [[[1, 10], [3, 20]], [[2, 30], [0, 0]], [[0, 0], [0, 0]]]
    assert found.train.inputs["x"].tolist() == expected


def test_sequences_in_pieces_are_those_of_the_whole(tmp_path: Path) -> None:
    draw = np.random.default_rng(5)
    rows = [
        " ".join("NA" if each < 0.1 else f"{each:.3f}" for each in draw.random(draw.integers(0, 9)))
        for _ in range(40)
    ]
    text = table_of([*rows, "?"], range(41))
    for way in ("mean", "mode", "drop"):
        found = []
        for memory in ("", "memory: 0.001KB"):
            feature = f"column: a, type: sequence, missing: {way}, normalize: quantile, clip: 2"
            splits = number(tmp_path, text, feature, 8, memory).splits()
            values = splits.train.inputs["x"]
            array = values if not memory else values.take(np.arange(len(values)))
            state = json.dumps(splits.preprocessing.to_dict())
            found.append((array.tobytes(), state, splits.counts["train"]))
        assert found[0] == found[1], way


CELLS = st.lists(
    st.one_of(
        st.sampled_from([None, 0.0, 1.5, -999.0]),
        st.floats(-1e9, 1e9, allow_subnormal=False).map(lambda each: round(each, 6)),
    ),
    min_size=2,
    max_size=40,
)


@settings(max_examples=8, deadline=None)
@given(
    CELLS,
    st.sampled_from(STRATEGIES),
    st.randoms(use_true_random=False),
    st.booleans(),
    st.sampled_from(["standard", "minmax", "robust", "quantile"]),
)
def test_all_formats_and_sizes_of_pieces_give_the_same(
    tmp_path_factory: pytest.TempPathFactory,
    cells: list[float | None],
    strategy: str,
    draw,
    flag: bool,
    scale: str,
) -> None:
    if not any(each not in (None, -999.0) for each in cells):
        cells = [*cells, 2.5]
    folder = tmp_path_factory.mktemp("same")
    marks = [draw.choice(MISSING_MARKERS) if each is None else repr(each) for each in cells]
    ones = [1.0] * len(cells)
    frame = pl.DataFrame({"a": cells, "b": ones}, schema={"a": pl.Float64, "b": pl.Float64})
    frame.with_columns(a=pl.Series(marks)).write_csv(folder / "t.csv")
    frame.with_columns(a=pl.Series(marks)).write_parquet(folder / "text.parquet")
    frame.write_parquet(folder / "typed.parquet")
    frame.write_ndjson(folder / "t.jsonl")
    np.savez(
        folder / "t.npz", a=frame["a"].fill_null(float("nan")).to_numpy(), b=np.ones(len(ones))
    )
    found = {}
    for file in ("t.csv", "text.parquet", "typed.parquet", "t.jsonl", "t.npz"):
        for memory in ("", "memory: 0.001KB"):
            indicator = flag and strategy != "drop"
            feature = f"missing: {{a: {strategy}}}, indicator: {str(indicator).lower()}"
            feature += ", fill: {a: 7.25}" * (strategy == "constant")
            section = (
                f"file: {file}\n{memory}\nmissing_values: [-999]\n"
                f"features:\n  x: {{columns: [a, b], type: number, {feature}, normalize: {scale}}}"
            )
            splits = world(folder, section, {"x": [2 + indicator]}, {}).splits()
            assert splits.out_of_core == bool(memory)
            values = splits.train.inputs["x"]
            array = (
                values if isinstance(values, np.ndarray) else values.take(np.arange(len(values)))
            )
            counts = splits.counts["train"]
            state = json.dumps(splits.preprocessing.features["x"].to_dict())
            missing = [each[3:5] for each in counts.found.values()]
            found[file, memory] = (array.tobytes(), state, missing, counts.rows)
    assert len(set(map(str, found.values()))) == 1


def test_what_is_filled_is_told(tmp_path: Path) -> None:
    text = table_of([1, "?", 3, "NA"], ["u", "", "u", "v"], [1, 2, 3, None])
    (tmp_path / "t.csv").write_text(text)
    section = """
    file: t.csv
    features:
      x: {columns: [a, c], missing: {a: mean, c: drop}}
      y: {column: b, type: category, missing: constant, fill: v}
    """
    counts = world(tmp_path, section, {"x": [2], "y": [2]}, {}).splits().counts["train"]
    assert counts.lines() == [
        "c: 1 of 4 values was missing, and its row is left out (first at line 5)",
        "a: 1 of 4 values was missing and is filled with the mean, 2 (first at line 3)",
        "b: 1 of 4 values was missing and is filled with `v` (first at line 3)",
    ]
    assert CellCounts.from_dict(json.loads(json.dumps(counts.to_dict()))) == counts


@pytest.mark.parametrize("memory", ["", "memory: 1KB"])
def test_a_cached_conversion_tells_the_same(tmp_path: Path, memory: str) -> None:
    rows = [(n if n % 7 else "?") for n in range(200)]
    feature = "column: a, missing: median, normalize: standard, clip: 1"
    spec = number(tmp_path, table_of(rows, rows), feature, data=memory)
    first, again = (spec.splits().counts["train"] for _ in range(2))
    assert first == again
    filled = np.array([n if n % 7 else 100 for n in range(200)])
    beyond = int((np.abs(filled - filled.mean()) > filled.std()).sum())
    assert first.lines() == [
        "a: 29 of 200 values were missing and are filled with the median, 100 (first at line 2)",
        f"a: {beyond} of 200 values were not within -1 to 1, and are set to the nearer end "
        "(first at line 3)",
    ]


def test_a_clean_table_says_nothing(tmp_path: Path) -> None:
    spec = number(tmp_path, table_of([1, 2], [3, 4]), "column: a, missing: mean, normalize: robust")
    assert spec.splits().counts["train"].lines() == []


def test_other_rows_are_filled_with_what_training_knows(tmp_path: Path) -> None:
    text = table_of([1, "?", 3, 5], [0, 0, 0, 0])
    spec = number(tmp_path, text, "column: a, missing: median, indicator: true", 2)
    state = json.loads(json.dumps(spec.splits().preprocessing.to_dict()))
    (tmp_path / "new.csv").write_text("a\nNA\n900\n")
    report, counts = Report(), CellCounts()
    kept = Preprocessing.from_dict(state)
    file = tmp_path / "new.csv"
    found = encode_file(kept, spec.settings, spec.graph, file, report, targets=False, counts=counts)
    assert found is not None, list(report)
    assert found.inputs["x"].tolist() == [[3, 1], [900, 0]]
    assert counts.rows == 2
    assert counts.of("x", "missing") == 1


def test_the_state_of_a_number_of_before_is_read() -> None:
    state = {
        "type": "number",
        "columns": ["a", "b"],
        "missing": "mean",
        "fill": [2.0, 3.0],
        "normalize": "standard",
        "offset": [0.0, 1.0],
        "scale": [1.0, 2.0],
    }
    feature = feature_from(state)
    assert isinstance(feature, Number)
    assert (feature.strategy("b"), feature.stands_for("b")) == ("mean", 3.0)
    assert (feature.markers, feature.indicators, feature.clip) == ((), (), ())
    decoded = feature.decode("y", np.array([[1.0, 1.0]]))["y"]
    assert decoded.values.tolist() == [[1.0, 3.0]]


@pytest.mark.parametrize("type", sorted(TYPES.keys() - {"categories"}))
def test_states_without_what_came_later_are_read(type: str) -> None:
    columns = {"columns": ["a"], "missing": "error", "fill": []}
    feature = feature_from({"type": type, **columns})
    assert (feature.strategy("a"), feature.stands_for("a")) == ("error", None)
    assert feature_from(json.loads(json.dumps(feature.to_dict()))) == feature


def test_an_indicator_that_has_no_place_is_named(tmp_path: Path) -> None:
    text = table_of([1, "?"], [0, 0])
    finding = number(tmp_path, text, "column: a, missing: mean, indicator: true", 1).finding()
    assert finding.code == "MS805"
    assert "`a` and 1 indicator" in finding.message
