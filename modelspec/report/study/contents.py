"""What the page of a study is made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, nan
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Column:
    """A path that is searched over, wherever it is.

    Attributes:
        path: Where its values go, as of `--set`.
        choices: Its values as YAML text, in the order of the spec; empty where it is a range.
        low: The least number of a range.
        high: The greatest.
        log: Whether a range is drawn from evenly by the logarithm.
        whole: Whether a range is of integers.
    """

    path: str
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Objective:
    """What is to become best.

    Attributes:
        higher: Whether more of it is better.
        cost: Whether it is known before a training, and the same with any seed.
    """

    name: str
    higher: bool
    cost: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialContents:
    """One trial.

    Attributes:
        number: From 1.
        status: `running`, `complete`, `pruned` or `failed`.
        why: Why it was pruned, or failed.
        values: What it has at each path; of a column with choices as YAML text.
        objectives: What each came to; may lack some.
        history: One row an epoch.
        link: Where its run lies, from the page's folder; empty for nowhere.
    """

    number: int
    status: str
    why: str = ""
    values: Mapping[str, Any]
    objectives: Mapping[str, float]
    parameters: int
    flops: int | None = None
    epochs: int = 0
    seconds: float = 0.0
    history: Sequence[dict[str, float]] = ()
    link: str = ""

    def value(self, objective: str) -> float | None:
        """An objective, where it is a finite number."""
        found = self.objectives.get(objective, nan)
        return found if isfinite(found) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmedContents:
    """A trial that was trained again with other seeds.

    Attributes:
        means: Of each objective.
        deviations: Of each, where there are several repeats.
        repeats: How many came to their end.
        test: What the test rows say, where they were asked.
        links: Where the repeats lie.
    """

    trial: int
    means: Mapping[str, float]
    deviations: Mapping[str, float]
    repeats: int
    test: Mapping[str, float] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class StudyContents:
    """A study.

    Attributes:
        name: What it is called.
        folder: `NAME/TIME`.
        told: What is to be said of it in one line: its seed, its sampler.
        objectives: The first decides where there are several.
        columns: What is searched over.
        trials: In the order of their numbers.
        ordered: The numbers of those that came to their end, best first.
        front: The numbers of those that no other one is better than.
        best: The number of the best, None for none.
        confirmed: Best first.
        importance: By path how much it mattered, sums to 1; or why that is not known.
        importance_told: What the importance was computed from.
        rejected: How many proposals were not started, by the reason.
        spec: The text of the spec, or of its section.
        overrides: What the command line changed in it.
        files: What else lies beside the page, by what it is.
    """

    name: str
    folder: str
    told: str = ""
    objectives: Sequence[Objective]
    columns: Sequence[Column]
    trials: Sequence[TrialContents]
    ordered: Sequence[int]
    front: Sequence[int]
    best: int | None
    confirmed: Sequence[ConfirmedContents] = ()
    importance: Mapping[str, float] | str = ""
    importance_told: str = ""
    rejected: Mapping[str, int] = field(default_factory=dict)
    spec: str = ""
    overrides: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_number(self) -> dict[int, TrialContents]:
        """The trials by their numbers."""
        return {each.number: each for each in self.trials}

    @cached_property
    def shades(self) -> dict[int, float]:
        """From 0, the worst of those that came to their end, to 1, the best."""
        last = max(1, len(self.ordered) - 1)
        return {number: 1 - place / last for place, number in enumerate(self.ordered)}

    def of_status(self, status: str) -> list[TrialContents]:
        """The trials of a status."""
        return [each for each in self.trials if each.status == status]
