"""What each declaration says of masks is what Keras does."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.core import Embedding
from modelspec.layers.recurrent import GRU, LSTM
from modelspec.layers.wrappers import Bidirectional
from modelspec.torch.layers import Call, find
from tests.golden.kept import Kept

GOLDEN = np.load(Path(__file__).parents[1] / "golden" / "masks.npz")


def cases():
    for kind in ("passing", "dropping"):
        for name in json.loads(str(GOLDEN[kind])):
            if registry.find(name):
                yield name, kind == "passing"


KEPT = Kept("masks")


@pytest.mark.parametrize("entry", KEPT.titles())
def test_masking_is_that_of_keras(entry):
    example = KEPT.example(entry)
    layer = registry.find(entry["type"])(**example.arguments)
    call, x = Call(layer, example.shapes), KEPT.arrays(entry, "x")[0]
    twin = find(layer)
    assert torch.equal(twin.forward(call, x), KEPT.arrays(entry, "y")[0])
    assert torch.equal(twin.output_mask(call, x), KEPT.arrays(entry, "m")[0])
    assert not KEPT.missing(), "run tests/golden/make_masks.py"


@pytest.mark.parametrize(("name", "passes"), list(cases()))
def test_a_mask_goes_on_where_it_does_in_keras(name, passes):
    assert ("passes" in registry.find(name).masks) is passes


def test_arguments_rule_what_is_done_with_a_mask():
    assert Embedding(input_dim=3, output_dim=2).mask_use() == "drops"
    assert Embedding(input_dim=3, output_dim=2, mask_zero=True).mask_use() == "starts"
    assert LSTM(units=2).mask_use() == "uses"
    assert GRU(units=2, return_sequences=True).mask_use() == "uses and passes"
    inner = LSTM(units=2, return_sequences=True)
    assert Bidirectional(layer=inner).mask_use() == "uses and passes"
