"""Initial weights: their distributions, Keras's exceptions, and the seed."""

from math import sqrt
from typing import Any, get_args

import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.fields import InitializerName, VectorInitializerName
from modelspec.layers.values import Tensor as Value
from modelspec.torch.layers.finding import find
from modelspec.torch.layers.initializers import draw, fans
from tests.layers.check_layer import make


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


DEVIATIONS = {
    "glorot_normal": sqrt(2 / 500),
    "glorot_uniform": sqrt(2 / 500),
    "he_normal": sqrt(2 / 200),
    "he_uniform": sqrt(2 / 200),
    "lecun_normal": sqrt(1 / 200),
    "lecun_uniform": sqrt(1 / 200),
    "normal": 0.05,
    "random_normal": 0.05,
    "random_uniform": 0.05 / sqrt(3),
    "truncated_normal": 0.05 * 0.87962566,
    "uniform": 0.05 / sqrt(3),
}


@pytest.mark.parametrize(("name", "deviation"), DEVIATIONS.items())
def test_spread(name: str, deviation: float) -> None:
    array = draw(name, (200, 300), seeded())
    assert abs(array.mean()) < 0.01 * deviation * 3
    assert array.std().item() == pytest.approx(deviation, rel=0.02)


@pytest.mark.parametrize("name", ["glorot_normal", "he_normal", "lecun_normal"])
def test_normal_is_cut_at_two_deviations(name: str) -> None:
    limit = 2 * DEVIATIONS[name] / 0.87962566
    largest = draw(name, (200, 300), seeded()).abs().max().item()
    assert 0.98 * limit < largest <= limit


@pytest.mark.parametrize("shape", [(20, 80), (80, 20), (3, 3, 4, 8)])
def test_orthogonal(shape: tuple[int, ...]) -> None:
    matrix = draw("orthogonal", shape, seeded()).reshape(-1, shape[-1])
    rows, columns = matrix.shape
    product = matrix @ matrix.T if rows < columns else matrix.T @ matrix
    torch.testing.assert_close(product, torch.eye(min(rows, columns)), atol=1e-5, rtol=0)


def test_fans_of_a_convolution() -> None:
    assert fans((3, 5, 4, 8)) == (60, 120)
    assert fans((7,)) == (7, 7)


@pytest.mark.parametrize(
    ("name", "arguments", "shape", "deviations"),
    [
        ("MultiHeadAttention", {"num_heads": 4, "key_dim": 30}, (5, 80), [sqrt(2 / 200)] * 4),
        (
            "GroupedQueryAttention",
            {"head_dim": 30, "num_query_heads": 4, "num_key_value_heads": 2},
            (5, 80),
            [sqrt(2 / 200), sqrt(2 / 140), sqrt(2 / 140), sqrt(2 / 200)],
        ),
        (
            "EinsumDense",
            {"equation": "abc,cde->abde", "output_shape": [None, 6, 50]},
            (5, 80),
            [sqrt(2 / 380)],
        ),
    ],
)
def test_kernels_with_axes_of_heads(
    name: str, arguments: dict[str, Any], shape: tuple[int, ...], deviations: list[float]
) -> None:
    """As Keras draws them: from all that a number is made of, not as a convolution's kernel."""
    drawn = find(layer := registry.find(name)(**arguments)).initial(
        layer, layer.infer({"": (Value(shape),)}).weights, seeded()
    )
    found = [array.std().item() for array in drawn if array.dim() > 2]
    assert found == pytest.approx(deviations, rel=0.02)


def test_all_names_are_there() -> None:
    assert set(get_args(InitializerName)) == {*DEVIATIONS, "zeros", "ones", "orthogonal"}
    assert set(get_args(InitializerName)) - set(get_args(VectorInitializerName)) == {"orthogonal"}
    assert torch.equal(draw("ones", (3,), seeded()), torch.ones(3))
    assert torch.equal(draw("zeros", (3,), seeded()), torch.zeros(3))


def test_only_the_generator_decides() -> None:
    layer = registry.find("LSTM")(units=3)
    state = torch.get_rng_state()
    one, same, other = (make(layer, [(4, 2)], seed) for seed in (0, 0, 1))
    assert torch.equal(torch.get_rng_state(), state)
    assert all(map(torch.equal, one.state_dict().values(), same.state_dict().values()))
    assert not torch.equal(one.weight_ih_l0, other.weight_ih_l0)


def test_lstm_remembers_at_first() -> None:
    module = make(registry.find("LSTM")(units=3), [(4, 2)])
    assert module.bias_ih_l0.tolist() == [0] * 3 + [1] * 3 + [0] * 6
    forgetful = make(registry.find("LSTM")(units=3, unit_forget_bias=False), [(4, 2)])
    assert not forgetful.bias_ih_l0.any()
    both = make(registry.find("Bidirectional")(layer=registry.find("LSTM")(units=3)), [(4, 2)])
    assert both.bias_ih_l0_reverse.tolist() == [0] * 3 + [1] * 3 + [0] * 6
    assert not torch.equal(both.weight_ih_l0, both.weight_ih_l0_reverse)


def test_the_recurrent_kernel_is_orthogonal_over_all_gates() -> None:
    weight = make(registry.find("LSTM")(units=5), [(4, 2)]).weight_hh_l0
    torch.testing.assert_close(weight.T @ weight, torch.eye(5), atol=1e-5, rtol=0)
