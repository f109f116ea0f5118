"""What is searched over: axes, each with the choices that it hangs on, and their combinations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec.language.tune import Choice, IntRange
from modelspec.language.yaml_writer import flow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.language.tune import Space

    Search: TypeAlias = Mapping[str, Space]

Values: TypeAlias = dict[str, Any]
"""A candidate: what stands at each path, as of `--set`; a choice before what hangs on it."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that is searched over.

    Attributes:
        path: Where its values go, as of `--set`.
        space: What its values are.
        name: No other axis has it, and it stays the same when choices are added elsewhere:
            `layers.body.type=residual > params.depth`.
        needs: The choices that it hangs on, outermost first: a path, and the value taken there as
            YAML text.
    """

    path: str
    space: Space
    name: str
    needs: tuple[tuple[str, str], ...] = ()

    def values(self) -> list[Any] | None:
        """All its values, in order; None where they cannot be counted."""
        count = self.space.count
        return None if count is None else [self.space.value(index) for index in range(count)]

    def holds(self, value: Any) -> bool:
        """Whether a value is one of this axis."""
        if isinstance(self.space, Choice):
            return flow(value) in map(flow, self.space.values)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        low, high = self.space.bounds
        if isinstance(self.space, IntRange):
            whole = isinstance(value, int) and (value - int(low)) % self.space.step == 0
            return whole and low <= value <= high
        if not low <= value <= high:
            return False
        step = self.space.step
        return step is None or value == self.space.value(round((value - low) / step))

    def is_active(self, values: Values) -> bool:
        """Whether the choices that it hangs on are taken."""
        return all(path in values and flow(values[path]) == text for path, text in self.needs)


class SearchSpace:
    """All that `tune.search` says, laid out."""

    def __init__(self, search: Search) -> None:
        self.axes = tuple(_axes(search, "", ()))
        """A choice before what hangs on it, otherwise in the order of the file."""
        self._search = search

    @cached_property
    def count(self) -> int | None:
        """How many combinations there are; None where they cannot be counted."""
        return _count(self._search, None)

    @cached_property
    def counted(self) -> int:
        """How many there are of what can be counted, ranges without steps left out."""
        count = _count(self._search, 1)
        assert count is not None
        return count

    def combinations(self) -> Iterator[Values]:
        """All of them, the last axis changing first, as an odometer does.

        Raises:
            ValueError: They cannot be counted.
        """
        if self.count is None:
            raise ValueError("a range of numbers has no end of values")
        return _combinations(self.axes, 0, {})

    def holds(self, values: Values) -> bool:
        """Whether a candidate is one of this space: every active axis has a value of its own."""
        active = {axis.path: axis for axis in self.axes if axis.is_active(values)}
        return set(active) == set(values) and all(
            axis.holds(values[path]) for path, axis in active.items()
        )


def key(values: Values) -> tuple[tuple[str, str], ...]:
    """What two candidates have in common just when they are the same."""
    return tuple(sorted((path, flow(value)) for path, value in values.items()))


def _axes(search: Search, prefix: str, needs: tuple[tuple[str, str], ...]) -> Iterator[Axis]:
    for path, space in search.items():
        axis = Axis(path, space, prefix + path, needs)
        yield axis
        if isinstance(space, Choice):
            for index, inner in space.inner.items():
                text = flow(space.values[index])
                yield from _axes(inner, f"{axis.name}={text} > ", (*needs, (path, text)))


def _count(search: Search, uncounted: int | None) -> int | None:
    """How many combinations there are, a range without steps standing for `uncounted`."""
    product = 1
    for space in search.values():
        if isinstance(space, Choice):
            inner = [space.inner.get(index, {}) for index in range(space.count)]
            counts = [_count(each, uncounted) for each in inner]
        else:
            counts = [uncounted if space.count is None else space.count]
        if None in counts:
            return None
        product *= sum(each for each in counts if each is not None)
    return product


def _combinations(axes: tuple[Axis, ...], start: int, values: Values) -> Iterator[Values]:
    while start < len(axes) and not axes[start].is_active(values):
        start += 1
    if start == len(axes):
        yield dict(values)
        return
    axis = axes[start]
    for value in axis.values() or ():
        yield from _combinations(axes, start + 1, values | {axis.path: value})
