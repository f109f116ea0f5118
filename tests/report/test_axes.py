import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.report.axes import axis_of, tick_text

VALUES = st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=1, max_size=5)


@given(VALUES, st.booleans())
def test_all_values_and_few_round_ticks_lie_on_an_axis(values: list[float], log: bool) -> None:
    axis = axis_of(values, 200, 10, may_be_log=log)
    places = [axis.at(value) for value in values]
    assert all(9.99 <= place <= 200.01 for place in places)
    ticks = axis.ticks()
    assert len(ticks) <= 8
    assert all(9.9 <= axis.at(tick) <= 200.1 for tick in ticks)
    assert ticks == sorted(set(ticks))
    assert sorted(places, reverse=True) == [axis.at(value) for value in sorted(values)]


@given(st.floats(1e-9, 1e9), st.floats(51, 1e9))
def test_values_of_many_magnitudes_lie_on_a_logarithmic_axis(low: float, factor: float) -> None:
    axis = axis_of([low, low * factor], 0, 100, may_be_log=True)
    assert axis.logarithmic
    assert 1 <= len(axis.ticks()) <= 7
    middle = axis.at(low * factor**0.5)
    assert middle == pytest.approx((axis.at(low) + axis.at(low * factor)) / 2)


def test_not_where_a_value_is_not_positive() -> None:
    assert not axis_of([0.0, 1e6], 0, 100, may_be_log=True).logarithmic


def test_ticks_are_round() -> None:
    assert axis_of([0.02, 0.98], 0, 100).ticks() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert [tick_text(v) for v in (0.30000000000000004, 20000, 3e6, 4e9, 0, 1e-5)] == [
        "0.3", "20k", "3M", "4G", "0", "1e-05",
    ]  # fmt: skip
