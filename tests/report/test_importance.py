from math import nan

from modelspec.report.contents import ColumnImportance, Importance
from modelspec.report.importance import MOST_COLUMNS, importance_drawn
from tests.report.pages import part, texts


def drawn(*columns: ColumnImportance, left_out: list[str] | None = None):
    return part(importance_drawn(Importance("accuracy", 0.9, "on 9 rows", columns, left_out or [])))


def test_a_bar_as_long_as_what_a_column_is_worth() -> None:
    found = drawn(
        ColumnImportance("age", 0.5, 0.0, 5),
        ColumnImportance("name", 0.25, 0.0, 5),
        ColumnImportance("zero", 0.0, 0.0, 5),
    )
    widths = [float(each.get("width") or 0) for each in found.iter("rect")]
    assert widths == [300, 150, 0.5]
    assert texts(found, "span")[:2] == ["age", "0.5 ± 0"]
    assert "accuracy (0.9) gets worse" in texts(found, "p")[0]


def test_what_makes_it_better_points_the_other_way() -> None:
    found = drawn(ColumnImportance("a", 0.5, 0.25, 5), ColumnImportance("b", -0.25, 0.0, 5))
    first, second = found.iter("rect")
    assert first.get("x") == second.get("x") or float(second.get("x") or 0) == 0
    assert (first.get("class"), second.get("class")) == ("bar", "bar below")
    assert float(second.get("x") or 0) + float(second.get("width") or 0) == float(
        first.get("x") or 0
    )


def test_what_is_shown_is_bounded_and_what_is_left_out_is_said() -> None:
    many = [ColumnImportance(f"c{n}", 1 / (n + 1), 0.0, 5) for n in range(100)]
    found = drawn(*many, ColumnImportance("bad", nan, nan, 5), left_out=[f"d{n}" for n in range(9)])
    assert len(list(found.iter("rect"))) == MOST_COLUMNS
    assert texts(found, "p")[1:] == [
        "of 1 column it is no finite number",
        "and 60 more columns in importance.json",
        "no time was left for 9 columns: d0, d1, d2, d3, d4, d5, d6, d7, …",
    ]
    assert list(drawn(left_out=["a"]).iter("rect")) == []
