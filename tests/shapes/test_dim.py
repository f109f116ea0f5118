"""Symbolic sizes against plain integers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.shapes import (
    UNKNOWN,
    Expr,
    ceil_div,
    evaluate,
    product,
    range_of_equality,
    same,
    smallest,
    symbol,
    total,
)
from modelspec.shapes.number import factor_text, number_text

SIZES = st.fixed_dictionaries({"T": st.integers(0, 500), "U": st.integers(0, 500)})
FROM_ONE = st.fixed_dictionaries({"T": st.integers(1, 40), "U": st.integers(1, 40)})


def expressions() -> Any:
    """Python source over `T` and `U`: evaluated on symbols and on integers, it must agree."""
    leaves = st.one_of(st.sampled_from(["T", "U"]), st.integers(0, 40).map(str))

    def extend(inner: Any) -> Any:
        positive = st.integers(1, 12)
        return st.one_of(
            st.builds("({} + {})".format, inner, inner),
            st.builds("({} - {})".format, inner, inner),
            st.builds("({} * {})".format, inner, inner),
            st.builds("({} // {})".format, inner, positive),
            st.builds("(-{})".format, inner),
        )

    return st.recursive(leaves, extend, max_leaves=8)


def on_symbols(source: str) -> Any:
    return eval(source, {"T": symbol("T"), "U": symbol("U")})


def on_numbers(source: str, sizes: dict[str, int]) -> int:
    return int(eval(source, dict(sizes)))


@given(expressions(), SIZES)
def test_symbolic_arithmetic_is_integer_arithmetic(source: str, sizes: dict[str, int]) -> None:
    assert evaluate(on_symbols(source), sizes) == on_numbers(source, sizes)


@given(expressions(), SIZES)
def test_the_text_of_a_size_says_what_it_is(source: str, sizes: dict[str, int]) -> None:
    assert on_numbers(str(on_symbols(source)), sizes) == on_numbers(source, sizes)


@given(expressions(), expressions(), FROM_ONE)
def test_sizes_known_to_be_equal_or_to_differ_are_so(
    left: str, right: str, sizes: dict[str, int]
) -> None:
    known = same(on_symbols(left), on_symbols(right))
    if known is not None:
        assert known == (on_numbers(left, sizes) == on_numbers(right, sizes))


@given(expressions(), st.integers(0, 60))
def test_the_range_of_equality_is_where_sizes_are_equal(left: str, right: int) -> None:
    size = on_symbols(left)
    found = range_of_equality(size, right)
    if found is None:
        return
    name, least, most = found
    for tried in range(1, 41):
        inside = least <= tried and (most is None or tried <= most)
        assert inside == (size.evaluate({name: tried}) == right)


@given(expressions(), expressions())
def test_equal_sizes_have_equal_hashes(left: str, right: str) -> None:
    one, other = on_symbols(f"{left} + {right}"), on_symbols(f"{right} + {left}")
    assert one == other
    assert hash(one) == hash(other)
    assert same(one, other)


@given(st.integers(0, 40), st.integers(1, 9), st.integers(0, 40), st.integers(1, 9))
def test_a_floor_of_a_floor_is_one_floor(a: int, m: int, b: int, n: int) -> None:
    t = symbol("T")
    nested = ((t - a) // m + b) // n
    flat = (t - a + b * m) // (m * n)
    assert nested == flat


def test_equal_lengths_written_differently_are_equal() -> None:
    t = symbol("T")
    assert ((t - 4) - 5) // 5 + 1 == (t - 4) // 5
    assert str((t - 4) // 5) == "(T-4)//5"
    assert str(t - 4) == "T-4"
    assert str(t // 2) == "T//2"


@given(st.integers(-1000, 1000), st.integers(1, 50))
def test_floor_and_ceiling_of_numbers(size: int, divisor: int) -> None:
    down, up = size // divisor, ceil_div(size, divisor)
    assert down * divisor <= size < (down + 1) * divisor  # type: ignore[operator]
    assert (up - 1) * divisor < size <= up * divisor  # type: ignore[operator]


@given(
    st.integers(0, 60), st.integers(1, 9), st.integers(0, 30), st.integers(1, 4), st.integers(1, 5)
)
def test_the_smallest_size_is_the_first_that_is_enough(
    minus: int, divisor: int, other: int, factor: int, at_least: int
) -> None:
    size = ((symbol("T") * factor - minus) // divisor) - other
    assert isinstance(size, Expr)
    found = smallest(size, at_least)
    first = next(t for t in range(1, 10_000) if size.evaluate({"T": t}) >= at_least)
    assert found == first


def test_what_never_gets_there_has_no_smallest_size() -> None:
    t = symbol("T")
    assert smallest(t - t * 2) is None
    assert smallest(t + symbol("U")) is None


@pytest.mark.parametrize("source", ["T + U", "T * U", "U - T", "T // 3", "-T", "4 + T", "4 * T"])
def test_nothing_is_known_of_what_is_made_of_the_unknown(source: str) -> None:
    assert eval(source, {"T": UNKNOWN, "U": symbol("U")}) is UNKNOWN


def test_a_missing_symbol_leaves_a_size_open() -> None:
    assert evaluate(symbol("T") + 1, {"U": 3}) is None
    assert evaluate(UNKNOWN, {"T": 3}) is None
    assert same(UNKNOWN, 3) is None
    assert same(symbol("T"), symbol("U")) is None
    assert product([]) == 1
    assert product([2, symbol("T"), 3]) == symbol("T") * 6


NUMBERS = st.one_of(
    st.integers(0, 2**70),
    st.builds(
        lambda twos, threes, sevens, by: 2**twos * 3**threes * 7**sevens + by,
        st.integers(40, 300),
        st.integers(0, 60),
        st.integers(0, 3),
        st.integers(-20, 20),
    ),
)


@given(NUMBERS)
def test_a_large_number_is_written_as_what_it_is(number: int) -> None:
    assert eval(number_text(number)) == number
    assert eval(f"-{factor_text(number)}*3") == -number * 3
    assert eval(f"{10**90}//{factor_text(number + 1)}") == 10**90 // (number + 1)


def test_powers_and_what_is_next_to_them_are_short() -> None:
    assert number_text(2**20_000 - 1) == "2**20000-1"
    assert factor_text(7 * 3**400) == "(3**400*7)"


@given(st.lists(st.tuples(st.integers(1, 7), st.integers(1, 9), st.booleans()), max_size=80), SIZES)
def test_a_length_that_was_divided_often_is_what_it_is(
    steps: list[tuple[int, int, bool]], sizes: dict[str, int]
) -> None:
    size: Any = symbol("T")
    number = sizes["T"]
    for step, more, up in steps:
        size = ceil_div(size, step) if up else (size + more) // step
        number = -(-number // step) if up else (number + more) // step
    assert evaluate(size, sizes) == number
    assert on_numbers(str(size), sizes) == number


@given(st.lists(expressions(), max_size=5), SIZES)
def test_a_sum_of_sizes_is_the_sum(sources: list[str], sizes: dict[str, int]) -> None:
    size = total(map(on_symbols, sources))
    assert size == sum(map(on_symbols, sources))
    assert evaluate(size, sizes) == sum(on_numbers(each, sizes) for each in sources)


def test_lengths_that_were_halved_have_hashes_of_their_own() -> None:
    sizes = [ceil_div(symbol("T"), 1 << times) for times in range(300)]
    assert len({hash(size) for size in sizes}) == 300
