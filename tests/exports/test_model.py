"""Open sizes, inputs of any sizes, and what a model says of them."""

from pathlib import Path

import pytest
import torch

from modelspec.exports.errors import ExportError
from tests.exports.specs import CONVOLUTION, MASKED_GRU, NAMELESS, UNEQUAL, model_of


def test_sizes_of_symbols(tmp_path: Path) -> None:
    sizes = model_of(CONVOLUTION, tmp_path).sizes
    assert sizes.inputs == {"words": ("batch", "T")}
    assert sizes.least == {"batch": 1, "T": 4}
    assert sizes.roomy == {"T": 6}  # (6-2)//2 is 2
    assert [each["batch"] for each in sizes.checked()] == [2, 5, 1]
    assert sizes.checked()[0]["T"] == 4
    assert sizes.checked()[1]["T"] > 6
    assert sizes.example()["T"] > 6
    assert sizes.without_small().least == {"batch": 1, "T": 6}


def test_a_batch_that_is_called_otherwise(tmp_path: Path) -> None:
    sizes = model_of(CONVOLUTION.replace("T]", "batch]"), tmp_path).sizes
    assert sizes.inputs == {"words": ("batch_", "batch")}


def test_a_size_without_a_symbol_is_found_by_trying(tmp_path: Path) -> None:
    sizes = model_of(NAMELESS, tmp_path).sizes
    assert sizes.inputs == {"x": ("batch", "x_1", 4)}
    assert sizes.least["x_1"] == 64


def test_sizes_that_cannot_differ(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be run on inputs") as raised:
        model_of(UNEQUAL, tmp_path)
    assert "one symbol" in raised.value.help


def test_inputs_are_indices_that_exist_and_end_as_if_filled_up(tmp_path: Path) -> None:
    model = model_of(MASKED_GRU, tmp_path)
    (words,) = model.inputs({"batch": 50, "T": 7}).values()
    assert (words.dtype, words.shape) == (torch.int64, (50, 7))
    assert words.max() == 8
    assert words[-1, -1] == 0
    assert torch.equal(words, model.inputs({"batch": 50, "T": 7})["words"])
