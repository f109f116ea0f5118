"""Which trials are better than others: their order, the front, and what confirming them showed."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from statistics import fmean, stdev
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.tuning.record import Confirmation, Study, Trial


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What came of a trial that was trained again with other seeds.

    Attributes:
        trial: Its number.
        means: Of each objective, over the repeats that came to their end.
        deviations: The standard deviation of each, of a sample; empty where there is one repeat.
        repeats: The numbers of those that came to their end.
        test: What the test rows say, of the one run that was chosen; else empty.
        chosen: Which repeat that is; None where the test rows were not touched.
    """

    trial: int
    means: dict[str, float]
    deviations: dict[str, float]
    repeats: tuple[int, ...]
    test: dict[str, float]
    chosen: int | None


def is_measured(study: Study, objectives: Mapping[str, float]) -> bool:
    """Whether each objective is a finite number."""
    return all(isfinite(objectives.get(name, float("nan"))) for name in study.objective)


def losses(study: Study, objectives: Mapping[str, float]) -> tuple[float, ...]:
    """The objectives, turned so that less is better."""
    return tuple(
        -objectives[name] if higher else objectives[name]
        for name, higher in zip(study.objective, study.higher, strict=True)
    )


def dominates(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether losses are nowhere more than others, and somewhere less."""
    return tuple(one) != tuple(other) and all(a <= b for a, b in zip(one, other, strict=True))


def front(study: Study, trials: Iterable[Trial]) -> list[Trial]:
    """The trials that no other one dominates, best first.

    Of one objective, those are all that share the best value.
    """
    ranked = _ranked(study, trials)
    return [trial for rank, _, trial in ranked if rank == 0]


def ordered(study: Study, trials: Iterable[Trial]) -> list[Trial]:
    """The trials that came to their end with finite objectives, best first.

    Of several objectives, the front comes first, then what would be the front without it, and so
    on; within each the first objective decides. Of trials that are equal in all objectives, that
    of fewer parameters comes first, then that of the lower number.
    """
    return [trial for _, _, trial in _ranked(study, trials)]


def confirmed(
    study: Study, trials: Iterable[Trial], confirmations: Iterable[Confirmation]
) -> list[Confirmed]:
    """The trials that were trained again, best first by the means of the repeats."""
    by_trial: dict[int, list[Confirmation]] = {}
    for each in confirmations:
        if each.status == "complete" and is_measured(study, each.objectives):
            by_trial.setdefault(each.trial, []).append(each)
    found = {number: _confirmed(study, number, each) for number, each in by_trial.items()}
    points = [
        (losses(study, found[each.number].means), each.parameters, each.number)
        for each in trials
        if each.number in found
    ]
    return [found[number] for _, (_, _, number) in _by_rank(points)]


def _confirmed(study: Study, trial: int, repeats: Sequence[Confirmation]) -> Confirmed:
    columns = {name: [each.objectives[name] for each in repeats] for name in study.objective}
    chosen = next((each for each in repeats if each.test), None)
    return Confirmed(
        trial,
        {name: fmean(values) for name, values in columns.items()},
        {name: stdev(values) for name, values in columns.items() if len(values) > 1},
        tuple(each.repeat for each in repeats),
        chosen.test if chosen else {},
        chosen.repeat if chosen else None,
    )


_Point = tuple[tuple[float, ...], int, int]
"""Losses, how many parameters, and the number of the trial."""


def _ranked(study: Study, trials: Iterable[Trial]) -> list[tuple[int, _Point, Trial]]:
    by_number = {
        each.number: each
        for each in trials
        if each.status == "complete" and is_measured(study, each.objectives)
    }
    points = [
        (losses(study, each.objectives), each.parameters, number)
        for number, each in by_number.items()
    ]
    return [(rank, point, by_number[point[2]]) for rank, point in _by_rank(points)]


def _by_rank(points: Iterable[_Point]) -> list[tuple[int, _Point]]:
    """Points with how many fronts are before theirs, in order."""
    left, rank = sorted(points), 0
    found: list[tuple[int, _Point]] = []
    while left:
        first: list[_Point] = []
        for point in left:  # none is dominated by a later one: they are sorted
            if not any(dominates(other[0], point[0]) for other in first):
                first.append(point)
        found += [(rank, point) for point in first]
        taken = {point[2] for point in first}
        left = [point for point in left if point[2] not in taken]
        rank += 1
    return found
