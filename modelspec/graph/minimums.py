"""How long an input must be, so that nothing in the graph is left empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.layers.values import tensors_of
from modelspec.shapes import Expr, smallest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.layers.values import Value


class Minimums:
    """The least size of each symbol with which all sizes seen are at least 1."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self._seen: set[Expr] = set()

    def see(self, values: Iterable[Value]) -> None:
        """Take in the values that a node makes."""
        for value in values:
            for tensor in tensors_of(value):
                for size in tensor.shape or ():
                    if isinstance(size, Expr) and size not in self._seen:
                        self._seen.add(size)
                        self._see_size(size)

    def join(self, others: dict[str, int]) -> None:
        """Take in what a block inside needs."""
        for name, least in others.items():
            self.found[name] = max(self.found.get(name, 1), least)

    def _see_size(self, size: Expr) -> None:
        if len(size.symbols) != 1:
            return
        (name,) = size.symbols
        known = self.found.setdefault(name, 1)
        value = size.evaluate({name: known})
        if value < 1:
            guess = known + 1 - value
            exact = size.evaluate({name: guess}) == 1 and size.evaluate({name: guess - 1}) == 0
            self.found[name] = guess if exact else max(known, smallest(size) or 1)
