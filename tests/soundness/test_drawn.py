"""What lints clean runs: specs of fixed seeds; `benchmarks/soundness.py` draws any number."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import torch

from modelspec.layers.recurrent import LSTM
from modelspec.lint import examine
from modelspec.torch.layers import reshaping
from tests.soundness.checks import check_spec
from tests.soundness.drawing import draw_spec
from tests.soundness.reduction import reduced

GROUPS = 16
SEEDS_A_GROUP = 15
DRAWN_EVERY = 45


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Calls this small cost more to share out than to compute."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.mark.parametrize("group", range(GROUPS))
def test_what_lints_clean_runs(group: int) -> None:
    for seed in range(group * SEEDS_A_GROUP, (group + 1) * SEEDS_A_GROUP):
        spec = draw_spec(seed)
        if spec is not None:
            assert check_spec(spec, drawn=seed % DRAWN_EVERY == 0) == [], (seed, spec)


SPEC = {
    "version": 1,
    "inputs": {"x": ["T", 3]},
    "layers": {"read": {"type": "LSTM", "units": 2}, "l": {"type": "Flatten"}},
    "edges": ["x -> read -> l"],
    "outputs": {"o": {"from": "l"}},
}


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (lambda x: x[:, :1], "shape"),
        (lambda x: x.double(), "dtype"),
        (lambda x: x.detach() + float("nan"), "train"),
        (lambda x: x.no_such_method(), "forward"),
    ],
)
def test_the_checks_see_what_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Any], Any], column: str
) -> None:
    assert check_spec(SPEC) == []
    monkeypatch.setattr(reshaping.Flatten, "forward", lambda self, call, x: wrong(x))
    assert column in {failure.column for failure in check_spec(SPEC)}


def test_a_failing_spec_is_reduced_to_what_fails() -> None:
    spec = {
        "version": 1,
        "inputs": {"x": ["T", 3], "other": {"shape": [3], "dtype": "float64"}},
        "shared": {"dense": {"type": "Dense", "units": 2, "activation": "relu"}},
        "layers": {"a": {"use": "dense"}, "b": {"type": "LSTM", "units": 2}, "c": {"use": "dense"}},
        "edges": ["x -> a", "a -> b", "other -> c"],
        "outputs": {"o": {"from": "b"}, "p": {"from": "c"}},
    }

    def fails(smaller: dict[str, Any]) -> bool:
        examined = examine("smaller.yaml", text=json.dumps(smaller))
        assert examined.spec is not None
        return (
            any(isinstance(each.what, LSTM) for each in examined.spec.model.nodes.values())
            and not examined.report.errors
        )

    assert reduced(spec, fails) == {
        "version": 1,
        "inputs": {"x": [3, 3]},
        "layers": {"b": {"type": "LSTM", "units": 2}},
        "edges": ["x -> b"],
        "outputs": {"o": {"from": "b"}},
    }
