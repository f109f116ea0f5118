"""Open sizes that layers need to be equal to others: whether one size of a symbol suits all."""

from __future__ import annotations

from itertools import chain
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Related
from modelspec.layers.values import Tensor, tensors_of
from modelspec.shapes import Expr, range_of_equality

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Node
    from modelspec.layers import Layer
    from modelspec.layers.values import Operands, Value
    from modelspec.source import Place


class Wanted(NamedTuple):
    """The sizes of a symbol that suit a node: from `least` to `most`, None being no bound.

    Attributes:
        one_too: Whether 1 suits it besides: it gives way to any other size.
    """

    title: str
    place: Place
    least: int
    most: int | None
    one_too: bool = False

    @property
    def text(self) -> str:
        """`3`, `from 3 to 5` or `from 3 on`."""
        if self.least == self.most:
            return str(self.least)
        return f"from {self.least} {'on' if self.most is None else f'to {self.most}'}"


class Agreements:
    """Which sizes of each symbol suit the layers that need equal sizes."""

    def __init__(self) -> None:
        self._wanted: dict[str, list[Wanted]] = {}

    def see(self, node: Node, title: str, layer: Layer, operands: Operands) -> None:
        """Take in what a node's layer needs of its operands' shapes."""
        if not any(map(_is_open, chain.from_iterable(operands.values()))):
            return
        shapes = [value.shape for value in operands.get("", ()) if isinstance(value, Tensor)]
        known = [shape or () for shape in shapes]
        for left, right in chain(layer.agreements(*known), layer.port_agreements(operands, *known)):
            found = range_of_equality(left, right)
            if found:
                name, least, most = found
                wanted = Wanted(title, node.place, least, most, layer.broadcasts)
                self._wanted.setdefault(name, []).append(wanted)

    def report(self, minimums: Mapping[str, int], report: Report) -> None:
        """Report MS501 for symbols of which no size suits all."""
        for name, every in self._wanted.items():
            if minimums.get(name, 1) <= 1 and all(
                each.one_too or each.least <= 1 for each in every
            ):
                continue
            low = max(every, key=lambda wanted: wanted.least)
            high = min(every, key=lambda wanted: inf if wanted.most is None else wanted.most)
            most = high.most
            if most is None or max(low.least, minimums.get(name, 1)) <= most:
                continue
            related: tuple[Related, ...] = ()
            if low.least > most:
                other = f"and {low.title} where it is {low.text}"
                related = (Related(low.place.key_span, f"needs `{name}` to be {low.text}"),)
            else:
                other = f"and the layers need at least {minimums[name]}"
            report.add(
                high.place.finding(
                    "MS501",
                    f"{high.title} fits where `{name}` is {high.text}, {other}",
                    key=True,
                    help=f"no size of `{name}` does: make what is before it longer or shorter",
                    related=related,
                )
            )


def _is_open(value: Value) -> bool:
    """Whether any size of a value, or of what is in it, has a symbol."""
    parts = tensors_of(value)
    return any(isinstance(size, Expr) for part in parts for size in part.shape or ())
