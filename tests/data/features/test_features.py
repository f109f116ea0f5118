"""Sequences, pictures, dates, lists, several classes a row, and rows without a value."""

import json

import numpy as np
import polars as pl
import pytest
from PIL import Image

from modelspec.data import LazyArray, Preprocessing, encode_file
from modelspec.data.features import image as image_feature
from modelspec.diagnostics import Report
from tests.data.worlds import world

BCE = "binary_crossentropy"


def column(folder, values, feature, dims, *, dtype="float32", file="a.parquet", split="{}"):
    frame = pl.DataFrame({"x": values}, strict=False)
    writers = {"parquet": frame.write_parquet, "csv": frame.write_csv, "jsonl": frame.write_ndjson}
    writers[file.rpartition(".")[2]](folder / file)
    section = f"file: {file}\nsplit: {split}\nfeatures: {{x: {feature}}}"
    return world(folder, section, {"x": (dims, dtype)}, {})


def train(spec):
    values = spec.splits().train.inputs["x"]
    return values.take(np.arange(len(values))) if isinstance(values, LazyArray) else values


LISTS = [[1.0, 2.0], [3.0], []]


@pytest.mark.parametrize(
    ("values", "file"),
    [
        (LISTS, "a.parquet"),
        (LISTS, "a.jsonl"),
        (["1 2", "3", "[]"], "a.csv"),
        (["[1; 2]", " 3.0 ", "[]"], "a.csv"),
    ],
)
def test_a_sequence(tmp_path, values, file):
    found = train(column(tmp_path, values, "{type: sequence}", ["T"], file=file))
    assert found.tolist() == [[1, 2], [3, 0], [0, 0]]
    spec = column(tmp_path, values, "{type: sequence, pad: start}", [3, 1], file=file)
    assert train(spec)[:, :, 0].tolist() == [[0, 1, 2], [0, 0, 3], [0, 0, 0]]


def test_a_sequence_of_vectors(tmp_path):
    found = train(column(tmp_path, [[[1, 2], [3, 4]], [[5, 6]]], "{type: sequence}", ["T", 2]))
    assert found.tolist() == [[[1, 2], [3, 4]], [[5, 6], [0, 0]]]


def of_two_files(folder, train, test, feature, dims):
    pl.DataFrame({"x": train}).write_parquet(folder / "a.parquet")
    pl.DataFrame({"x": test}).write_parquet(folder / "b.parquet")
    section = f"train: a.parquet\ntest: b.parquet\nfeatures: {{x: {feature}}}"
    return world(folder, section, {"x": (dims, "float32")}, {}).splits()


def test_the_steps_of_the_training_rows_are_measured(tmp_path):
    feature = "{type: sequence, normalize: standard, fill_steps: 9}"
    splits = of_two_files(tmp_path, [[1.0, 3.0], [1.0]], [[5 / 3] * 2], feature, [3])
    np.testing.assert_allclose(splits.test.inputs["x"], [[0, 0, 9]], atol=1e-6)


def test_the_steps_of_the_training_part_are_measured(tmp_path):
    steps = [[float(row)] * (row + 1) for row in range(8)]
    spec = column(
        tmp_path, steps, "{type: sequence, normalize: minmax}", ["T"], split="{test: 0.5}"
    )
    splits = spec.splits()
    trained = [size - 1 for size in splits.train.inputs["x"].lengths.tolist()]
    assert splits.preprocessing.features["x"].offset == (min(trained),)


@pytest.mark.parametrize(
    ("values", "dims", "words"),
    [
        (["1 x"], ["T"], "holds what is no number at"),
        (["1 inf"], ["T"], "not finite at"),
        ([[[1], [2, 3]]], ["T", 2], "no lists of equally many numbers"),
        ([[1.0], None], ["T"], "has no value at"),
        ([[[1.0, 2.0]]], ["T", 3], "`x` has rows of `[any, 2]`"),
    ],
)
def test_sequences_that_are_none(tmp_path, values, dims, words):
    assert words in column(tmp_path, values, "{type: sequence}", dims).finding().message


def test_a_column_of_lists_is_a_vector(tmp_path):
    spec = column(tmp_path, [[1, 2], [3, 4]], "{normalize: standard}", [2])
    np.testing.assert_allclose(train(spec), [[-1, -1], [1, 1]])


@pytest.mark.parametrize("values", [["red, blue", "", "green"], [["red", "blue"], [], ["green"]]])
@pytest.mark.parametrize("file", ["a.parquet", "a.jsonl"])
def test_several_classes_a_row(tmp_path, values, file):
    spec = column(tmp_path, values, "{encode: multi_hot}", [3], file=file)
    splits = spec.splits()
    assert splits.preprocessing.classes("x") == ("blue", "green", "red")
    assert splits.train.inputs["x"].tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    found = splits.preprocessing.decode("x", np.array([[0.9, 0.1, 0.6], [0.1, 0.2, 0.3]]))
    assert found["x"].tolist() == ["blue,red", ""]


def test_several_classes_are_no_target_of_a_softmax(tmp_path):
    pl.DataFrame({"y": ["a,b", "a"], "x": [1, 2]}).write_csv(tmp_path / "a.csv")
    section = "file: a.csv\nfeatures: {y: {encode: multi_hot}}"
    outputs = {"y": ([2], "categorical_crossentropy")}
    assert "lists several" in world(tmp_path, section, {"x": [1]}, outputs).finding().message
    splits = world(tmp_path, section, {"x": [1]}, {"y": ([2], BCE)}).splits()
    assert splits.train.targets["y"].tolist() == [[1, 1], [1, 0]]


def pictures(folder, feature="{type: image}", dims=(4, 4, 3), dtype="float32"):
    (folder / "photos").mkdir(exist_ok=True)
    for name, colour in (("red", (255, 0, 0)), ("blue", (0, 0, 255))):
        Image.new("RGB", (8, 4), colour).save(folder / "photos" / f"{name}.png")
    paths = ["photos/red.png", "photos/blue.png"]
    return column(folder, paths, feature, list(dims), dtype=dtype, file="a.csv")


@pytest.mark.parametrize("few", [True, False])
def test_pictures(tmp_path, few, monkeypatch):
    if not few:
        monkeypatch.setattr(image_feature, "IN_MEMORY", 0)
    spec = pictures(tmp_path)
    assert isinstance(spec.splits().train.inputs["x"], LazyArray) != few
    found = train(spec)
    assert found.shape == (2, 4, 4, 3)
    assert found.dtype == np.float32
    assert found[:, 0, 0].tolist() == [[1, 0, 0], [0, 0, 1]]
    assert spec.splits().train.take(np.array([1])).rows == 1


@pytest.mark.parametrize(
    ("feature", "dims", "dtype", "pixel"),
    [
        ("{type: image, scale: signed}", (4, 4, 3), "float32", [1, -1, -1]),
        ("{type: image, scale: none}", (4, 4, 3), "float32", [255, 0, 0]),
        ("{type: image}", (4, 4, 3), "uint8", [255, 0, 0]),
        ("{type: image}", (4, 4, 4), "float32", [1, 0, 0, 1]),
        ("{type: image, size: [2, 3]}", ("H", "W", 3), "float32", [1, 0, 0]),
        ("{type: image, resize: pad}", (4, 4, 3), "float32", [0, 0, 0]),
        ("{type: image, resize: crop}", (4, 4, 3), "float32", [1, 0, 0]),
    ],
)
def test_how_pictures_are_read(tmp_path, feature, dims, dtype, pixel):
    found = train(pictures(tmp_path, feature, dims, dtype))
    assert found[0, 0, 0].tolist() == pixel


@pytest.mark.parametrize(("channels", "sound"), [(3, True), (1, False), (4, False)])
def test_channels_are_those_of_the_input(tmp_path, channels, sound):
    spec = pictures(tmp_path, f"{{type: image, channels: {channels}}}")
    if sound:
        assert train(spec).shape == (2, 4, 4, 3)
    else:
        assert "has 3 channels, `channels` is" in spec.finding().message


def test_transparent_pictures_of_this_run_and_of_one_before(tmp_path):
    spec = pictures(tmp_path)
    Image.new("RGBA", (4, 4), (255, 0, 0, 0)).save(tmp_path / "photos" / "red.png")
    assert train(spec)[0, 0, 0].tolist() == [1, 1, 1]
    state = spec.splits().preprocessing.to_dict()
    del state["features"]["x"]["background"]
    kept, report = Preprocessing.from_dict(state), Report()
    before = encode_file(kept, spec.settings, spec.graph, tmp_path / "a.csv", report, False)
    assert before.inputs["x"][0, 0, 0].tolist() == [1, 0, 0]


def test_broken_and_absent_pictures(tmp_path):
    spec = pictures(tmp_path)
    blue = tmp_path / "photos" / "blue.png"
    blue.write_bytes(blue.read_bytes()[:44])
    finding = spec.finding()
    assert "blue.png` cannot be read as a picture" in finding.message
    assert "line 3" in finding.message
    blue.unlink()
    assert "there is no picture" in spec.finding().message


def test_a_folder_a_class(tmp_path):
    for label in ("cat", "dog"):
        (tmp_path / "pets" / label).mkdir(parents=True)
        for number in range(2):
            Image.new("L", (4, 4), number).save(tmp_path / "pets" / label / f"{number}.png")
    section = "file: pets/\nfeatures: {photo: {type: image, column: path}, kind: label}"
    outputs = {"kind": ([2], "categorical_crossentropy")}
    splits = world(tmp_path, section, {"photo": [4, 4, 1]}, outputs).splits()
    assert splits.train.targets["kind"].tolist() == [0, 0, 1, 1]
    assert splits.train.inputs["photo"].shape == (4, 4, 4, 1)
    (tmp_path / "pets").rename(tmp_path / "animals")
    spec = world(tmp_path, section, {"photo": [4, 4, 1]}, outputs)
    assert "there is no folder" in spec.finding().message


GAPS = [1.0, None, 5.0, 3.0]


@pytest.mark.parametrize(
    ("missing", "rows"),
    [
        ("mean", [[1], [3], [5], [3]]),
        ("constant, fill: -1", [[1], [-1], [5], [3]]),
        ("drop", [[1], [5], [3]]),
    ],
)
@pytest.mark.parametrize("file", ["a.parquet", "a.csv", "a.jsonl"])
def test_missing_numbers(tmp_path, missing, rows, file):
    values = pl.DataFrame({"x": GAPS, "other": ["a"] * 4})
    writers = {"parquet": values.write_parquet, "csv": values.write_csv}
    writers.get(file.rpartition(".")[2], values.write_ndjson)(tmp_path / file)
    section = f"file: {file}\nfeatures: {{x: {{missing: {missing}}}}}"
    assert train(world(tmp_path, section, {"x": [1]}, {})).tolist() == rows


def test_the_mean_is_that_of_the_training_rows(tmp_path):
    splits = of_two_files(tmp_path, [1.0, None, 4.0], [None, 7.0], "{missing: mean}", [1])
    assert splits.test.inputs["x"].tolist() == [[2.5], [7]]


def test_missing_classes(tmp_path):
    feature = "{type: category, missing: constant, fill: none}"
    spec = column(tmp_path, ["a", None, "b"], feature, [3])
    assert spec.splits().preprocessing.classes("x") == ("a", "b", "none")


def test_gaps_of_an_array(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.array([[1.0, np.nan], [3.0, 5.0]]))
    for missing, rows in (("mean", [[1, 3], [3, 5]]), ("drop", [[3, 5]])):
        section = f"file: a.npz\nfeatures: {{x: {{missing: {missing}}}}}"
        assert train(world(tmp_path, section, {"x": [2]}, {})).tolist() == rows


def test_rows_to_predict_are_not_left_out(tmp_path):
    spec = column(tmp_path, GAPS, "{missing: drop}", [1])
    kept = Preprocessing.from_dict(json.loads(json.dumps(spec.splits().preprocessing.to_dict())))
    for targets, count in ((False, None), (True, 3)):
        report = Report()
        file = tmp_path / "a.parquet"
        arrays = encode_file(kept, spec.settings, spec.graph, file, report, targets)
        assert (arrays and arrays.rows) == count
        assert bool(list(report)) == (count is None)


def test_rows_keep_their_numbers_when_others_are_left_out(tmp_path):
    pl.DataFrame({"x": ["1", None, "z"], "y": [1, 1, 1]}).write_csv(tmp_path / "a.csv")
    section = "file: a.csv\nfeatures: {x: {type: number, missing: drop}}"
    assert "at line 4" in world(tmp_path, section, {"x": [1]}, {}).finding().message


def test_a_line_that_is_no_object(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n\n{"x": oops}\n')
    finding = world(tmp_path, "file: a.jsonl", {"x": [1]}, {}).finding()
    assert "line 3 of" in finding.message
    (tmp_path / "a.jsonl").write_text('{"x": 1}\n\n{"x": null}\n')
    assert "line 3 of" in world(tmp_path, "file: a.jsonl", {"x": [1]}, {}).finding().message
