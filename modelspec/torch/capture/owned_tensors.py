"""What objects hold, wherever in them."""

from __future__ import annotations

from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

from torch import Tensor, fx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST = 1000
"""Entries of the largest lists, sets and dicts that are looked into: others are vocabularies."""
PLAIN = (str, bytes, int, float, complex, type(None))
_CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, fx.Graph, fx.Node)


def owned_tensors(owners: Iterable[Any]) -> list[Tensor]:
    """All tensors in objects, their attributes, lists, sets and dicts up to `MOST`; none twice."""
    return [each for each in _owned(owners) if isinstance(each, Tensor)]


def owned_dicts(owners: Iterable[Any]) -> list[dict[Any, Any]]:
    """All dicts in objects, those of their attributes among them; of none twice."""
    return [each for each in _owned(owners) if isinstance(each, dict) and len(each) <= MOST]


def _owned(owners: Iterable[Any]) -> Iterator[Any]:
    seen: set[int] = set()
    left = list(owners)
    while left:
        value = left.pop()
        if isinstance(value, PLAIN + _CODE) or id(value) in seen:
            continue
        seen.add(id(value))
        yield value
        if not isinstance(value, Tensor):
            left += _parts(value)


def _parts(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list | tuple | set | frozenset) and len(value) > MOST:
        return
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, MethodType):
        yield value.__self__
    else:
        yield getattr(value, "__dict__", None)
        for kind in type(value).__mro__:
            names = kind.__dict__.get("__slots__", ())
            for name in (names,) if isinstance(names, str) else names:
                yield getattr(value, name, None)
