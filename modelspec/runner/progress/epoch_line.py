"""What is said of an epoch, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def values_text(logs: Mapping[str, float]) -> str:
    """`loss 0.1234  accuracy 0.9812`."""
    return "  ".join(f"{name} {number_text(value)}" for name, value in logs.items())


def number_text(value: float) -> str:
    """Four digits that matter: `0.1234`, `12.35`, `12346`, `1.20e-05`."""
    if 1e4 <= abs(value) < 1e7:
        return f"{value:.0f}"
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.4f}" if abs(value) < 10 else f"{value:.2f}"
    return f"{value:.2e}"


def rate_text(samples: int, seconds: float) -> str:
    """`45,200 samples/s`."""
    return f"{samples / max(seconds, 1e-9):,.0f} samples/s"


def epoch_text(epoch: int, epochs: int, logs: Mapping[str, float], speed: str) -> str:
    """`epoch  3/10  loss 0.1234  val_loss 0.2345  45,200 samples/s`."""
    width = len(str(epochs))
    return f"epoch {epoch:>{width}}/{epochs}  {values_text(logs)}  {speed}"
