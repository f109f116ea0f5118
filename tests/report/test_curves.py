import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from modelspec.report.curves import MOST_CHARTS, MOST_HINTS, charts, families, thinned
from tests.report.pages import HISTORY, part, texts


def test_a_chart_for_each_value_with_every_number_of_the_history() -> None:
    found = part(charts(HISTORY, 2))
    assert [each.get("aria-label") for each in found.iter("svg")] == [
        "loss by epoch",
        "a_mae by epoch",
    ]
    hints = [each for each in texts(found, "title") if each.startswith("epoch")]
    assert hints[:3] == [
        f"epoch {row['epoch']}\ntrain {row['loss']!r}\nvalidation {row['val_loss']!r}"
        for row in HISTORY
    ]
    assert texts(found, "title").count("best epoch: 2") == 2


def test_higher_is_further_up() -> None:
    found = part(charts([{"epoch": n, "auc": float(n)} for n in range(1, 6)], None))
    (line,) = [each for each in found.iter("path") if "line" in (each.get("class") or "")]
    places = [
        tuple(map(float, each)) for each in re.findall(r"([\d.]+),([\d.]+)", line.get("d", ""))
    ]
    assert places == sorted(places, key=lambda place: (place[0], -place[1]))
    assert len({y for _, y in places}) == 5


def test_what_is_no_number_is_left_out() -> None:
    rows = [{"epoch": 1, "loss": float("inf")}, {"epoch": 2, "loss": 1.0}]
    found = part(charts(rows, 2))
    assert [each for each in texts(found, "title") if "inf" in each] == []
    alone = part(charts(rows[:1], 1))
    assert "no finite value" in texts(alone, "p")


def test_values_of_each_class_share_a_chart() -> None:
    assert families(["loss", "f1_0", "f1_1", "top_5"]) == {
        "loss": ["loss"], "f1": ["f1_0", "f1_1"], "top": ["top_5"],
    }  # fmt: skip
    rows = [
        {"epoch": n, "f1_0": 0.1, "f1_1": 0.5, "val_f1_0": 0.2 * n, "val_f1_1": 0.4} for n in (1, 2)
    ]
    found = part(charts(rows, 1))
    assert texts(found, "b") == ["f1"]
    assert [each for each in texts(found, "title") if "f1" in each] == [
        "f1_0, in the end 0.4",
        "f1_1, in the end 0.4",
    ]


def test_what_a_page_holds_is_bounded() -> None:
    rows = [{"epoch": n, **{f"value{i}x": n / 7 for i in range(80)}} for n in range(1, 5)]
    found = part(charts(rows, None))
    assert len(list(found.iter("figure"))) == MOST_CHARTS
    assert "and 20 more in history.csv" in texts(found, "p")
    long = part(charts([{"epoch": n, "loss": 1 / n} for n in range(1, 5000)], None))
    assert len([each for each in long.iter("g") if each.get("class") == "hint"]) <= MOST_HINTS


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=3000), st.integers(10, 400))
def test_a_thinned_line_keeps_its_extremes(values: list[float], most: int) -> None:
    points = [(float(n), value) for n, value in enumerate(values)]
    kept = thinned(points, most)
    assert len(kept) <= most
    assert kept == sorted(set(kept))
    assert set(kept) <= set(points)
    found = np.array([value for _, value in kept])
    assert (found.min(), found.max()) == (min(values), max(values))
