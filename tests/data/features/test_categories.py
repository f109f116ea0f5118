import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data import encode_file
from modelspec.diagnostics import Report
from tests.data.worlds import world

CCE = "categorical_crossentropy"


def cities(folder, names, feature="{type: category}", dims=None, dtype="float32", split="{}"):
    pl.DataFrame({"city": names}).write_parquet(folder / "a.parquet")
    section = f"file: a.parquet\nsplit: {split}\nfeatures: {{city: {feature}}}"
    return world(folder, section, {"city": ([3] if dims is None else dims, dtype)}, {})


def test_one_hot_is_what_floats_need(tmp_path):
    splits = cities(tmp_path, ["Rome", "Bonn", "Oslo", "Rome"]).splits()
    assert splits.preprocessing.classes("city") == ("Bonn", "Oslo", "Rome")
    np.testing.assert_array_equal(splits.train.inputs["city"], np.eye(3)[[2, 0, 1, 2]])
    assert splits.train.inputs["city"].dtype == np.float32


@pytest.mark.parametrize(("dims", "shape"), [([1], (4, 1)), ([], (4,))])
def test_an_index_is_what_integers_need(tmp_path, dims, shape):
    splits = cities(tmp_path, ["Rome", "Bonn", "Oslo", "Rome"], dims=dims, dtype="int64").splits()
    encoded = splits.train.inputs["city"]
    assert (encoded.dtype, encoded.shape) == (np.int64, shape)
    assert encoded.ravel().tolist() == [2, 0, 1, 2]


def test_the_order_can_be_given(tmp_path):
    feature = "{classes: [small, large, medium]}"
    splits = cities(tmp_path, ["large", "small"], feature).splits()
    assert splits.train.inputs["city"].tolist() == [[0, 1, 0], [1, 0, 0]]


def test_whole_numbers_are_sorted_as_numbers(tmp_path):
    names = ["10", "9", "-2", "0"]
    splits = cities(tmp_path, names, dims=[1], dtype="int64").splits()
    assert splits.preprocessing.classes("city") == ("-2", "0", "9", "10")
    splits = cities(tmp_path, [*names, "007"], dims=[1], dtype="int64").splits()
    assert splits.preprocessing.classes("city") == ("-2", "0", "007", "10", "9")


def test_blanks_do_not_count(tmp_path):
    splits = cities(tmp_path, [" Rome", "Rome ", "Bonn"], dims=[2]).splits()
    assert splits.preprocessing.classes("city") == ("Bonn", "Rome")


def test_too_many_classes_for_an_input(tmp_path):
    finding = cities(tmp_path, ["a", "b", "c", "d"]).finding()
    assert finding.code == "MS805"
    assert finding.message == "input `city` is `[3]`, `city` has 4 classes (`a`, `b`, `c` and `d`)"
    assert "declare the input as `[4]`" in finding.help


def test_missing_values(tmp_path):
    finding = cities(tmp_path, ["a", None, "c", " ", None, None]).finding()
    assert finding.code == "MS803"
    assert "`city` has no value at rows 2, 4, 5 and 1 more of" in finding.message


def test_listed_classes_are_all_there_are(tmp_path):
    finding = cities(tmp_path, ["Rome", "Bon"], "{classes: [Rome, Bonn, Oslo]}").finding()
    assert finding.code == "MS803"
    assert "`city` is `Bon`, which is no class of the training rows, at row 2 of" in finding.message
    assert finding.help == "did you mean `Bonn`?; or set `unknown: ignore`"


def test_vocabulary_of_the_training_rows_only(tmp_path):
    names = [f"c{i}" for i in range(10)]
    finding = cities(tmp_path, names, dims=[7], split="{test: 0.3}").finding()
    assert finding.code == "MS803"
    assert "and 0 more" not in finding.message
    assert "no class of the training rows" in finding.message


def test_unknown_classes_ignored(tmp_path):
    feature = "{classes: [a, b], unknown: ignore}"
    one_hot = cities(tmp_path, ["a", "z", "b"], feature, dims=[2]).splits()
    assert one_hot.train.inputs["city"].tolist() == [[1, 0], [0, 0], [0, 1]]
    index = cities(tmp_path, ["a", "z", "b"], feature, dims=[], dtype="int64").splits()
    assert index.train.inputs["city"].tolist() == [0, 2, 1]


def test_unknown_class_at_predict(tmp_path):
    spec = cities(tmp_path, ["Rome", "Bonn", "Oslo"])
    splits = spec.splits()
    (tmp_path / "new.csv").write_text("city\nRome\n\nRoma\nBonn\nParis\n")
    report = Report()
    made = encode_file(
        splits.preprocessing, spec.settings, spec.graph, tmp_path / "new.csv", report, False
    )
    assert made is None
    (finding,) = report
    assert finding.code == "MS803"
    assert (finding.span.file, finding.span.line) == (str(tmp_path / "new.csv"), 4)
    assert "`city` is `Roma`" in finding.message
    assert "lines 4 and 6 of" in finding.message
    assert "did you mean `Rome`?" in finding.help


def labels(folder, names, dims, loss, feature="{type: category}"):
    pl.DataFrame({"x": range(len(names)), "y": names}).write_parquet(folder / "a.parquet")
    section = f"file: a.parquet\nfeatures: {{y: {feature}}}"
    return world(folder, section, {"x": [1]}, {"y": (dims, loss)})


@pytest.mark.parametrize("loss", [CCE, "sparse_categorical_crossentropy", None])
def test_class_targets_are_indices(tmp_path, loss):
    splits = labels(tmp_path, ["b", "a", "c", "b"], [3], loss).splits()
    assert splits.preprocessing.classes("y") == ("a", "b", "c")
    if loss is None:
        assert splits.train.targets == {}
    else:
        assert splits.train.targets["y"].tolist() == [1, 0, 2, 1]
        assert splits.train.targets["y"].dtype == np.int64


def test_class_targets_as_one_hot_if_asked(tmp_path):
    feature = "{encode: one_hot}"
    splits = labels(tmp_path, ["b", "a", "c"], [3], CCE, feature).splits()
    assert splits.train.targets["y"].tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 1]]


@pytest.mark.parametrize(("dims", "shape"), [([1], (3, 1)), ([], (3,))])
def test_binary_targets(tmp_path, dims, shape):
    splits = labels(tmp_path, ["yes", "no", "yes"], dims, "binary_crossentropy").splits()
    encoded = splits.train.targets["y"]
    assert (encoded.shape, encoded.dtype) == (shape, np.float32)
    assert encoded.ravel().tolist() == [1, 0, 1]
    decoded = splits.preprocessing.decode("y", np.full(shape, 0.25, np.float32))
    assert decoded["y"].tolist() == ["no"] * 3
    assert decoded["y_probability"].labels == ("yes",)
    assert decoded["y_probability"].values.tolist() == [[0.25]] * 3


def test_several_binary_units_are_one_hot(tmp_path):
    splits = labels(tmp_path, ["b", "a", "b"], [2], "binary_crossentropy").splits()
    assert splits.train.targets["y"].tolist() == [[0, 1], [1, 0], [0, 1]]


@pytest.mark.parametrize(
    ("names", "dims", "loss", "feature", "words"),
    [
        (
            "abc",
            [10],
            CCE,
            "{type: category}",
            "has 10 classes, the training rows have 3 classes (`a`, `b` and `c`)",
        ),
        (
            "abcdef",
            [3],
            CCE,
            "{type: category}",
            "the training rows have 6 classes (`a`, `b`, `c` and 3 more)",
        ),
        (
            "abc",
            [1],
            "binary_crossentropy",
            "{type: category}",
            "tells two classes apart, `y` has 3 classes",
        ),
        ("abc", [1], "mse", "{type: category}", "mse compares numbers, `y` is a category"),
        ("abc", [3], CCE, "{unknown: ignore}", "must all be known"),
        ("abc", [3], "sparse_categorical_crossentropy", "{encode: one_hot}", "wants class indices"),
    ],
)
def test_targets_that_do_not_fit(tmp_path, names, dims, loss, feature, words):
    finding = labels(tmp_path, list(names), dims, loss, feature).finding()
    assert (finding.code, finding.path) == ("MS607", "data.features.y")
    assert words in finding.message


def test_text_is_no_target_of_a_regression(tmp_path):
    finding = labels(tmp_path, ["1", "b", "3"], [1], "mse", "y").finding()
    assert finding.code == "MS803"
    assert "`y` is `b`, not a number, at row 2 of" in finding.message


def test_probabilities_decode_to_the_data_s_own_names(tmp_path):
    splits = labels(tmp_path, ["10", "9", "11"], [3], CCE).splits()
    values = np.array([[0.1, 0.7, 0.2], [0.1, 0.2, 0.7]], np.float32)
    decoded = splits.preprocessing.decode("y", values)
    assert decoded["y"].tolist() == [10, 11]
    assert decoded["y_probability"].labels == ("9", "10", "11")
    assert decoded["y_probability"].values is values


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)


@settings(max_examples=40)
@given(
    st.lists(NAMES.filter(lambda name: name.strip() == name), min_size=2, max_size=12), st.data()
)
def test_decode_undoes_encode(tmp_path_factory, names, data):
    classes = sorted(set(names))
    rows = [*classes, *data.draw(st.lists(st.sampled_from(classes), max_size=9))]
    folder = tmp_path_factory.mktemp("round")
    loss = "sparse_categorical_crossentropy"
    splits, found = labels(folder, rows, [len(classes)], loss).load()
    assert splits is not None
    assert {each.code for each in found} <= {"MS811"}  # some may differ in case only
    one_hot = np.eye(len(classes), dtype=np.float32)[splits.train.targets["y"]]
    decoded = splits.preprocessing.decode("y", one_hot)["y"]
    assert [str(name) for name in decoded] == rows
