"""Scalars by the core schema of YAML 1.2, and what readers of 1.1 make of them."""

import json
import math

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from modelspec.source.scalars import SUSPECT_START, other_reading, resolve


# The examples of the YAML 1.2.2 specification, chapter 10.3.2, and their edges.
@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("true", True),
        ("False", False),
        ("FALSE", False),
        ("0", 0),
        ("0o7", 7),
        ("0x3A", 58),
        ("-19", -19),
        ("010", 10),
        ("0.", 0.0),
        ("-0.0", -0.0),
        (".5", 0.5),
        ("+12e03", 12000.0),
        ("-2E+05", -200000.0),
        ("1e-3", 0.001),
        (".inf", math.inf),
        ("-.Inf", -math.inf),
        ("+.INF", math.inf),
    ],
)
def test_core_schema(text: str, value: object) -> None:
    read = resolve(text)
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize("text", [".nan", ".NaN", ".NAN"])
def test_nan(text: str) -> None:
    assert math.isnan(resolve(text))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    "on off yes No y 12:30 1_000 0b101 2024-01-31 1.2.3 - + . .. e3 0x 0o8 tRue NuLL .Nan -.nan"
    " 1e 1e+ --1 +-1 0o-7 Infinity nan \u0664".split(" "),
)
def test_everything_else_is_text(text: str) -> None:
    assert resolve(text) == text


def test_a_number_of_a_million_digits_is_text_and_quick() -> None:
    assert resolve("9" * 1_000_000) == "9" * 1_000_000


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**30), 10**30))
def test_json_numbers(number: float) -> None:
    assert resolve(json.dumps(number)) == number


@given(st.text(alphabet="0123456789_:.+-xobeEyntrufalsTOFNio", max_size=8))
@example("0_")
@example("0_0")
@example("0b_")
@example("0x_")
@example("0x_a")
@example("-0x1")
@example("1_0.5")
@example("-0_.5")
@example(".5_")
@example("1_0.5e+1")
def test_other_readings_are_those_of_a_reader_of_1_1(text: str) -> None:
    """Against PyYAML, a reader of 1.1 (which takes floats to need a dot and a sign)."""
    try:
        theirs = yaml.safe_load(f"- {text}\n")[0]
    except (yaml.YAMLError, ValueError, TypeError):
        theirs = None
    other = other_reading(text)
    if other is None and isinstance(theirs, int | float) and theirs == theirs:
        assert resolve(text) == theirs


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        ("no", "false"),
        ("On", "true"),
        ("12:30", "750"),
        ("1:30.5", "90.5"),
        ("-1:30", "-90"),
        ("010", "8"),
        ("1_000", "1000"),
        ("0b11", "3"),
        ("2024-01-31", "a date"),
        ("0o17", "text"),
        ("0_", "0"),
        ("-0x1F", "-31"),
        ("0x_1f", "31"),
        ("1_0.5", "10.5"),
        (".5_", "0.5"),
    ],
)
def test_other_reading(text: str, theirs: str) -> None:
    assert other_reading(text) == theirs


@pytest.mark.parametrize(
    "text",
    ["relu", "1e-3", "0", "00", "07", "n", "y", "12", "a:b", "x->y", "0b_", "0x_", "0x1f", "._5"],
)
def test_no_other_reading(text: str) -> None:
    assert other_reading(text) is None


@given(st.text(max_size=5))
def test_only_suspect_starts_matter(text: str) -> None:
    if text[:1] not in SUSPECT_START:
        assert resolve(text) == text
        assert other_reading(text) is None
