"""Scales: as scikit-learn has them, fitted in float64, undone by decode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import preprocessing

from modelspec.data import encode_file
from modelspec.data.features import statistics
from modelspec.data.features.normal_distribution import quantile, share
from modelspec.data.features.scaling import Fitted, Scaling, fit_scaling
from modelspec.data.features.statistics import moments
from modelspec.diagnostics import Report
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ["standard", "minmax", "robust", "quantile", "log1p"]
RNG = np.random.default_rng(3)


@pytest.fixture(autouse=True)
def drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test draws does not hang on which tests ran before it."""
    monkeypatch.setitem(globals(), "RNG", np.random.default_rng(3))


def fitted(values: np.ndarray, kind: str, pieces: int = 1) -> Scaling:
    """The scale of a column, whose rows come in so many pieces."""

    def rows():
        return (([part], None) for part in np.array_split(values, pieces))

    found = fit_scaling(rows, 1, kind)
    return Scaling((kind,), np.array(found.offset), np.array(found.scale), found.quantiles, ())


def columns() -> dict[str, np.ndarray]:
    return {
        "plain": RNG.normal(3, 5, 1500),
        "few": RNG.normal(size=7),
        "one": np.array([4.0]),
        "ties": RNG.integers(0, 5, 900).astype(float),
        "constant": np.full(40, 0.1),
        "epoch": 1.7e9 + RNG.uniform(0, 3e7, 2500),
        "heavy": np.exp(RNG.normal(0, 3, 1200)),
        "nearly constant": np.where(np.arange(200) == 3, 1.0, 0.0),
    }


@pytest.mark.parametrize("name", columns())
@pytest.mark.parametrize("kind", KINDS)
def test_as_scikit_learn_has_it(name: str, kind: str) -> None:
    values = columns()[name]
    values = np.abs(values) if kind == "log1p" else values
    cells = (np.log1p(values) if kind == "log1p" else values)[:, None]
    scaler = {
        "standard": preprocessing.StandardScaler,
        "log1p": preprocessing.StandardScaler,
        "minmax": preprocessing.MinMaxScaler,
        "robust": preprocessing.RobustScaler,
        "quantile": lambda: preprocessing.QuantileTransformer(
            n_quantiles=min(1000, len(values)), output_distribution="normal", subsample=None
        ),
    }[kind]()
    expected = scaler.fit_transform(cells)[:, 0]
    found = fitted(values, kind).scaled(values[:, None])[:, 0]
    if name in ("constant", "one"):
        assert (found == 0).all()
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("kind", KINDS)
def test_pieces_make_no_difference(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statistics, "_BLOCK_CELLS", 64)
    values = np.abs(RNG.normal(1e6, 1e3, 1000))
    whole = fitted(values, kind)
    for pieces in (2, 7, 100):
        assert repr(fitted(values, kind, pieces)) == repr(whole)


def test_few_numbers_are_sorted_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = [RNG.normal(size=300) for _ in range(5)]
    normalize = ("robust", "quantile", "none", "log1p", "minmax")
    arrays[3] = np.abs(arrays[3])

    def rows():
        return iter([(arrays, np.arange(0, 300, 2))])

    found = fit_scaling(rows, 1, normalize)
    monkeypatch.setattr(statistics, "_KEPT_CELLS", 10)
    assert fit_scaling(rows, 1, normalize) == found
    assert found.offset[0] == np.median(arrays[0][::2])
    assert (found.offset[2], found.scale[2]) == (0, 1)
    assert [len(each) for each in found.quantiles] == [0, 150, 0, 0, 0]


def test_large_offsets_take_no_precision_away() -> None:
    small = RNG.normal(size=100_000)
    for offset in (1e9, 1e12):
        values = small + offset
        exact = np.longdouble(values)
        found = moments(lambda: iter([([values], None)]), 1)  # noqa: B023
        spread = float(exact.std())
        assert abs(found.mean[0] - float(exact.mean())) <= 1.2e-16 * offset
        assert found.deviation[0] == pytest.approx(spread, rel=1e-9 * offset / 1e9)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-0.999, 1e6, allow_subnormal=False), min_size=2, max_size=60),
    st.sampled_from(KINDS),
)
def test_restored_undoes_scaled(values: list[float], kind: str) -> None:
    array = np.array(values)
    scaling = fitted(array, kind)
    restored = scaling.restored(scaling.scaled(array[:, None]))[:, 0]
    size = np.abs(array).max() + np.ptp(array) + 1
    assert (np.abs(restored - array) <= 1e-9 * size * (1e3 if kind == "quantile" else 1)).all()


def test_the_normal_distribution() -> None:
    shares = np.array([1e-300, 1e-20, 1e-7, 0.02, 0.3, 0.5, 0.9, 1 - 1e-7])
    numbers = quantile(shares)
    np.testing.assert_allclose(share(numbers), shares, rtol=1e-12)
    assert quantile(np.array([0.975]))[0] == pytest.approx(1.959963984540054, rel=1e-15)
    assert quantile(np.array([0.0, 0.5, 1.0])).tolist() == [-np.inf, 0, np.inf]


def test_quantiles_beyond_the_training_rows() -> None:
    scaling = fitted(np.arange(100.0), "quantile")
    low, middle, high = scaling.scaled(np.array([[-1e9], [49.5], [1e9]]))[:, 0]
    assert (low, high) == pytest.approx((-5.199337582605575, 5.199337582605575), rel=1e-9)
    assert middle == pytest.approx(0, abs=1e-12)
    restored = scaling.restored(np.array([[-9.0], [9.0]]))[:, 0]
    assert restored == pytest.approx([0, 99], abs=1e-12)


def test_clipped_numbers_are_told() -> None:
    scaling = Scaling(("none",), np.array([]), np.array([]), (), (-1.0, 2.0))
    values, outside = scaling.clipped(np.array([-3.0, 0.0, 2.0, 5.0]))
    assert values.tolist() == [-1, 0, 2, 2]
    assert outside is not None
    assert outside.tolist() == [True, False, False, True]
    assert Fitted((), ()).quantiles == ()


def table(folder: Path, feature: str, text: str, dims: int = 1, output: str = "") -> World:
    (folder / "t.csv").write_text(text)
    section = f"file: t.csv\nfeatures:\n  {output or 'x'}: {{{feature}}}"
    outputs = {output: ([dims], "mse")} if output else {}
    return world(folder, section, {"x": [1 if output else dims]}, outputs)


def test_seconds_since_1970_keep_all_their_digits(tmp_path: Path) -> None:
    times = 1582851600 + 3600 * RNG.permutation(900)
    text = "x\n" + "\n".join(map(str, times)) + "\n"
    found = table(tmp_path, "normalize: standard", text).splits()
    exact = (times - times.mean()) / times.std()
    seconds = (found.train.inputs["x"][:, 0] - exact) * times.std()
    assert np.abs(seconds).max() < 0.2
    assert len(np.unique(found.train.inputs["x"])) == 900


def test_seconds_since_1970_are_predicted_to_the_second(tmp_path: Path) -> None:
    times = 1582851600 + 3600 * RNG.permutation(900)
    text = "x,y\n" + "".join(f"{n},{time}\n" for n, time in enumerate(times))
    found = table(tmp_path, "normalize: standard", text, output="y").splits()
    decoded = found.preprocessing.decode("y", found.train.targets["y"])["y"]
    assert np.abs(decoded - times).max() < 0.2


def test_each_column_has_its_own_scale(tmp_path: Path) -> None:
    text = "a,b,c\n0,5,7\n1,6,8\n9,7,30\n"
    feature = "columns: [a, b, c], normalize: {a: log1p, b: minmax}"
    found = table(tmp_path, feature, text, 3).splits()
    values = found.train.inputs["x"]
    assert values[:, 1].tolist() == [0, 0.5, 1]
    assert values[:, 2].tolist() == [7, 8, 30]
    assert values[:, 0].mean() == pytest.approx(0, abs=1e-6)
    decoded = found.preprocessing.decode("x", values)["x"].values
    np.testing.assert_allclose(decoded[:, 0], [0, 1, 9], atol=1e-5)


def test_a_target_in_any_scale_comes_back(tmp_path: Path) -> None:
    prices = np.round(np.exp(RNG.normal(10, 1, 50)), 2)
    text = "x,y\n" + "".join(f"{n},{price}\n" for n, price in enumerate(prices))
    for kind in KINDS:
        found = table(tmp_path, f"normalize: {kind}, clip: 1000", text, output="y").splits()
        decoded = found.preprocessing.decode("y", found.train.targets["y"])["y"]
        np.testing.assert_allclose(decoded, prices, rtol=2e-3 if kind == "quantile" else 1e-5)


def test_what_has_no_logarithm_is_said(tmp_path: Path) -> None:
    finding = table(tmp_path, "normalize: log1p", "x\n1\n-1\n-3\n").finding()
    assert "`x` is `-1`, and `log1p` takes numbers above -1 at lines 3 and 4" in finding.message
    assert "robust" in finding.help


def test_what_scaling_takes_out_of_range_is_said(tmp_path: Path) -> None:
    spec = table(tmp_path, "normalize: standard", "x\n1\n2\n")
    kept = spec.splits().preprocessing
    (tmp_path / "t.csv").write_text("x\n1\n1e300\n")
    report = Report()
    file = tmp_path / "t.csv"
    assert encode_file(kept, None, spec.graph, file, report, targets=False) is None
    (finding,) = report
    assert (finding.code, finding.span.line) == ("MS803", 3)
    assert "clip" in finding.help


def test_infinity_among_integers_is_said(tmp_path: Path) -> None:
    for normalize in ("none", "standard", "quantile"):
        finding = table(tmp_path, f"normalize: {normalize}", "x\n1\ninf\n3\n").finding()
        assert finding.code == "MS803"
        assert "`x` is `inf`, not a finite" in finding.message
        assert "line 3" in finding.message


def test_numbers_that_half_precision_cannot_hold_may_be_scaled(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("x\n1700000000\n1700000010\n")
    section = "file: t.csv\nfeatures: {x: {normalize: minmax}}"
    found = world(tmp_path, section, {"x": ([1], "float16")}, {}).splits()
    assert found.train.inputs["x"][:, 0].tolist() == [0, 1]


def test_sequences_are_scaled_and_clipped_as_numbers_are(tmp_path: Path) -> None:
    text = "x\n1 2 3\n4 5\n100 0 6\n"
    found = table(tmp_path, "type: sequence, normalize: robust, clip: [-1, 2]", text, 3).splits()
    steps = np.array([1, 2, 3, 4, 5, 100, 0, 6.0])
    low, high = np.percentile(steps, [25, 75])
    expected = np.clip((steps - np.median(steps)) / (high - low), -1, 2)
    values = found.train.inputs["x"]
    np.testing.assert_allclose(values[0], expected[:3], rtol=1e-6)
    np.testing.assert_allclose(values[1], [*expected[3:5], 0], rtol=1e-6)
    (line,) = found.counts["train"].lines()
    assert line == (
        "x: 1 of 3 values was not within -1 to 2, and is set to the nearer end (first at line 4)"
    )
