"""Inputs of any sizes, to trace a model with and to try what it has become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from modelspec.graph.walk import bodies
from modelspec.layers.values import Tensor as Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torch import Tensor

    from modelspec.exports.sizes import Sizes
    from modelspec.graph.graph import Graph

MOST_OF_A_BYTE = 256
INDICES = 10
"""Where nothing says how many there are."""


def example_inputs(
    graph: Graph, sizes: Sizes, at: Mapping[str, int], seed: int = 0
) -> list[Tensor]:
    """A tensor for each input, in their order: what the data could be.

    Integers are indices that every embedding has. The last step of the last row is 0, as where a
    row is filled up: layers that pass over such steps do so.

    Args:
        graph: Has the inputs.
        sizes: Their open sizes.
        at: How large each open size is.
        seed: Rules the numbers.
    """
    generator = torch.Generator().manual_seed(seed)
    indices = index_count(graph)
    found = []
    for name, node in graph.inputs.items():
        value = node.outputs[""]
        assert isinstance(value, Value)
        shape = sizes.shape(name, at)
        drawn = _drawn(dtype_of(value), shape, indices, generator)
        if len(shape) > 1 and shape[1] > 1:
            drawn[-1, -1] = 0
        found.append(drawn)
    return found


def dtype_of(value: Value) -> torch.dtype:
    """The dtype of a value; what is left to the data is float32."""
    found = getattr(torch, value.dtype, None)
    return found if isinstance(found, torch.dtype) else torch.float32


def _drawn(
    dtype: torch.dtype, shape: tuple[int, ...], indices: int, generator: torch.Generator
) -> Tensor:
    if dtype.is_floating_point:
        return torch.randn(shape, generator=generator).to(dtype)
    if dtype == torch.bool:
        return torch.rand(shape, generator=generator) < 0.5
    return torch.randint(0, indices, shape, generator=generator).to(dtype)


def index_count(graph: Graph) -> int:
    """How many indices all embeddings of a graph have."""
    known = [
        size
        for layer in _layers(graph)
        for key in ("input_dim", "num_tokens")
        if isinstance(size := getattr(layer, key, None), int)
    ]
    return min([*known, MOST_OF_A_BYTE if known else INDICES])


def _layers(graph: Graph) -> Iterator[Any]:
    for body in bodies(graph):
        for node in body.nodes.values():
            layer: Any = node.layer
            while layer is not None:
                yield layer
                layer = getattr(layer, "layer", None)
