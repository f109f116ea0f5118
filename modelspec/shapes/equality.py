"""Whether two sizes are equal, whatever the sizes of their symbols, from 1 on, are."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from modelspec.shapes.dim import Atom, Dim, Expr, Unknown, smallest

if TYPE_CHECKING:
    from fractions import Fraction


def same(left: Dim, right: Dim) -> bool | None:
    """Whether two sizes are equal: True, False, or None where it depends on what is not known.

    False too where no size of their symbols can make them equal: `2*T` is never 5.
    """
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    difference = left - right
    if isinstance(difference, int):
        return difference == 0
    return None if _can_be_zero(difference) else False  # type: ignore[arg-type]


def range_of_equality(left: Dim, right: Dim) -> tuple[str, int, int | None] | None:
    """The symbol on which it depends whether two sizes are equal, and where they are.

    Returns:
        Its name, and the least and the greatest size of it for which they are equal; None in the
        place of the greatest where there is none. None where that cannot be told: there are
        several symbols, or the difference does not grow with its symbol.
    """
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return None
    difference = left - right
    for grown in (difference, -difference):
        if isinstance(grown, Expr) and len(grown.symbols) == 1 and _grows(grown):
            least = smallest(grown, 0)
            above = smallest(grown, 1)
            (name,) = grown.symbols
            return None if least is None else (name, least, above and above - 1)
    return None


def _can_be_zero(difference: Expr) -> bool:
    """False where it is sure that no sizes of the symbols, from 1 on, make it 0."""
    step = gcd(*(factor for monomial, factor in difference.terms.items() if monomial))
    if difference.terms.get((), 0) % step:
        return False
    for grown in (difference, -difference):
        if isinstance(grown, Expr) and (_is_positive(grown) or _jumps_over_zero(grown)):
            return False
    return True


def _is_positive(size: Expr) -> bool:
    """Whether it is sure to be above 0: the line that lies below it is, at 1, and rises."""
    line = _line_below(size)
    if line is None:
        return False
    slopes, start = line
    return all(slope >= 0 for slope in slopes.values()) and start + sum(slopes.values()) > 0


def _line_below(size: Expr) -> tuple[dict[str, Fraction], Fraction] | None:
    """The slopes of a line that nowhere lies above a size, and where it starts; None if unknown."""
    from fractions import Fraction  # takes 8 ms, and is hardly ever needed

    slopes: dict[str, Fraction] = {}
    start = Fraction(size.terms.get((), 0))
    for monomial, factor in size.terms.items():
        if not monomial:
            continue
        if len(monomial) > 1:
            return None
        (atom,) = monomial
        if isinstance(atom, str):
            slopes[atom] = slopes.get(atom, Fraction(0)) + factor
            continue
        # n // d lies between (n - d + 1) / d and n / d.
        numerator = atom.numerator if factor < 0 else atom.numerator - (atom.divisor - 1)
        assert isinstance(numerator, Expr)
        turned = numerator if factor > 0 else -numerator
        assert isinstance(turned, Expr)
        inner = _line_below(turned)
        if inner is None:
            return None
        share = Fraction(abs(factor), atom.divisor)
        start += inner[1] * share
        for name, slope in inner[0].items():
            slopes[name] = slopes.get(name, Fraction(0)) + slope * share
    return slopes, start


def _jumps_over_zero(size: Expr) -> bool:
    """Whether it grows, and is never 0."""
    if not _grows(size):
        return False
    if size.evaluate(dict.fromkeys(size.symbols, 1)) > 0:
        return True
    if len(size.symbols) > 1:
        return False
    (name,) = size.symbols
    least = smallest(size, 0)
    return least is not None and size.evaluate({name: least}) != 0


def _grows(size: Expr) -> bool:
    """Whether a size is sure never to shrink while its symbols grow, from 1 on."""
    return all(
        factor > 0 and all(_atom_grows(atom, alone=len(monomial) == 1) for atom in monomial)
        for monomial, factor in size.terms.items()
        if monomial
    )


def _atom_grows(atom: Atom, *, alone: bool) -> bool:
    if isinstance(atom, str):
        return True
    numerator = atom.numerator
    ones = dict.fromkeys(numerator.symbols, 1)
    return _grows(numerator) and (alone or numerator.evaluate(ones) >= 0)
