"""The size of one dimension: an integer, an exact expression of symbols, or unknown.

Expressions are integer polynomials over symbols and floored quotients, kept in a normal
form, so that equal sizes written differently compare equal: `((T-4)-5)//5 + 1` is `(T-4)//5`.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from modelspec.shapes.number import factor_text, number_text

if TYPE_CHECKING:
    from collections.abc import Iterable


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
        # Hashes of powers of two repeat every 61: sizes that were halved often would collide.
        self._hash = hash(frozenset((m, c, c.bit_length()) for m, c in terms.items()))

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


def total(sizes: Iterable[Dim]) -> Dim:
    """The sum of many sizes, in one go: adding them one by one copies all terms each time."""
    terms: dict[Monomial, int] = {}
    for size in sizes:
        if isinstance(size, Unknown):
            return size
        for monomial, coefficient in _terms(size).items():
            terms[monomial] = terms.get(monomial, 0) + coefficient
    return _simplest(terms)


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
    return text.removeprefix("+") + _constant_text(constant)


def _term_text(monomial: Monomial, coefficient: int) -> str:
    alone = coefficient == 1 and len(monomial) == 1
    factors = [str(a) if alone or isinstance(a, str) else f"({a})" for a in monomial]
    if abs(coefficient) != 1:
        factors.insert(0, factor_text(abs(coefficient)))
    return _sign(coefficient) + "*".join(factors)


def _constant_text(constant: int) -> str:
    if constant < 0:
        return f"-{factor_text(-constant)}"
    return f"+{number_text(constant)}" if constant else ""


def _sign(number: int) -> str:
    return "-" if number < 0 else "+"


def _quotient_text(numerator: Expr, divisor: int) -> str:
    text, by = str(numerator), factor_text(divisor)
    return f"{text}//{by}" if text.isidentifier() else f"({text})//{by}"
