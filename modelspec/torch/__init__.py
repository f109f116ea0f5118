"""Specs on PyTorch: `build` makes a graph into an `nn.Module`, `code` shows its `forward`.

What else is here, each in a file of its own:

- `losses.OutputLoss`, `metrics.accumulator`, `optimizers.create`: what `modelspec.training`
  declares, with Keras's numbers.
- `passes`: rewrites of a built module that compute the same, or more safely.
- `devices`: where tensors lie.
"""

from typing import TYPE_CHECKING

from modelspec.torch.build import build
from modelspec.torch.module import InputError, SpecModule

if TYPE_CHECKING:
    from modelspec.torch.printing import code, code_of

__all__ = ["InputError", "SpecModule", "build", "code", "code_of"]


def __getattr__(name: str) -> object:
    if name in ("code", "code_of"):
        from modelspec.torch import printing

        return getattr(printing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
