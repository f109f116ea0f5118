import pytest

from modelspec.report.numbers import counted, exact, percent, short


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.98123, "0.9812"),
        (12.3456, "12.35"),
        (12345.6, "12,346"),
        (1.25e-5, "1.25e-05"),
        (3, "3"),
        (0.0, "0"),
        (1e9, "1e+09"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert short(value) == text


def test_a_short_number_is_told_in_full() -> None:
    assert exact(1 / 3) == '<span title="0.3333333333333333" class="number">0.3333</span>'


def test_shares_and_counts() -> None:
    assert (percent(2, 3), percent(1, 1), percent(1, 0)) == ("66.7 %", "100 %", "")
    assert counted(1, "row") == "1 row"
    assert counted(2000, "class", "classes") == "2,000 classes"
