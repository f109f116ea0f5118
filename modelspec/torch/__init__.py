"""Specs on PyTorch: `build` makes a graph into an `nn.Module`, `code` shows its `forward`.

What else is here, each in a file of its own:

- `losses.OutputLoss`, `metrics.accumulator`, `optimizers.create`: what `modelspec.training`
  declares, with Keras's numbers.
- `passes`: rewrites of a built module that compute the same, or more safely.
- `devices`: where tensors lie.
"""

from modelspec.torch.build import build
from modelspec.torch.module import InputError, SpecModule
from modelspec.torch.printing import code, code_of

__all__ = ["InputError", "SpecModule", "build", "code", "code_of"]
