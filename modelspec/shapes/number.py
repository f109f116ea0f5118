"""Large numbers as text that can be read: as powers, for sizes that were divided often."""

from __future__ import annotations

SHORT = 10**15
"""Numbers below are written in full."""
DIGITS = 10**40
"""Of others that are no powers, those below are too; beyond stands how many bits they have."""
ODD_BASES = (3, 5, 7)
NEAR = 16
"""How far from a product of powers of 2 and these a number may be."""


def number_text(number: int) -> str:
    """`1024`, `2**200`, `2**100*3**7-1`: Python's notation, of a number that is not negative."""
    if number < SHORT:
        return str(number)
    for distance in range(NEAR + 1):
        for offset in (-distance, distance)[: 2 if distance else 1]:
            powers = _powers(number - offset)
            if powers is not None:
                return powers + (f"{offset:+d}" if offset else "")
    return str(number) if number < DIGITS else hex(number)


def factor_text(number: int) -> str:
    """The same where it multiplies or divides: in brackets where it is no number or power."""
    text = number_text(number)
    return text if text.replace("**", "").isalnum() else f"({text})"


def _powers(number: int) -> str | None:
    """The number as a product of powers of small primes; None where it is none."""
    twos = (number & -number).bit_length() - 1
    number >>= twos
    found = [(2, twos)] if twos else []
    for base in ODD_BASES if number > 1 else ():
        number, exponent = _without(number, base)
        found += [(base, exponent)] if exponent else []
    if number > 1:
        return None
    return "*".join(f"{base}**{each}" if each > 1 else str(base) for base, each in found)


def _without(number: int, base: int) -> tuple[int, int]:
    """A number without all factors of a base, and how many there were; squares: few divisions."""
    squares = [base]
    while number % squares[-1] == 0:
        squares.append(squares[-1] ** 2)
    exponent = 0
    for place in range(len(squares) - 1, -1, -1):
        while number % squares[place] == 0:
            number //= squares[place]
            exponent += 1 << place
    return number, exponent
