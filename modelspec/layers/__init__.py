"""One class a layer type: its arguments, documentation, shape rule and examples."""

from modelspec.layers.base import Callee, Layer

__all__ = ["Callee", "Layer"]
