import numpy as np
from sklearn.metrics import precision_recall_fscore_support

from modelspec.report.classes import MOST_PAIRS, classes_drawn, labels_drawn, worst_pairs
from modelspec.report.contents import Classes, Labels, Scores
from tests.report.pages import part, texts

PAIRS = {(0, 0): 8, (0, 1): 2, (1, 1): 1000, (2, 0): 5, (2, 1): 5}


def test_every_cell_of_a_confusion_matrix() -> None:
    found = part(classes_drawn(Classes(["a", "b", "c"], PAIRS)))
    head, *rows = [["".join(cell.itertext()) for cell in row] for row in found.iter("tr")]
    assert head == ["predicted →true ↓", "a", "b", "c", "recall %"]
    assert rows == [
        ["a", "8", "2", "", "80"],
        ["b", "", "1,000", "", "100"],
        ["c", "5", "5", "", "0"],
        ["precision %", "62", "99", "–", ""],
    ]
    assert "98.8 % right: 1,008 of 1,020" in "".join(found.itertext())
    assert texts(found, "li") == ["c taken for a5 of 10 times", "c taken for b5 of 10 times",
                                  "a taken for b2 of 10 times"]  # fmt: skip


def test_classes_that_nowhere_occur_are_left_out() -> None:
    names = [f"word{n}" for n in range(500)]
    found = part(classes_drawn(Classes(names, {(7, 7): 3, (7, 400): 1})))
    assert texts(found, "th")[:2] == ["word7", "word400"]
    assert "498 classes in none of these rows, nor ever predicted" in texts(found, "p")


def test_of_many_classes_the_most_confused_pairs_are_shown() -> None:
    pairs = {(n, n): 5 for n in range(40)} | {(n, (n + 1) % 40): n for n in range(40)}
    found = part(classes_drawn(Classes([str(n) for n in range(40)], pairs)))
    assert list(found.iter("table")) == []
    assert len(texts(found, "li")) == MOST_PAIRS
    assert texts(found, "li")[0] == "39 taken for 039 of 44 times"


def test_nothing_confused_and_nothing_at_all() -> None:
    perfect = part(classes_drawn(Classes(["a", "b", "c"], {(0, 0): 1, (1, 1): 1, (2, 2): 1})))
    assert "No class was taken for another." in texts(perfect, "p")
    assert "nothing right: 0 of 0" in "".join(part(classes_drawn(Classes("abc", {}))).itertext())


def test_the_worst_pairs_come_first() -> None:
    assert list(worst_pairs(Classes("abc", PAIRS), 2)) == [(2, 0, 5), (2, 1, 5)]


def test_labels_are_measured_as_scikit_learn_does() -> None:
    generator = np.random.default_rng(0)
    true, said = generator.integers(0, 2, (2, 50, 3))
    counts = [
        (int(t.sum()), int(s.sum()), int((t & s).sum()))
        for t, s in zip(true.T, said.T, strict=True)
    ]
    found = part(labels_drawn(Labels(["x", "y", "z"], counts)))
    cells = [[cell.text or "" for cell in row.iter("td")] for row in found.iter("tr")][1:]
    precision, recall, f1, support = precision_recall_fscore_support(true, said)
    for row, p, r, f, n in zip(cells, precision, recall, f1, support, strict=True):
        assert row[0] == str(n)
        assert row[2:4] == [f"{100 * each:.1f}".removesuffix(".0") + " %" for each in (p, r)]
        assert row[4] == f"{f:.4g}"


def test_predictions_that_are_nan_are_counted_apart() -> None:
    found = part(classes_drawn(Classes(["a", "b"], {(0, 0): 2}, undefined=3)))
    assert "3 predictions left out: NaN" in texts(found, "p")
    labels = part(labels_drawn(Labels(["a"], [(1, 1, 1)], undefined=1)))
    assert "1 prediction left out: NaN" in texts(labels, "p")


def test_of_many_classes_it_is_told_whether_the_right_one_is_near() -> None:
    names = [str(n) for n in range(11)]
    values = np.tile(np.arange(11.0), (4, 1)) / 55
    scores = Scores(np.array([10, 6, 5, 0]), values, True, 4)
    found = part(classes_drawn(Classes(names, {(0, 10): 1}, scores)))
    assert "among the first 5: 50 %" in texts(found, "p")
