"""Curves of scores, as they are drawn."""

import numpy as np
import pytest

from modelspec.report.contents import Scores
from modelspec.report.scores import MOST_CLASSES, MOST_LINES, MOST_ROWS, scores_drawn
from tests.report.pages import part, texts


def binary(rows: int) -> Scores:
    generator = np.random.default_rng(0)
    truth = generator.integers(0, 2, rows)
    said = np.clip(generator.normal(0.3 + 0.4 * truth, 0.2), 0, 1)
    return Scores(truth, said[:, None], True, rows)


def labels_of(found) -> list[str | None]:
    return [each.get("aria-label") for each in found.iter("svg")]


def test_two_classes() -> None:
    found = part(scores_drawn(["no", "yes"], binary(500)))
    assert labels_of(found) == [
        "ROC curve",
        "precision-recall curve",
        "reliability diagram",
        "how many predictions of each probability",
    ]
    facts = dict(zip(texts(found, "dt"), texts(found, "dd"), strict=True))
    assert list(facts) == ["area under ROC", "average precision", "rows of yes", "rows of no"]
    assert int(facts["rows of yes"]) + int(facts["rows of no"]) == 500
    assert "calibration, probability of yes" in texts(found, "figcaption")
    assert any(each.startswith("threshold ") for each in texts(found, "title"))


def test_a_hundred_thousand_rows_are_drawn_by_some_corners() -> None:
    markup = scores_drawn(["no", "yes"], binary(100_000))
    assert markup
    assert len(markup) < 30_000


def test_each_of_several_classes_and_their_mean() -> None:
    values = np.random.default_rng(0).dirichlet(np.ones(5), 200)
    found = part(scores_drawn(list("abcde"), Scores(np.arange(200) % 4, values, True, 200)))
    *_, table = found.iter("table")
    head = ["", "rows", "area under ROC", "average precision"]
    assert texts(table, "th") == [*head, "macro average", "a", "b", "c", "d"]
    assert "1 class without a curve: in no row, or in all" in texts(found, "p")
    assert [each.get("class") for each in found.iter("path")].count("line one") == 4 + 4 + 1
    assert ", each against the rest" in texts(found, "figcaption")[0]


@pytest.mark.parametrize("classes", [60, 1000])
def test_of_many_classes_the_worst_are_shown(classes: int) -> None:
    generator = np.random.default_rng(0)
    values = generator.dirichlet(np.ones(classes), 4 * classes).astype(np.float32)
    truth = np.arange(4 * classes) % classes
    markup = scores_drawn([f"class {n}" for n in range(classes)], Scores(truth, values, True, 4))
    found = part(markup)
    assert len([each for each in found.iter("g") if each.find("title") is not None]) == (
        2 * MOST_LINES
    )
    rows = texts(found, "tr")
    assert f"and {classes - MOST_ROWS:,} more with larger areas" in texts(found, "p")
    assert sum(row.startswith("class") for row in rows) == MOST_ROWS
    assert f"{MOST_LINES} of {classes} against the rest" in texts(found, "figcaption")[0]
    assert len(markup or "") < 150_000


def test_of_too_many_classes_only_calibration_is_drawn() -> None:
    values = np.full((3, MOST_CLASSES + 1), 1 / (MOST_CLASSES + 1))
    names = [str(n) for n in range(MOST_CLASSES + 1)]
    found = part(scores_drawn(names, Scores(np.array([0, 1, 2]), values, True, 3)))
    assert labels_of(found)[0] == "reliability diagram"
    assert "Of more than 1,000 classes no curves are drawn." in texts(found, "p")


def test_one_class_has_no_curve_but_calibration() -> None:
    found = part(scores_drawn(["no", "yes"], Scores(np.ones(1, int), np.ones((1, 1)), True, 1)))
    assert "No ROC or precision-recall curve: all rows are of one class." in texts(found, "p")
    assert labels_of(found)[0] == "reliability diagram"


def test_what_is_no_probability_is_not_calibrated() -> None:
    scores = Scores(np.array([0, 1]), np.array([[-3.0], [4.0]]), False, 2)
    assert labels_of(part(scores_drawn(["no", "yes"], scores))) == [
        "ROC curve",
        "precision-recall curve",
    ]


def test_of_how_many_rows_is_said() -> None:
    scores = Scores(np.array([0, 1]), np.array([[0.25], [0.75]]), True, 7000)
    found = part(scores_drawn(["no", "yes"], scores))
    assert "Curves from 2 of the 7,000, drawn at random." in texts(found, "p")
    assert scores_drawn(["no", "yes"], None) is None
    assert scores_drawn(["a", "b"], Scores(np.zeros(0), np.zeros((0, 2)), True, 0)) is None
