"""The size of one dimension: an integer, an exact expression of symbols, or unknown.

Expressions are integer polynomials over symbols and floored quotients, kept in a normal
form, so that equal sizes written differently compare equal: `((T-4)-5)//5 + 1` is `(T-4)//5`.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from fractions import Fraction


class Quotient(NamedTuple):
    """`numerator // divisor`, where nothing whole can be taken out of it any more."""

    numerator: Expr
    divisor: int

    def __str__(self) -> str:
        return _quotient_text(self.numerator, self.divisor)


Atom: TypeAlias = str | Quotient
Monomial: TypeAlias = tuple[Atom, ...]


class Unknown:
    """A size that cannot be known: any arithmetic with it is unknown too."""

    __slots__ = ()

    def _absorb(self, _other: Dim) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = _absorb

    def __neg__(self) -> Unknown:
        return self

    def __repr__(self) -> str:
        return "?"


UNKNOWN = Unknown()


class Expr:
    """An integer polynomial with at least one symbol in it. Immutable; build it from `symbol`."""

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: dict[Monomial, int]) -> None:
        self.terms = terms
        self._hash = hash(frozenset(terms.items()))

    def __add__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        return _collect(self.terms, _terms(other), 1)

    __radd__ = __add__

    def __sub__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        return _collect(self.terms, _terms(other), -1)

    def __rsub__(self, other: int) -> Dim:
        return _collect(_terms(other), self.terms, -1)

    def __neg__(self) -> Dim:
        return 0 - self

    def __mul__(self, other: Dim) -> Dim:
        if isinstance(other, Unknown):
            return other
        product: dict[Monomial, int] = {}
        for left, a in self.terms.items():
            for right, b in _terms(other).items():
                monomial = tuple(sorted(left + right, key=str))
                product[monomial] = product.get(monomial, 0) + a * b
        return _simplest(product)

    __rmul__ = __mul__

    def __floordiv__(self, divisor: int) -> Dim:
        return _floor(self, divisor)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expr) and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    def __repr__(self) -> str:
        return _text(self)

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols in it."""
        found: set[str] = set()
        for monomial in self.terms:
            for atom in monomial:
                found |= {atom} if isinstance(atom, str) else atom.numerator.symbols
        return frozenset(found)

    def evaluate(self, sizes: dict[str, int]) -> int:
        """Its value for given sizes of its symbols.

        Raises:
            KeyError: A symbol has no size.
        """
        total = 0
        for monomial, coefficient in self.terms.items():
            for atom in monomial:
                if isinstance(atom, str):
                    coefficient *= sizes[atom]
                else:
                    coefficient *= atom.numerator.evaluate(sizes) // atom.divisor
            total += coefficient
        return total


Dim: TypeAlias = int | Expr | Unknown


def symbol(name: str) -> Expr:
    """The size called `name`."""
    return Expr({(name,): 1})


def ceil_div(size: Dim, divisor: int) -> Dim:
    """`size / divisor`, rounded up."""
    return (size + (divisor - 1)) // divisor


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


def evaluate(size: Dim, sizes: dict[str, int]) -> int | None:
    """The size as an integer, or None where a symbol is missing or it is unknown."""
    if isinstance(size, int):
        return size
    if isinstance(size, Unknown) or not size.symbols <= sizes.keys():
        return None
    return size.evaluate(sizes)


def smallest(size: Expr, at_least: int = 1, *, limit: int = 1 << 32) -> int | None:
    """The least value of its one symbol from which on the size is `at_least`.

    Takes the size to grow with its symbol, as every length of a layer's output does.
    None where it has several symbols or never gets there below `limit`.
    """
    if len(size.symbols) != 1:
        return None
    (name,) = size.symbols
    high = 1
    while size.evaluate({name: high}) < at_least:
        high *= 2
        if high > limit:
            return None
    low = high // 2
    while low + 1 < high:
        middle = (low + high) // 2
        if size.evaluate({name: middle}) < at_least:
            low = middle
        else:
            high = middle
    return high


def _terms(size: int | Expr) -> dict[Monomial, int]:
    return {(): size} if isinstance(size, int) else size.terms


def _collect(left: dict[Monomial, int], right: dict[Monomial, int], sign: int) -> Dim:
    total = dict(left)
    for monomial, coefficient in right.items():
        total[monomial] = total.get(monomial, 0) + sign * coefficient
    return _simplest(total)


def _simplest(terms: dict[Monomial, int]) -> int | Expr:
    kept = {monomial: c for monomial, c in terms.items() if c or not monomial}
    if not kept.get((), 1):
        del kept[()]
    if not kept:
        return 0
    return kept[()] if len(kept) == 1 and () in kept else Expr(kept)


def _floor(size: Dim, divisor: int) -> Dim:
    if isinstance(size, int | Unknown) or divisor == 1:
        return size // divisor if isinstance(size, int) else size
    whole: dict[Monomial, int] = {}
    rest: dict[Monomial, int] = {}
    for monomial, coefficient in size.terms.items():
        if coefficient % divisor == 0 or not monomial:
            whole[monomial] = coefficient // divisor
        else:
            rest[monomial] = coefficient
    if not rest:
        return _simplest(whole)
    constant = size.terms.get((), 0) % divisor
    return _simplest(whole) + _proper_quotient(rest, constant, divisor)


def _proper_quotient(rest: dict[Monomial, int], constant: int, divisor: int) -> Dim:
    """The floor of what holds no multiple of the divisor: `(a//m + c)//d` is `(a + c*m)//(m*d)`."""
    if len(rest) == 1:
        ((monomial, coefficient),) = rest.items()
        if coefficient == 1 and len(monomial) == 1 and isinstance(monomial[0], Quotient):
            inner = monomial[0]
            return _floor(inner.numerator + constant * inner.divisor, inner.divisor * divisor)
    common = gcd(divisor, *rest.values())
    if common > 1:
        reduced: dict[Monomial, int] = {m: c // common for m, c in rest.items()}
        reduced[()] = constant // common
        return _floor(_simplest(reduced), divisor // common)
    numerator = _simplest({**rest, (): constant})
    assert isinstance(numerator, Expr)
    return Expr({(Quotient(numerator, divisor),): 1})


def _text(size: Expr) -> str:
    terms = dict(size.terms)
    constant = terms.pop((), 0)
    if constant and len(terms) == 1:
        ((monomial, coefficient),) = terms.items()
        if coefficient == 1 and len(monomial) == 1 and isinstance(monomial[0], Quotient):
            inner = monomial[0]
            numerator = inner.numerator + constant * inner.divisor
            assert isinstance(numerator, Expr)
            return _quotient_text(numerator, inner.divisor)
    ordered = sorted(terms.items(), key=lambda term: (-len(term[0]), str(term[0])))
    text = "".join(_term_text(monomial, coefficient) for monomial, coefficient in ordered)
    return text.removeprefix("+") + (f"{constant:+d}" if constant else "")


def _term_text(monomial: Monomial, coefficient: int) -> str:
    alone = coefficient == 1 and len(monomial) == 1
    factors = [str(a) if alone or isinstance(a, str) else f"({a})" for a in monomial]
    if abs(coefficient) != 1:
        factors.insert(0, str(abs(coefficient)))
    return ("-" if coefficient < 0 else "+") + "*".join(factors)


def _quotient_text(numerator: Expr, divisor: int) -> str:
    text = str(numerator)
    return f"{text}//{divisor}" if text.isidentifier() else f"({text})//{divisor}"
