"""Inputs whose shapes a spec leaves to its `data` section."""

import pytest

from modelspec.language.render_spec import render_spec
from modelspec.shapes import symbol
from tests.language.reading import clean, finding, fixed

BODY = "{inputs}\nlayers: {{a: Flatten}}\nedges: [x -> a]\noutputs: [a]\n"
DATA = "data: {{file: t.csv, features: {{x: {feature}}}}}\n"


def spec(feature: str, inputs: str = "inputs: [x]") -> str:
    return BODY.format(inputs=inputs) + DATA.format(feature=feature)


STEPS = symbol("x_steps")


@pytest.mark.parametrize(
    ("feature", "shape", "dtype"),
    [
        ("{columns: [p, q]}", (2,), "float32"),
        ("{type: number}", (1,), "float32"),
        ("{normalize: standard}", (1,), "float32"),
        ("{columns: [p, q], missing: mean, indicator: true}", (4,), "float32"),
        ("{columns: [p, q], missing: {p: mean}, indicator: true}", (3,), "float32"),
        ("{classes: [red, green, blue]}", (3,), "float32"),
        ("{classes: [red, green], unknown: other}", (3,), "float32"),
        ("{classes: [red, green], missing: mode, indicator: true}", (3,), "float32"),
        ("{type: category, size: 7}", (7,), "float32"),
        ("{type: category, size: 7, unknown: ignore}", (7,), "float32"),
        ("{type: category, most_common: 7, unknown: other}", (8,), "float32"),
        ("{type: category, columns: [p, q], size: 7}", (7,), "float32"),
        ("{type: category, columns: [p, q], size: {p: 3, q: 2}}", (5,), "float32"),
        ("{type: category, columns: [p, q], classes: {p: [a, b]}, size: {q: 2}}", (4,), "float32"),
        ("{type: category, encode: index}", (), "int64"),
        ("{type: category, columns: [p, q], encode: index}", (2,), "int64"),
        ("{type: date}", (4,), "float32"),
        ("{type: date, parts: [year, month], cyclic: true}", (3,), "float32"),
        ("{type: date, missing: mean, indicator: true}", (5,), "float32"),
        ("{type: image, size: [8, 9]}", (8, 9, 3), "float32"),
        ("{type: image, size: [8, 9], channels: 1}", (8, 9, 1), "float32"),
        ("{type: text}", (STEPS,), "int64"),
        ("{type: text, length: 20}", (20,), "int64"),
        ("{type: sequence}", (STEPS, 1), "float32"),
        ("{type: sequence, length: 20}", (20, 1), "float32"),
    ],
)
def test_the_shape_is_that_of_the_feature(
    feature: str, shape: tuple[object, ...], dtype: str
) -> None:
    for inputs in ("inputs: [x]", "inputs: {x: null}", "inputs: {x: {description: what it is}}"):
        given = clean(spec(feature, inputs)).model.inputs["x"]
        assert (given.shape, given.dtype) == (shape, dtype)


def test_a_dtype_says_how_a_category_is_encoded() -> None:
    given = clean(spec("{type: category}", "inputs: {x: {dtype: int32}}")).model.inputs["x"]
    assert (given.shape, given.dtype) == ((), "int32")


def test_what_the_spec_declares_stays() -> None:
    given = clean(spec("{columns: [p, q]}", "inputs: {x: [T]}")).model.inputs["x"]
    assert given.shape == (symbol("T"),)


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("{type: category}", "give `data.features.x` a `classes` or a `size`"),
        ("{type: category, columns: [p, q], size: {p: 3}}", "`classes` or a `size`"),
        ("{type: image}", "a `size`"),
        ("{column: p}", "a `type`"),
        ("p", "a `type`"),
    ],
)
def test_what_the_data_does_not_say_is_missing(feature: str, words: str) -> None:
    found = finding(spec(feature, "inputs: [«x»]"))
    assert (found.code, found.message) == ("MS202", "input `x` needs `shape`")
    assert words in found.help


def test_data_that_is_not_sound_has_its_own_finding_only() -> None:
    assert finding(spec("{columns: [p], «normalise»: standard}")).code == "MS201"
    assert "normalize" in fixed(spec("{columns: [p], «normalise»: standard}"))


def test_a_rendered_spec_has_the_shape() -> None:
    text = render_spec(clean(spec("{columns: [p, q]}")))
    assert "shape: [2]" in text
    assert clean(text).model.inputs["x"].shape == (2,)
