"""What is to become best: what of it is known beforehand, and what a trial's epochs say of it."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, Protocol

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.language.tune import COSTS
from modelspec.training.monitor import Watch, higher_is_better

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.language.tune import TuneSection

    History = Sequence[Mapping[str, float]]


class Sized(Protocol):
    """What knows its costs: a trial, a candidate."""

    @property
    def parameters(self) -> int:
        """How many it has."""

    @property
    def flops(self) -> int | None:
        """A sample."""


class Outcome(NamedTuple):
    """What a trial came to.

    Attributes:
        values: Of each objective; empty where one of them is not known.
        epoch: The one that they were measured at; None where none is measured.
        why: Why there are none, else empty.
    """

    values: dict[str, float]
    epoch: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Objectives:
    """The objectives of a study.

    Attributes:
        names: In the order of the spec.
        higher: Of each, whether more of it is better.
    """

    names: tuple[str, ...]
    higher: tuple[bool, ...]

    @classmethod
    def of(cls, section: TuneSection) -> Objectives:
        """Those that a `tune` section names."""
        written = section.objective
        names = (written,) if isinstance(written, str) else tuple(written)
        return cls(names, tuple(name not in COSTS and higher_is_better(name) for name in names))

    @property
    def several(self) -> bool:
        """Whether there is more than one."""
        return len(self.names) > 1

    @property
    def measured(self) -> tuple[str, ...]:
        """Those that a training measures, epoch by epoch."""
        return tuple(name for name in self.names if name not in COSTS)

    @property
    def first(self) -> str | None:
        """The first that is measured: it says which epoch of a trial is the best."""
        return next(iter(self.measured), None)

    def is_higher(self, name: str) -> bool:
        """Whether more of an objective is better."""
        return self.higher[self.names.index(name)]

    def is_better(self, name: str, value: float, than: float) -> bool:
        """Whether a value of an objective is better than another."""
        return Watch(self.is_higher(name)).improves(value, than)

    def costs(self, sized: Sized) -> dict[str, float]:
        """The objectives that are known before a training; without those that cannot be."""
        known = {"parameters": sized.parameters, "flops": sized.flops}
        return {name: cost for name in self.names if (cost := known.get(name)) is not None}

    def curve(self, history: History) -> dict[int, float]:
        """The first measured objective by epoch, from 1, where it is a finite number."""
        values = [row.get(self.first or "", float("nan")) for row in history]
        return {epoch: value for epoch, value in enumerate(values, 1) if isfinite(value)}

    def outcome(self, history: History, sized: Sized) -> Outcome:
        """What a trial comes to, at the epoch that was best by the first measured objective.

        An epoch counts where all that is measured is a finite number in it.
        """
        costs = self.costs(sized)
        missing = [name for name in self.names if name in COSTS and name not in costs]
        if missing:
            return Outcome({}, why=f"`{missing[0]}` hangs on sizes that are open")
        if self.first is None:
            return Outcome(costs)
        watch, best, epoch = Watch(self.is_higher(self.first)), None, None
        for number, row in enumerate(history, 1):
            if all(isfinite(row.get(name, float("nan"))) for name in self.measured):
                value = row[self.first]
                if watch.improves(value, best):
                    best, epoch = value, number
        if epoch is None:
            return Outcome({}, why=self._unmeasured(history))
        measured = {name: float(history[epoch - 1][name]) for name in self.measured}
        return Outcome({name: (measured | costs)[name] for name in self.names}, epoch)

    def _unmeasured(self, history: History) -> str:
        """Why no epoch has a value."""
        if not history:
            return "no epoch was trained"
        names = [name for name in history[0] if name != "epoch"]
        for name in self.measured:
            if not any(name in row for row in history):
                near = did_you_mean(name, names)
                told = f"did you mean `{near}`?" if near else f"there is {name_list(names)}"
                return f"`{name}` is not logged; {told}"
            if not any(isfinite(row.get(name, float("nan"))) for row in history):
                return f"`{name}` was a finite number at no epoch"
        return f"{name_list(self.measured)} were never finite numbers at the same epoch"
