"""`trainable: false`."""

from torch import nn


def freeze(module: nn.Module) -> None:
    """Keep training from changing a module.

    Parameters get no gradients, and layers that measure their batch use what they have
    measured before: they have an attribute `frozen`.
    """
    module.requires_grad_(False)
    for part in module.modules():
        if hasattr(part, "frozen"):
            part.frozen = True  # type: ignore[assignment]
