"""Normalising: fitted on the training rows, undone by decode."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.data.worlds import world

RNG = np.random.default_rng(1)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(1))


def spec(folder, normalize, dims, outputs=None, split="{}", **given):
    np.savez(folder / "a.npz", **given)
    section = f"file: a.npz\nsplit: {split}\nfeatures: {{x: {{normalize: {normalize}}}}}"
    return world(folder, section, {"x": dims}, outputs or {})


@pytest.mark.parametrize(
    ("rows", "dims", "axes"),
    [
        ((), [1], (0,)),
        ((4,), [4], (0,)),
        ((5, 4), ["T", 4], (0, 1)),
        ((5,), ["T"], (0, 1)),
        ((6, 5, 3), [6, 5, 3], (0, 1, 2)),
        ((6, 5), [6, 5, 1], (0, 1, 2)),
    ],
)
def test_statistics_are_those_of_the_last_axis(tmp_path, rows, dims, axes):
    x = RNG.normal(3, 5, size=(1000, *rows))
    standard = spec(tmp_path, "standard", dims, x=x).splits().train.inputs["x"]
    expected = (x - x.mean(axes)) / x.std(axes)
    np.testing.assert_allclose(standard, expected.reshape(standard.shape), atol=1e-5)
    minmax = spec(tmp_path, "minmax", dims, x=x).splits().train.inputs["x"]
    expected = (x - x.min(axes)) / (x.max(axes) - x.min(axes))
    np.testing.assert_allclose(minmax, expected.reshape(minmax.shape), atol=1e-6)


@pytest.mark.parametrize("normalize", ["standard", "minmax"])
@pytest.mark.parametrize("constant", [0.0, 0.1, 1e30, -7.0])
def test_constant_columns_become_zero(tmp_path, normalize, constant):
    x = np.stack([np.full(997, constant), np.arange(997.0)], axis=1)
    encoded = spec(tmp_path, normalize, [2], x=x).splits().train.inputs["x"]
    assert (encoded[:, 0] == 0).all()
    assert encoded[:, 1].std() > 0


def test_large_offsets_keep_their_precision(tmp_path):
    x = 1.6e9 + np.arange(100.0)
    encoded = spec(tmp_path, "standard", [1], x=x).splits().train.inputs["x"]
    np.testing.assert_allclose(encoded[:, 0], (x - x.mean()) / x.std(), atol=1e-6)


def test_fitted_on_the_training_rows_only(tmp_path):
    x = RNG.normal(size=(200, 2))
    split = "{validation: 0.2, test: 0.3}"
    clean = spec(tmp_path, "standard", [2], split=split, x=x, id=np.arange(200)).splits()
    feature = clean.preprocessing.features["x"]
    restored = clean.train.inputs["x"] * feature.scale + feature.offset
    trained = np.isin(x[:, 0].round(4), restored[:, 0].round(4))
    assert trained.sum() == 100
    x[~trained] = 1e6
    poisoned = spec(tmp_path, "standard", [2], split=split, x=x).splits()
    assert poisoned.preprocessing == clean.preprocessing
    np.testing.assert_array_equal(poisoned.train.inputs["x"], clean.train.inputs["x"])


def test_arrays_can_be_written_to(tmp_path):
    x = RNG.normal(size=(5, 2)).astype(np.float32)
    assert spec(tmp_path, "none", [2], x=x).splits().train.inputs["x"].flags.writeable


def test_integers_are_not_normalised(tmp_path):
    finding = spec(tmp_path, "standard", ([1], "int64"), x=np.arange(3)).finding()
    assert (finding.code, finding.path) == ("MS506", "data.features.x")


def test_classes_are_not_normalised(tmp_path):
    np.savez(tmp_path / "a.npz", x=np.zeros(4), y=[0, 1, 0, 1])
    section = "file: a.npz\nfeatures: {y: {normalize: standard}}"
    outputs = {"y": ([2], "categorical_crossentropy")}
    finding = world(tmp_path, section, {"x": [1]}, outputs).finding()
    assert (finding.code, finding.path) == ("MS607", "data.features.y")


def test_a_vector_of_arrays_is_refused(tmp_path):
    np.savez(tmp_path / "a.npz", a=np.zeros((4, 2)), b=np.zeros(4))
    section = "file: a.npz\nfeatures: {x: {columns: [a, b]}}"
    assert world(tmp_path, section, {"x": [2]}, {}).finding().code == "MS805"


VALUES = arrays(
    np.float64,
    st.tuples(st.integers(1, 20), st.integers(1, 3)),
    elements=st.floats(-1e6, 1e6, allow_subnormal=False),
)


@settings(max_examples=40)
@given(VALUES, st.sampled_from(["standard", "minmax", "none"]))
def test_decode_undoes_encode(tmp_path_factory, values, normalize):
    folder = tmp_path_factory.mktemp("round")
    width = values.shape[1]
    np.savez(folder / "a.npz", x=np.zeros(len(values)), y=values)
    section = f"file: a.npz\nfeatures: {{y: {{normalize: {normalize}}}}}"
    splits = world(folder, section, {"x": [1]}, {"y": ([width], "mse")}).splits()
    encoded = splits.train.targets["y"]
    assert np.isfinite(encoded).all()
    decoded = splits.preprocessing.decode("y", encoded)["y"]
    scale = np.abs(values).max(axis=0) + np.ptp(values, axis=0)
    assert (np.abs(decoded.reshape(values.shape) - values) <= 1e-6 * scale + 1e-30).all()


def test_decoded_columns_have_the_names_of_the_data(tmp_path):
    np.savez(tmp_path / "a.npz", x=[1, 2], height=[1, 2], weight=[3, 5])
    section = "file: a.npz\nfeatures: {y: {columns: [height, weight], normalize: standard}}"
    splits = world(tmp_path, section, {"x": [1]}, {"y": ([2], "mse")}).splits()
    decoded = splits.preprocessing.decode("y", splits.train.targets["y"])["y"]
    assert decoded.labels == ("height", "weight")
    np.testing.assert_allclose(decoded.values, [[1, 3], [2, 5]])
