import numpy as np
import pytest
from sklearn import metrics

from modelspec.report.contents import Measures
from modelspec.report.residuals import MOST_COLUMNS, MOST_POINTS, deciles, measured, residuals_drawn
from tests.report.pages import part, texts


def drawn(truth: np.ndarray, predicted: np.ndarray, *names: str):
    return part(residuals_drawn(Measures(names, truth, predicted)))


def test_measured_as_scikit_learn_does() -> None:
    truth, noise = np.random.default_rng(0).normal(size=(2, 100))
    predicted = truth + 0.3 * noise
    assert measured(truth, predicted) == pytest.approx(
        {
            "mean absolute error": metrics.mean_absolute_error(truth, predicted),
            "root mean squared error": metrics.root_mean_squared_error(truth, predicted),
            "mean error": (predicted - truth).mean(),
            "median absolute error": metrics.median_absolute_error(truth, predicted),
            "R²": metrics.r2_score(truth, predicted),
        }
    )
    assert "R²" not in measured(np.ones(3), np.ones(3))


def test_a_cloud_and_a_histogram_for_each_column() -> None:
    truth = np.random.default_rng(0).normal(size=(40, 2))
    found = drawn(truth, truth + 1, "width", "height")
    assert texts(found, "h4") == ["width", "height"]
    assert [each.get("aria-label") for each in found.iter("svg")] == 2 * [
        "predicted against true values",
        "errors by prediction",
        "histogram of the errors",
    ]
    bars = [int(each.rpartition(": ")[2]) for each in texts(found, "title")]
    assert sum(bars) == 2 * 40


def test_what_is_drawn_is_bounded_and_what_is_measured_is_not() -> None:
    truth = np.linspace(0, 1, 20_000)[:, None]
    found = drawn(truth, truth * 0, "x")
    clouds = [each.get("d") or "" for each in found.iter("path") if each.get("class") == "cloud"]
    assert [each.count("M") for each in clouds] == [MOST_POINTS, MOST_POINTS]
    assert texts(found, "dd")[0] == "0.5"
    many = np.zeros((3, 20))
    assert len(texts(drawn(many, many, *map(str, range(20))), "h4")) == MOST_COLUMNS


def test_what_is_no_number_is_left_out() -> None:
    truth = np.array([[1.0], [np.nan], [3.0]])
    found = drawn(truth, np.array([[1.0], [2.0], [np.inf]]), "x")
    assert texts(found, "dd")[0] == "0"
    assert "no finite value" in texts(drawn(truth[1:2], truth[1:2], "x"), "p")


def test_what_is_left_out_is_said() -> None:
    truth = np.array([[1.0], [np.nan], [3.0]])
    found = drawn(truth, np.array([[1.0], [2.0], [np.inf]]), "x")
    assert texts(found, "p") == ["2 values left out: not finite"]


@pytest.mark.parametrize("rows", [1, 9, 10, 105])
def test_errors_of_each_tenth_of_the_true_values(rows: int) -> None:
    truth = np.random.default_rng(0).permutation(rows).astype(float)
    found = drawn(truth[:, None], (truth + np.where(truth < 50, 1, -3))[:, None], "x")
    cells = [["".join(cell.itertext()) for cell in row] for row in found.iter("tr")][1:]
    assert sum(int(row[1]) for row in cells) == rows
    assert len(cells) == min(rows, 10)
    assert cells[0][0].startswith("0 to ")
    assert cells[0][2:] == ["1", "1", "1"]
    if rows == 105:
        assert cells[-1][2:] == ["-3", "3", "3"]
        assert sorted(np.concatenate(deciles(truth)).tolist()) == list(range(105))
