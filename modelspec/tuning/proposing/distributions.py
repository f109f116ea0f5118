"""The axes of a search as Optuna's distributions, and their values there and back."""

from __future__ import annotations

from functools import cached_property
from math import floor, log10
from typing import TYPE_CHECKING, Any

from modelspec.language.tune import Choice, IntRange
from modelspec.language.yaml_writer import flow

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import Trial as OptunaTrial

    from modelspec.tuning.space.axes import Axis, SearchSpace, Values

DIGITS = 4
"""To how many significant digits numbers from a range are drawn."""


class Coded:
    """An axis as Optuna is told of it.

    Choices are told as YAML text, which any value has, and which stays when others are added.
    Optuna draws no integers with a step by their logarithm: these are numbers, and rounded. Other
    numbers are rounded so that they read well; later choices know what they were rounded to.
    """

    def __init__(self, axis: Axis) -> None:
        self.axis = axis

    @cached_property
    def distribution(self) -> BaseDistribution:
        """What its values are drawn from."""
        from optuna.distributions import (
            CategoricalDistribution,
            FloatDistribution,
            IntDistribution,
        )

        space = self.axis.space
        if isinstance(space, Choice):
            return CategoricalDistribution([flow(value) for value in space.values])
        if isinstance(space, IntRange):
            low, high, step = self._grid()
            if space.log and step > 1 and low < high:
                return FloatDistribution(low, high, log=True)
            return IntDistribution(low, high, log=space.log and step == 1, step=step)
        return FloatDistribution(*space.bounds, log=space.log, step=space.step)

    def coded(self, value: Any) -> Any:
        """A value as Optuna is told it."""
        space = self.axis.space
        if isinstance(space, Choice):
            return flow(value)
        return value if isinstance(space, IntRange) and self._is_whole else float(value)

    def value(self, coded: Any) -> Any:
        """What a value that Optuna has drawn stands for."""
        space = self.axis.space
        if isinstance(space, Choice):
            return next(value for value in space.values if flow(value) == coded)
        if isinstance(space, IntRange):
            low, high, step = self._grid()
            return min(max(low + round((coded - low) / step) * step, low), high)
        if space.step is not None:  # a sum of floats, which is near one of its values
            return space.value(round((coded - space.bounds[0]) / space.step))
        return readable(float(coded), *space.bounds)

    def suggest(self, trial: OptunaTrial) -> Any:
        """Let a trial of Optuna's choose a value."""
        from optuna.distributions import (
            CategoricalDistribution,
            FloatDistribution,
            IntDistribution,
        )

        name, drawn = self.axis.name, self.distribution
        if isinstance(drawn, CategoricalDistribution):
            return self.value(trial.suggest_categorical(name, drawn.choices))
        if isinstance(drawn, IntDistribution):
            low, high, step = self._grid()
            return trial.suggest_int(name, low, high, step=step, log=drawn.log)
        assert isinstance(drawn, FloatDistribution)
        return self.value(
            trial.suggest_float(name, drawn.low, drawn.high, log=drawn.log, step=drawn.step)
        )

    @property
    def _is_whole(self) -> bool:
        from optuna.distributions import IntDistribution

        return isinstance(self.distribution, IntDistribution)

    def _grid(self) -> tuple[int, int, int]:
        """The least integer, the greatest that its step leads to, and the step."""
        assert isinstance(self.axis.space, IntRange)
        low, high = self.axis.space.bounds
        step = self.axis.space.step
        return low, low + (high - low) // step * step, step


def readable(value: float, low: float, high: float) -> float:
    """A number of a range, rounded to four significant digits, and kept inside.

    Of a range that is narrow beside its numbers, to so many more digits that there are a hundred
    numbers to draw or more.

    Args:
        value: The number.
        low: The least of the range.
        high: The greatest.
    """
    beside = abs(value) / (high - low) if high > low else 0.0
    places = DIGITS - 1 + (floor(log10(beside)) if beside > 1 else 0)
    return min(max(float(f"{value:.{places}e}"), low), high)


class Coding:
    """A whole space as Optuna is told of it."""

    def __init__(self, space: SearchSpace) -> None:
        self.space = space
        self._axes = [Coded(axis) for axis in space.axes]

    def params(self, values: Values) -> tuple[dict[str, Any], dict[str, BaseDistribution]]:
        """The parameters of a candidate of this space, and what each is drawn from."""
        active = [each for each in self._axes if each.axis.is_active(values)]
        params = {each.axis.name: each.coded(values[each.axis.path]) for each in active}
        return params, {each.axis.name: each.distribution for each in active}

    def suggest(self, trial: OptunaTrial) -> Values:
        """Let a trial of Optuna's choose the values, a choice before what hangs on it."""
        values: Values = {}
        for each in self._axes:
            if each.axis.is_active(values):
                values[each.axis.path] = each.suggest(trial)
        return values
