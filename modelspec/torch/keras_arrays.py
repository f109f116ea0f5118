"""The weights of a layer's module in Keras's layout: the reverse of the twin's `load_keras`."""

from __future__ import annotations

from copy import deepcopy
from itertools import chain
from math import prod
from typing import TYPE_CHECKING

import torch

from modelspec.torch.layers import find

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.torch.weight_ownership import LayerWeights


class LostNumbersError(ValueError):
    """A module does not hold some of the numbers that its layer's arrays have."""


def keras_arrays(owner: LayerWeights) -> dict[str, Tensor]:
    """The arrays of a layer by the names of its weights, trained or not, floats as the module has.

    A copy of the module is given the places of the numbers in place of the numbers, which 64-bit
    floats hold exactly; so it shows where each of them lies.

    Raises:
        LostNumbersError: The module does not hold all of them.
    """
    layer, module, weights = owner
    probe = deepcopy(module).double()
    tensors = dict(chain(probe.named_parameters(), probe.named_buffers()))
    with torch.no_grad():
        for tensor in tensors.values():
            tensor.zero_()
    count = sum(prod(weight.shape) for weight in weights)
    sizes = [prod(weight.shape) for weight in weights]
    places = torch.split(torch.arange(1, count + 1).double(), sizes)
    find(layer).load_keras(
        probe, layer, [each.reshape(w.shape) for each, w in zip(places, weights, strict=True)]
    )
    floats = [each.dtype for each in module.state_dict().values() if each.is_floating_point()]
    found = torch.zeros(count, dtype=floats[0] if floats else torch.float32)
    known = torch.zeros(count, dtype=torch.bool)
    for name, tensor in chain(module.named_parameters(), module.named_buffers()):
        if not tensor.is_floating_point():
            continue
        tags = tensors[name].detach().flatten().long()
        there = tags > 0
        found[tags[there] - 1] = tensor.detach().flatten()[there].to(found.dtype)
        known[tags[there] - 1] = True
    if not known.all():
        kind = type(layer).__name__
        raise LostNumbersError(f"not all numbers of a {kind} are in its module")
    parts = torch.split(found, sizes)
    return {
        weight.name: part.reshape(weight.shape) for weight, part in zip(weights, parts, strict=True)
    }
