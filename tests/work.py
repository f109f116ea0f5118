"""How much work something is, counted in calls: the same on every machine, busy or not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


def calls(work: Callable[[], object]) -> int:
    """How many calls of functions, of Python and of C, `work` makes."""
    count = 0

    def count_call(_frame: object, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_call)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def growth(work: Callable[[int], object], small: int, large: int) -> float:
    """How the calls of `work(size)` grow from a small to a large size: 1.0 is linear."""
    work(small)  # what is only done once: imports, caches
    return calls(lambda: work(large)) / calls(lambda: work(small)) / (large / small)
