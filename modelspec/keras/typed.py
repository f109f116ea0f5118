"""Parts of a saved configuration, each of the kind that it has to be."""

from __future__ import annotations

from typing import Any

from modelspec.keras.model import BrokenError

_SHOWN = 40


def mapping(value: Any, where: str) -> dict[str, Any]:
    """A mapping.

    Args:
        value: What the configuration has.
        where: What it is, for the message.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, dict):
        raise BrokenError(f"{where} is {_shown(value)}, not a mapping")
    return value


def listing(value: Any, where: str) -> list[Any]:
    """A list.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, list):
        raise BrokenError(f"{where} is {_shown(value)}, not a list")
    return value


def text(value: Any, where: str, *, empty: bool = False) -> str:
    """A text, which may be empty or not.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, str) or not (value or empty):
        raise BrokenError(f"{where} is {_shown(value)}, not a name")
    return value


def index(value: Any, where: str) -> int:
    """A whole number from 0 on.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise BrokenError(f"{where} is {_shown(value)}, not a number from 0 on")
    return value


def flag(value: Any, where: str) -> bool:
    """True or false.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, bool):
        raise BrokenError(f"{where} is {_shown(value)}, neither true nor false")
    return value


def number(value: Any, where: str) -> float:
    """A number.

    Raises:
        BrokenError: It is something else.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise BrokenError(f"{where} is {_shown(value)}, not a number")
    return value


def _shown(value: Any) -> str:
    if value is None:
        return "missing"
    said = repr(value)
    return f"`{said if len(said) <= _SHOWN else said[: _SHOWN - 3] + '...'}`"
