"""Optimizers with Keras 3's exact formulas, without `torch.optim` (which takes 0.75 s to load).

Each step is a fused kernel where one computes Keras's formula after a change of variables,
and a few kernels over lists of tensors elsewhere. A declaration of
`modelspec.training.optimizers` and its optimizer have one name, in modules of one name.
Source: https://keras.io/api/optimizers/.
"""

from collections.abc import Mapping

import torch

from modelspec.torch.find_twin import find_twin
from modelspec.torch.optimizers.base import Optimizer
from modelspec.training.optimizers.base import Optimizer as Declared

__all__ = ["Optimizer", "create", "twin_of"]


def create(
    settings: Declared, module: torch.nn.Module, multipliers: Mapping[str, float] | None = None
) -> Optimizer:
    """The optimizer of a module's trainable parameters.

    Args:
        settings: Its declaration.
        module: Has the parameters.
        multipliers: How many times the learning rate a parameter learns at, by its name; 1 for
            those that are not there.
    """
    return twin_of(settings)(
        settings, module.named_parameters(), _embeddings(module), multipliers or {}
    )


def twin_of(settings: Declared) -> type[Optimizer]:
    """The optimizer of a declaration."""
    return find_twin(type(settings), __name__, Optimizer, required=("update",))


def _embeddings(module: torch.nn.Module) -> frozenset[str]:
    """The names of the parameters of embeddings."""
    return frozenset(
        f"{path}.{name}" if path else name
        for path, each in module.named_modules()
        if isinstance(each, torch.nn.Embedding)
        for name, _ in each.named_parameters(recurse=False)
    )
