"""300 random models, drawn and computed by Keras, are imported and compute the same.

Some of them cannot be told in a spec: a mask that Keras has saved as an argument of a call, where
attention has taken it off the value itself before. They are refused, and say so.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from tests.keras.random_models import difference, models

PARTS = 10
REFUSED = "is given a mask that MultiHeadAttention has taken off what it reads"
MOST_REFUSED = 3


@pytest.fixture
def one_thread() -> Iterator[None]:
    """Models this small are computed faster by one thread."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("part", range(PARTS))
def test_they_compute_what_keras_does(part: int, tmp_path: Path) -> None:
    found = {each["seed"]: difference(each, tmp_path) for each in models()[part::PARTS]}
    wrong = {seed: what for seed, what in found.items() if what and REFUSED not in what}
    assert not wrong
    assert sum(bool(what) for what in found.values()) <= MOST_REFUSED


def test_the_models_are_of_all_kinds() -> None:
    assert len(models()) > 290
    text = str([each["config"] for each in models()])
    for kind in ("Functional", "Sequential", "MultiHeadAttention", "Masking", "Bidirectional"):
        assert text.count(f"'class_name': '{kind}'") > 50, kind
    assert sum(isinstance(each["config"]["config"]["input_layers"], dict) for each in models()) > 50
    assert (
        sum(isinstance(each["config"]["config"]["output_layers"], dict) for each in models()) > 50
    )
