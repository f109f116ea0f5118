"""Targets that the data already gives as classes or as zeros and ones."""

import numpy as np
import pytest

from tests.data.worlds import world

CCE, SPARSE, BCE = (
    "categorical_crossentropy",
    "sparse_categorical_crossentropy",
    "binary_crossentropy",
)


def targets(folder, y, dims, loss, feature="y"):
    np.savez(folder / "a.npz", x=np.zeros(len(y)), y=y)
    section = f"file: a.npz\nfeatures: {{y: {feature}}}"
    return world(folder, section, {"x": [1]}, {"y": (dims, loss)})


@pytest.mark.parametrize("loss", [CCE, SPARSE])
@pytest.mark.parametrize("dtype", ["uint8", "int64", "float32"])
@pytest.mark.parametrize("column", [False, True])
def test_indices(tmp_path, loss, dtype, column):
    y = np.array([2, 0, 9, 3]).astype(dtype)
    splits = targets(tmp_path, y[:, None] if column else y, [10], loss).splits()
    assert splits.train.targets["y"].tolist() == [2, 0, 9, 3]
    assert splits.train.targets["y"].dtype == np.int64


def test_indices_of_a_sequence(tmp_path):
    y = np.array([[1, 0, 2], [0, 0, 1]])
    splits = targets(tmp_path, y, [3, 4], CCE).splits()
    np.testing.assert_array_equal(splits.train.targets["y"], y)


@pytest.mark.parametrize("rows", [np.eye(3)[[1, 0, 2, 1]], np.full((4, 3), 1 / 3)])
def test_one_hot_rows_and_probabilities(tmp_path, rows):
    splits = targets(tmp_path, rows, [3], CCE).splits()
    np.testing.assert_allclose(splits.train.targets["y"], rows, rtol=1e-6)
    assert splits.train.targets["y"].dtype == np.float32


def test_columns_of_a_one_hot_vector(tmp_path):
    (tmp_path / "a.csv").write_text("x,a,b\n1,0,1\n2,1,0\n")
    section = "file: a.csv\nfeatures: {y: {columns: [a, b]}}"
    splits = world(tmp_path, section, {"x": [1]}, {"y": ([2], CCE)}).splits()
    assert splits.train.targets["y"].tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("y", "dims", "loss", "words"),
    [
        (
            np.arange(12),
            [10],
            CCE,
            "has 10 classes (0 to 9), `y` has 12, up to 11, at indices 10 and 11",
        ),
        ([0, 1, -1, 1], [10], CCE, "has 10 classes (0 to 9), `y` has -1 at index 2"),
        ([1, 2, 3], [3], SPARSE, "has 3 classes (0 to 2), `y` has 3 at index 2"),
        (np.eye(4), [3], CCE, "output `y` is `[3]`, `y` has rows of `[4]`"),
        (
            np.eye(3) * 2,
            [3],
            CCE,
            "neither one-hot nor probabilities that sum to 1 at indices 0, 1 and 2",
        ),
        (np.eye(3) - np.eye(3)[[1, 2, 0]] + 1 / 3, [3], CCE, "neither one-hot nor"),
        (np.eye(3), [3], SPARSE, "wants class indices, `y` is one-hot"),
        ([0, 1, 2], [1], BCE, "compares with 0 and 1, `y` is neither at index 2"),
        ([0, -1, 1], [1], BCE, "`y` is neither at index 1"),
        ([0, 1, 1], [2], BCE, "output `y` is `[2]`, `y` has one value a row"),
        ([0, 1, 1], [3], "mse", "output `y` is `[3]`, `y` has one value a row"),
    ],
)
def test_findings(tmp_path, y, dims, loss, words):
    finding = targets(tmp_path, np.asarray(y), dims, loss).finding()
    assert (finding.code, finding.path) == ("MS607", "data.features.y")
    assert words in finding.message


def test_a_label_that_is_no_integer(tmp_path):
    finding = targets(tmp_path, np.array([0, 1.5, 2]), [3], CCE).finding()
    assert finding.code == "MS803"
    assert "`y` is `1.5`, not an integer, at index 1 of" in finding.message


def test_lines_of_labels(tmp_path):
    rows = "\n".join(f"{i},{i % 12}" for i in range(24))
    (tmp_path / "a.csv").write_text(f"x,y\n{rows}\n")
    finding = world(tmp_path, "file: a.csv", {"x": [1]}, {"y": ([10], CCE)}).finding()
    assert (
        "has 10 classes (0 to 9), `y` has 12, up to 11, at lines 12, 13, 24 and 1 more"
        in finding.message
    )
    assert finding.help == "give the layer before the output 12 units"


def test_labels_from_one_may_be_a_category(tmp_path):
    splits = targets(tmp_path, np.array([3, 1, 2]), [3], SPARSE, "{type: category}").splits()
    assert splits.train.targets["y"].tolist() == [2, 0, 1]


@pytest.mark.parametrize("dims", [[1], []])
def test_binary(tmp_path, dims):
    splits = targets(tmp_path, np.array([True, False, True]), dims, BCE).splits()
    assert splits.train.targets["y"].dtype == np.float32
    assert splits.train.targets["y"].ravel().tolist() == [1, 0, 1]
    probabilities = np.array([0.2, 0.5, 0.9], np.float32).reshape(3, *dims)
    decoded = splits.preprocessing.decode("y", probabilities)
    assert decoded["y"].tolist() == [0, 1, 1]
    np.testing.assert_allclose(decoded["y_probability"], [0.2, 0.5, 0.9])


def test_decode(tmp_path):
    splits = targets(tmp_path, np.array([0, 1, 2]), [3], CCE).splits()
    values = np.array([[0.1, 0.2, 0.7], [0.5, 0.2, 0.3]], np.float32)
    decoded = splits.preprocessing.decode("y", values)
    assert decoded["y"].tolist() == [2, 0]
    assert decoded["y_probability"].labels == ("0", "1", "2")


def test_targets_are_wanted_where_there_is_a_loss(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(3))
    splits = world(tmp_path, "file: a.npz", {"x": [1]}, {"y": ([3], None)}).splits()
    assert splits.train.targets == {}
    finding = world(tmp_path, "file: a.npz", {"x": [1]}, {"y": ([3], "mse")}).finding()
    assert finding.code == "MS802"
    assert "wanted by output `y`" in finding.message
