"""Watching one logged value: which way it improves, and whether it did."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from modelspec.training import metrics

Mode: TypeAlias = Literal["auto", "min", "max"]


def higher_is_better(monitor: str, mode: Mode = "auto") -> bool:
    """Whether a logged value improves by growing.

    `auto` goes by the metric that the name ends in: `val_gender_accuracy` and `f1_score_0` grow,
    losses shrink.
    """
    if mode != "auto":
        return mode == "max"
    words = monitor.split("_")
    if words[-1].isdigit():
        words.pop()
    tails = ("_".join(words[start:]) for start in range(len(words)))
    found = next((metric for tail in tails if (metric := metrics.find(tail))), None)
    return found is not None and found.higher_is_better


class Watch(NamedTuple):
    """Compares values of one monitor.

    Attributes:
        growing: Whether higher is better.
        min_delta: By how much a value must be better to count.
    """

    growing: bool
    min_delta: float = 0.0

    def improves(self, value: float, best: float | None) -> bool:
        """Whether a value is better than the best one so far (None: there is none)."""
        if best is None:
            return True
        if self.growing:
            return value - self.min_delta > best
        return value + self.min_delta < best
