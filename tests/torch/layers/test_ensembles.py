"""The layers that ensembles are made of, at the ends of what reaches them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from modelspec.layers.ensembles import Spread, TemperatureScaling
from modelspec.layers.merging.average import Average
from modelspec.layers.values import LayerError
from tests.layers.calling import infer, run

WEIGHTS = st.lists(st.floats(0, 100), min_size=2, max_size=5).filter(lambda each: sum(each) > 0.01)


def called(layer, *operands):
    return run(layer, [tuple(each.shape[1:]) for each in operands], None, *operands)[""]


@given(WEIGHTS, st.floats(0.1, 10))
def test_a_weighted_mean_is_numpys_whatever_the_weights_sum_to(weights, factor):
    draw = np.random.default_rng(len(weights))
    values = draw.normal(size=(len(weights), 3, 4)).astype(np.float32)
    operands = [torch.from_numpy(each) for each in values]
    wanted = np.average(values, axis=0, weights=weights)
    for given_weights in (weights, [each * factor for each in weights]):
        layer = Average(operand_weights=tuple(given_weights))
        np.testing.assert_allclose(called(layer, *operands), wanted, rtol=1e-4, atol=1e-5)


def test_what_counts_nothing_is_not_even_asked():
    lost = torch.full((2, 3), float("nan"))
    said = torch.ones(2, 3)
    assert called(Average(operand_weights=(0.0, 1.0)), lost, said).equal(said)
    assert called(Spread(operand_weights=(0.0, 1.0)), lost, said).equal(torch.zeros(2, 3))


@pytest.mark.parametrize("weights", [(1.0,), (1.0, 2.0, 3.0)])
def test_there_is_a_weight_for_each_input(weights):
    with pytest.raises(LayerError, match=f"{len(weights)} `operand_weights`, gets 2 inputs"):
        infer(Average(operand_weights=weights), ((3,), (3,)))


@pytest.mark.parametrize("weights", [(), (0.0, 0.0), (-1.0, 2.0), (float("inf"), 1.0)])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(ValueError, match="operand_weights"):
        Average(operand_weights=weights)


def test_spread_of_the_same_is_0_and_has_a_slope():
    value = torch.rand(4, 3, requires_grad=True)
    spread = called(Spread(at_largest=True), value, value * 1.0)
    assert spread.equal(torch.zeros(4, 1))
    spread.sum().backward()
    assert value.grad is not None
    assert value.grad.isfinite().all()


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 3.0, 50.0])
@pytest.mark.parametrize("of", ["softmax", "sigmoid"])
def test_what_is_sure_stays_sure(of, temperature):
    rows = [[0.0, 1.0, 0.0], [1e-38, 1.0, 0.0], [0.0, 0.5, 0.5], [0.2, 0.3, 0.5]]
    p = torch.tensor(rows, requires_grad=True)
    soft = called(TemperatureScaling(temperature=temperature, of=of), p)
    assert soft[0].equal(p[0])
    assert ((soft == 0) >= (p == 0)).all()
    if of == "softmax":
        torch.testing.assert_close(soft.sum(dim=-1), torch.ones(4))
        assert soft.argmax(dim=-1).tolist()[3] == 2
    else:
        assert ((soft >= 0.5) == (p >= 0.5)).all()
    if temperature == 1.0:
        torch.testing.assert_close(soft, p, rtol=1e-5, atol=1e-7)
    (soft**2).sum().backward()
    assert p.grad is not None
    assert p.grad.isfinite().all()


def test_a_temperature_divides_logits():
    logits = torch.randn(5, 4)
    layer = TemperatureScaling(temperature=2.5)
    torch.testing.assert_close(called(layer, logits.softmax(-1)), (logits / 2.5).softmax(-1))
    layer = TemperatureScaling(temperature=2.5, of="sigmoid")
    torch.testing.assert_close(called(layer, logits.sigmoid()), (logits / 2.5).sigmoid())
