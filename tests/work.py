"""How much work a call does, counted: the same on every machine, however slow or busy it is."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LINEAR = 2.0
"""Growth, as a multiple of the growth in size, that no linear work reaches and every quadratic does
at sizes four times apart; what is sorted grows by little more than 1."""


def work(action: Callable[[], object]) -> int:
    """The lines of Python that a call runs, those of the functions it calls included.

    A loop inside a C function (`in` of a list, a slice) counts as one line.
    """
    lines = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return lines


def growth(action: Callable[[int], object], small: int, large: int) -> float:
    """How much faster the work grows than the size: 1 if it is linear, `large / small` if squared.

    Args:
        action: Does the work for a size. What it needs is prepared by calls that came before.
        small: A size.
        large: A larger one.
    """
    action(small)  # pays for imports
    return work(lambda: action(large)) / work(lambda: action(small)) / (large / small)
