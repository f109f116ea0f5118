"""Params and the arithmetic of them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.language.expressions import MAX_NUMBER, ExpressionError, evaluate
from modelspec.layers.core import Dense
from modelspec.shapes import symbol
from tests.language.reading import chain, clean, finding, fixed, model, read_text
from tests.work import LINEAR, growth

NAMES = {"n": 6, "rate": 0.5, "text": "a", "flag": True, "none": None}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("n", 6),
        (" n*4 ", 24),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("7 // 2", 3),
        ("-7 // 2", -4),
        ("7 % 4", 3),
        ("6 / 4", 1.5),
        ("6 / 3", 2.0),
        ("-n + +n", 0),
        ("--n", 6),
        ("10 - 3 - 2", 5),
        ("64 // 4 // 2", 8),
        ("rate * 2", 1.0),
        (".5 + 1. + 1e-1", 1.6),
        ("8//-3", -3),
    ],
)
def test_expressions(text: str, value: float) -> None:
    computed = evaluate(text, NAMES)
    assert computed == value
    assert type(computed) is type(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the expression ends"),
        ("n +", "the expression ends"),
        ("n n", "expected an operator"),
        ("(n", "expected `)`"),
        ("n)", "expected an operator"),
        ("n ** 2", "expected a number"),
        ("n.real", "no meaning"),
        ("__import__(1)", "not in `params`"),
        ("n[0]", "no meaning"),
        ("n if n else 1", "expected an operator"),
        ("m", "not in `params`"),
        ("1 / 0", "divides by zero"),
        ("1 % (n - 6)", "divides by zero"),
        ("text * 2", "not a number"),
        ("flag + 1", "not a number"),
        ("none", "not a number"),
        ("٣ + 1", "no meaning"),
        ("9223372036854775807 * 2", "too large"),
        ("1e300 * 1e300", "too large"),
        ("(" * 100 + "1" + ")" * 100, "too deep"),
        ("-" * 100 + "1", "too deep"),
        ("1" * 5000, "characters long"),
    ],
)
def test_wrong_expressions(text: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message.replace("(", r"\(").replace(")", r"\)")):
        evaluate(text, NAMES)


EXPRESSIONS = st.recursive(
    st.integers(0, 99).map(str) | st.sampled_from(["n", "rate"]),
    lambda inner: (
        st.tuples(inner, st.sampled_from("+ - * / // %".split()), inner).map(
            lambda parts: f"({' '.join(parts)})"
        )
        | inner.map(lambda text: f"-{text}")
    ),
    max_leaves=8,
)


@given(EXPRESSIONS)
def test_arithmetic_is_pythons(text: str) -> None:
    try:
        theirs = eval(text, {}, dict(NAMES))
    except ZeroDivisionError:
        with pytest.raises(ExpressionError, match="zero"):
            evaluate(text, NAMES)
        return
    if abs(theirs) <= MAX_NUMBER:
        ours = evaluate(text, NAMES)
        assert math.isclose(ours, theirs)
        assert type(ours) is type(theirs)


@given(st.text(max_size=60) | st.text(alphabet="n1+-*/%(). ", max_size=60))
def test_any_text_has_a_value_or_an_error(text: str) -> None:
    try:
        evaluate(text, NAMES)
    except ExpressionError as error:
        wrong = error
    else:
        return
    assert 0 <= wrong.start <= wrong.end


def test_params_in_layers_inputs_and_outputs() -> None:
    spec = clean(
        "params: {n: 4, wide: '${n * 2}', act: relu, kernel: [3, 5], w: 0.5, size: T}\n"
        "inputs: {x: [$n, $size, 3]}\n"
        "layers: {a: {type: Conv2D, filters: $wide, kernel_size: $kernel, activation: $act}}\n"
        'outputs: {a: {loss: mse, weight: "${w / 2}"}}\n'
        "train: {epochs: $n}\n"
    )
    layer = spec.model.nodes["a"].what
    assert (layer.filters, layer.kernel_size) == (8, (3, 5))  # type: ignore[union-attr]
    assert spec.model.inputs["x"].shape == (4, symbol("T"), 3)
    assert spec.model.outputs["a"].weight == 0.25
    assert spec.train is not None
    assert spec.train.epochs == 4
    assert spec.model.params["wide"] == 8


def test_a_dollar_is_escaped() -> None:
    body = model(
        "params: {p: $$n}\ninputs: {x: {shape: [3], description: $$5}}\nlayers: {}\noutputs: [x]\n"
    )
    assert body.params["p"] == "$n"
    assert body.inputs["x"].description == "$5"


@pytest.mark.parametrize(
    ("value", "code", "words"),
    [
        ("$«k»", "MS207", "`k` is not in `params`"),
        ("$«unist»", "MS207", "did you mean `units`?"),
        ('"${«k» * 2}"', "MS207", "`k` is not in `params`"),
        ('"${units *«»}"', "MS208", "the expression ends"),
        ('"${units «/» 0}"', "MS208", "divides by zero"),
        ('"${units} wide"', "MS208", "neither"),
        ("$5", "MS208", "$$5"),
        ("$", "MS208", "neither"),
    ],
)
def test_wrong_params(value: str, code: str, words: str) -> None:
    rest = "params: {units: 8}"
    found = finding(chain(f"a: {{type: Dense, units: {value}}}", rest).replace("«»", ""))
    assert found.code == code
    assert words in f"{found.message} {found.help}"


def test_a_fix_keeps_the_dollar() -> None:
    text = fixed(chain("a: {type: Dense, units: $«unist»}", "params: {units: 8}"))
    assert "units: $units}" in text


def test_params_refer_to_earlier_ones_only() -> None:
    _, found = read_text(chain("a: {type: Dense, units: $a}", "params: {a: $b, b: 3}"))
    assert [each.code for each in found] == ["MS207"]


def test_an_unknown_param_silences_only_its_own_argument() -> None:
    _, found = read_text(chain("a: {type: Dense, units: $k, activation: rleu}"))
    assert [each.code for each in found] == ["MS207", "MS206"]


def test_a_param_of_the_wrong_type_is_reported_where_it_is_used() -> None:
    found = finding(chain("a: {type: Dense, units: «$n»}", "params: {n: wide}"))
    assert (found.code, found.message) == ("MS203", '`units` is an integer, not the text "wide"')
    assert found.fix is None


def test_integers_that_division_made_floats() -> None:
    found = finding(chain('a: {type: Dense, units: «"${8 / 2}"»}'))
    assert "`//`" in found.help


def unknown_params(count: int) -> str:
    """As many params as are declared, each misspelt where it is used."""
    layers = ", ".join(f"l{i}: {{type: Dense, units: $p{i}x}}" for i in range(count))
    params = "params: {" + ", ".join(f"p{i}: 1" for i in range(count)) + "}"
    return chain(layers, params)


def test_many_unknown_params_are_all_found() -> None:
    assert len(read_text(unknown_params(2000))[1]) == 2000


def test_work_is_linear_in_unknown_params() -> None:
    assert growth(lambda count: read_text(unknown_params(count)), 400, 1600) < LINEAR


def test_values() -> None:
    assert model(chain("a: {type: Dense, units: $n}", "params: {n: 3}")).nodes["a"].what == Dense(
        units=3
    )
