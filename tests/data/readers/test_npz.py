"""NPZ: arrays named as inputs and outputs, or mapped."""

import numpy as np
import pytest

from tests.data.worlds import world

RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(0))


def arrays(folder, section="", inputs=None, outputs=None, minimums=None, **given):
    np.savez(folder / "a.npz", **given)
    section = "file: a.npz\n" + section
    return world(folder, section, inputs or {"x": [3]}, outputs or {}, minimums)


def test_arrays_by_name(tmp_path):
    x, y = RNG.normal(size=(5, 3)), np.arange(5)
    splits = arrays(tmp_path, outputs={"y": ([1], "mse")}, x=x, y=y).splits()
    assert splits.train.inputs["x"].dtype == np.float32
    np.testing.assert_array_equal(splits.train.inputs["x"], x.astype(np.float32))
    np.testing.assert_array_equal(splits.train.targets["y"], y[:, None])


def test_mapped_arrays_and_their_layout(tmp_path):
    pixels = np.asfortranarray(RNG.normal(size=(4, 3)))
    splits = arrays(tmp_path, "features: {x: pixels}", pixels=pixels, other=np.zeros(9)).splits()
    assert splits.train.inputs["x"].flags.c_contiguous
    np.testing.assert_allclose(splits.train.inputs["x"], pixels, rtol=1e-6)


def test_columns_to_one_vector(tmp_path):
    splits = arrays(
        tmp_path, "features: {x: {columns: [a, b, c]}}", a=[1, 2], b=[3.5, 4], c=[True, False]
    ).splits()
    assert splits.train.inputs["x"].tolist() == [[1, 3.5, 1], [2, 4, 0]]


@pytest.mark.parametrize(
    ("rows", "dims"),
    [
        ((28, 28), [28, 28, 1]),
        ((28, 28, 1), [28, 28, 1]),
        ((28, 28, 1), [28, 28]),
        ((), [1]),
        ((1,), []),
        ((7,), ["T"]),
        ((7,), ["T", 1]),
        ((7, 2), ["T", 2]),
    ],
)
def test_shapes_that_fit(tmp_path, rows, dims):
    splits = arrays(tmp_path, inputs={"x": dims}, x=RNG.normal(size=(2, *rows))).splits()
    wanted = tuple(7 if dim == "T" else dim for dim in dims)
    assert splits.train.inputs["x"].shape == (2, *wanted)


@pytest.mark.parametrize(
    ("rows", "dims", "words"),
    [
        ((32, 32), [28, 28, 1], "input `x` is `[28, 28, 1]`, `x` has rows of `[32, 32]`"),
        ((784,), [28, 28, 1], "rows of `[784]`"),
        ((4,), [3], "rows of `[4]`"),
        ((), [3], "`x` has one value a row"),
        ((3, 28, 28), [28, 28, 3], "rows of `[3, 28, 28]`"),
        ((5, 3), ["T", 2], "rows of `[5, 3]`"),
    ],
)
def test_shapes_that_do_not(tmp_path, rows, dims, words):
    finding = arrays(tmp_path, inputs={"x": dims}, x=np.zeros((2, *rows))).finding()
    assert finding.code == "MS805"
    assert words in finding.message


def test_a_flat_image_is_told_of_reshape(tmp_path):
    finding = arrays(tmp_path, inputs={"x": [28, 28, 1]}, x=np.zeros((2, 784))).finding()
    assert "Reshape to `[28, 28, 1]`" in finding.help


def test_one_symbol_has_one_size(tmp_path):
    inputs = {"x": ["T", 2], "z": ["T"]}
    finding = arrays(tmp_path, inputs=inputs, x=np.zeros((2, 5, 2)), z=np.zeros((2, 6))).finding()
    assert finding.code == "MS805"
    assert "`T` is 5 in `x` and 6 in `z`" in finding.message


def test_a_symbol_has_a_minimum(tmp_path):
    given = {"inputs": {"x": ["T"]}, "minimums": {"T": 229}}
    finding = arrays(tmp_path, **given, x=np.zeros((2, 228))).finding()
    assert finding.code == "MS805"
    assert "needs `T` of at least 229, `x` has 228" in finding.message
    assert arrays(tmp_path, **given, x=np.zeros((2, 229))).splits()


@pytest.mark.parametrize("dtype", ["uint8", "int16", "int64", "float16", "float64", "bool", ">f4"])
def test_dtypes(tmp_path, dtype):
    values = np.array([[0, 1, 1], [1, 0, 1]]).astype(dtype)
    splits = arrays(tmp_path, x=values).splits()
    assert splits.train.inputs["x"].tolist() == [[0, 1, 1], [1, 0, 1]]
    assert splits.train.inputs["x"].dtype == np.dtype("float32")


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"x": np.zeros((0, 3))}, "MS804", ["has no rows"]),
        ({"x": np.float32(3)}, "MS805", ["`x`", "one value, not rows"]),
        ({"x": np.array([[{}] * 3], object)}, "MS801", ["`x`", "Python objects"]),
        ({"x": np.array([[1j] * 3])}, "MS803", ["`x`", "`complex128`"]),
        ({"x": np.zeros(2, "datetime64[D]")}, "MS803", ["`x`", "`datetime64[D]`, not numbers"]),
        ({"x": np.array([["a"] * 3])}, "MS805", ["a category is one value a row, `x`", "[3]"]),
        ({"y": np.zeros((2, 3))}, "MS802", ["no column `x`", "input `x`"]),
        ({"x": [[1, 2, 3], [1, np.nan, 3]]}, "MS803", ["`x` is `NaN`", "index 1 of"]),
        ({"x": [[1, 2, np.inf], [1, 2, 3]]}, "MS803", ["`x` is `inf`", "index 0 of"]),
    ],
)
def test_findings(tmp_path, given, code, words):
    finding = arrays(tmp_path, **given).finding()
    assert finding.code == code
    for word in words:
        assert word in finding.message


def test_text_is_no_number(tmp_path):
    finding = arrays(tmp_path, "features: {x: {type: number}}", x=np.array(["a", "b"])).finding()
    assert (finding.code, finding.path) == ("MS803", "data.features.x")
    assert "`x` is `a`, not a number, at indices 0 and 1" in finding.message


def test_numbers_as_text_are_read_as_in_other_files(tmp_path):
    x = np.array(["5%", "NA", "12%", "0%"])
    features = "features: {x: {type: number, format: percent, missing: mean}}"
    splits = arrays(tmp_path, features, inputs={"x": [1]}, x=x, y=np.zeros(4)).load()[0]
    assert splits is not None
    assert splits.train.inputs["x"].ravel() == pytest.approx([0.05, 0.17 / 3, 0.12, 0])


def test_arrays_of_text_are_no_numbers_and_cannot_be_filled(tmp_path):
    features = "features: {x: {type: number, missing: mean}}"
    world = arrays(tmp_path, features, x=np.array([["a"] * 3] * 2), y=np.zeros(2))
    assert world.finding().code == "MS803"


def test_row_counts_that_differ(tmp_path):
    world = arrays(tmp_path, outputs={"y": ([1], "mse")}, x=np.zeros((3, 3)), y=np.zeros(4))
    finding = world.finding()
    assert finding.code == "MS804"
    assert "`x` has 3, `y` has 4" in finding.message


@pytest.mark.parametrize(
    "content",
    [b"PK\x03\x04 no zip", b"nonsense", b"\x80\x04pickle", b"\x93NUMPY\x01\0"],
    ids=["zip", "text", "pickle", "npy"],
)
def test_files_that_are_no_npz(tmp_path, content):
    (tmp_path / "a.npz").write_bytes(content)
    finding = world(tmp_path, "file: a.npz", {"x": [3]}, {}).finding()
    assert finding.code == "MS801"
    assert "cannot be read as NPZ" in finding.message or "single NumPy array" in finding.message


def test_a_single_array_is_no_npz(tmp_path):
    with open(tmp_path / "a.npz", "wb") as file:
        np.save(file, np.zeros(3))
    assert "numpy.savez" in world(tmp_path, "file: a.npz", {"x": [3]}, {}).finding().help


@pytest.mark.parametrize("keep", [0.3, 0.6, 0.95])
def test_truncated_and_flipped_files(tmp_path, keep):
    np.savez_compressed(tmp_path / "a.npz", x=RNG.normal(size=(500, 3)))
    whole = (tmp_path / "a.npz").read_bytes()
    cut = int(len(whole) * keep)
    flipped = whole[:cut] + bytes([whole[cut] ^ 255]) + whole[cut + 1 :]
    for broken in (whole[:cut], flipped):
        (tmp_path / "a.npz").write_bytes(broken)
        splits, found = world(tmp_path, "file: a.npz", {"x": [3]}, {}).load()
        assert (splits is None) == bool(found)
        assert [d.code for d in found] in (["MS801"], [])
