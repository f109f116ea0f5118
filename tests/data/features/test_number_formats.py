"""Text as numbers: percentages, amounts of money, and what is neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from modelspec.data.features.number_formats import in_format
from modelspec.data.table.number_style import NumberStyle
from tests.data.worlds import World, world

if TYPE_CHECKING:
    from pathlib import Path

COMMA = NumberStyle(decimal=",", thousands=".")


def read(text: str, format: str, style: NumberStyle | None = None) -> float | None:
    return in_format(pl.Series([text]), style or NumberStyle(), format)[0]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("92%", 0.92),
        ("92 %", 0.92),
        ("-5.5%", -0.055),
        ("+3%", 0.03),
        ("0%", 0.0),
        ("92", None),
        ("0.92", None),
        ("%", None),
        ("9%2", None),
        ("92%%", None),
        ("five%", None),
    ],
)
def test_percentages(text: str, number: float | None) -> None:
    assert read(text, "percent") == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("$68,898.00", 68898.0),
        ("$ 12", 12.0),
        ("12 EUR", 12.0),
        ("EUR 12", 12.0),
        ("1,234,567.5 USD", 1234567.5),
        ("€3.50", 3.5),
        ("3.50€", 3.5),
        ("£-3", -3.0),
        ("-£3", -3.0),
        ("(£3.00)", -3.0),
        ("3.00-", -3.0),
        ("R$ 5", 5.0),
        ("5 kr", 5.0),
        ("1200", 1200.0),
        ("-7.25", -7.25),
        ("$", None),
        ("$1,2", None),
        ("(-3)", None),
        ("-3-", None),
        ("about 5", None),
        ("5 apples", None),
        ("12%", None),
    ],
)
def test_amounts_of_money(text: str, number: float | None) -> None:
    assert read(text, "currency") == number


def test_amounts_in_the_style_of_the_file() -> None:
    assert read("1.200,50 €", "currency", COMMA) == 1200.5
    assert read("€ 1.200", "currency", NumberStyle(decimal=",")) == 1200
    assert read("12,5 %", "percent", COMMA) == 0.125
    assert read("1.5%", "percent", COMMA) is None


def table(folder: Path, feature: str, text: str) -> World:
    (folder / "t.csv").write_text(text)
    section = f"file: t.csv\nfeatures: {{x: {{{feature}}}}}"
    return world(folder, section, {"x": [1]}, {})


def test_a_column_of_money(tmp_path: Path) -> None:
    text = 'x,y\n"$68,898.00",1\n-,2\n"($2)",3\n'
    found = table(tmp_path, "format: currency, missing: constant, fill: 5", text).splits()
    assert found.train.inputs["x"][:, 0].tolist() == [68898, 5, -2]


def test_a_filled_share_is_one(tmp_path: Path) -> None:
    found = table(tmp_path, "format: percent, missing: mean", "x,y\n10%,1\nNA,2\n20 %,3\n").splits()
    np.testing.assert_allclose(found.train.inputs["x"][:, 0], [0.1, 0.15, 0.2])


def test_plain_numbers_are_no_percentages(tmp_path: Path) -> None:
    finding = table(tmp_path, "format: percent", "x,y\n10%,1\n11,2\n20%,3\n").finding()
    assert "`x` is `11`, not a percentage, at line 3" in finding.message
    finding = table(tmp_path, "format: percent", "x,y\n10,1\n11,2\n").finding()
    assert "`x` is `10`, not a percentage, at lines 2 and 3" in finding.message
    assert finding.help == "remove `format: percent`"


def test_the_way_out_of_text_is_its_format(tmp_path: Path) -> None:
    text = "x,y\n10%,1\n11 %,2\n"
    assert table(tmp_path, "type: number", text).finding().help == "set `format: percent`"
    text = "x,y\n$10,1\n3,2\n$5,3\n"
    assert table(tmp_path, "type: number", text).finding().help == "set `format: currency`"
    assert table(tmp_path, "format: percent", text).finding().help == "set `format: currency`"


def test_several_currencies_are_no_one_unit(tmp_path: Path) -> None:
    finding = table(tmp_path, "format: currency", "x,y\n$5,1\n$6,2\n€7,3\n8,4\n").finding()
    assert "`x` is in `€`, and the first training row in `$`, at line 4" in finding.message
