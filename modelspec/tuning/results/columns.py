"""The paths that are searched over, as columns: of numbers, or of a few values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.tune import Choice
from modelspec.language.yaml_writer import flow
from modelspec.report.study.contents import Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.language.tune import Space
    from modelspec.tuning.space.axes import SearchSpace, Values


def columns_of(space: SearchSpace | None, candidates: Sequence[Values]) -> list[Column]:
    """The columns of a study: those of its space, and what else its trials have a value at.

    Args:
        space: What is searched over; None where that is not known.
        candidates: The values of each trial.
    """
    spaces: dict[str, list[Space]] = {}
    for axis in space.axes if space else ():
        spaces.setdefault(axis.path, []).append(axis.space)
    seen: dict[str, list[Any]] = {path: [] for path in spaces}
    for values in candidates:
        for path, value in values.items():
            seen.setdefault(path, []).append(value)
    return [_column(path, spaces.get(path, []), values) for path, values in seen.items()]


def _column(path: str, spaces: list[Space], seen: list[Any]) -> Column:
    ranges = [each for each in spaces if not isinstance(each, Choice)]
    if (spaces and len(ranges) < len(spaces)) or not all(map(_is_number, seen)):
        return Column(path, _texts(spaces, seen))
    ends = [*(end for each in ranges for end in each.bounds), *seen]
    return Column(
        path,
        low=min(ends),
        high=max(ends),
        log=any(each.log for each in ranges) and min(ends) > 0,
        whole=all(isinstance(end, int) for end in ends),
    )


def _texts(spaces: list[Space], seen: Iterable[Any]) -> tuple[str, ...]:
    """The values of choices, then those of the trials; numbers that are no choice stand last."""
    choices = [value for each in spaces if isinstance(each, Choice) for value in each.values]
    found = dict.fromkeys(map(flow, choices))
    others = sorted((value for value in seen if flow(value) not in found), key=_place)
    return tuple(dict.fromkeys([*found, *map(flow, others)]))


def _place(value: Any) -> tuple[bool, float, str]:
    number = _is_number(value)
    return number, value if number else 0.0, flow(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
