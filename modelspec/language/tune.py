"""The `tune` section: what is searched over, for what, and within which limits."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from modelspec.language.search_ranges import RANGES, Choice, FloatRange, IntRange, Space
from modelspec.language.search_reader import SearchReader, Try
from modelspec.language.validation import validated

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.source import Place

__all__ = [
    "COSTS",
    "RANGES",
    "Choice",
    "Confirm",
    "FloatRange",
    "IntRange",
    "Limits",
    "Space",
    "Try",
    "TuneSection",
    "TuneSettings",
    "read_tune",
]

Count: TypeAlias = Annotated[int, Field(gt=0)]
COSTS = ("parameters", "flops")
"""Objectives that are known before a trial: less of them is better."""


class _Tuned(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Limits(_Tuned):
    """What no candidate may be over: it is never started."""

    parameters: Count | None = None
    """How many parameters a candidate has at most."""
    flops: Count | None = None
    """How many FLOPs a sample takes at most."""


class Confirm(_Tuned):
    """How the best candidates are trained again before one is called the best."""

    top: Count = 3
    """How many of the best."""
    seeds: Count = 3
    """How many times each, with a seed of its own."""


class TuneSection(_Tuned):
    """What is searched over, for what, and within which limits."""

    search: Annotated[dict[str, Any], Field(min_length=1)]
    """By path, as for `--set`: a list of values, `{int: [LOW, HIGH]}`, `{float: [LOW, HIGH]}`, or
    a mapping from each value to what is searched too where it is taken."""
    objective: (
        Annotated[str, Field(min_length=1)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    ) = "val_loss"
    """What is to become best: a name that a run logs, `parameters` or `flops`; or several."""
    limits: Limits = Limits()
    """What no candidate may be over."""
    sampler: Literal["tpe", "random", "grid", "nsga2", "cmaes", "gp"] = "tpe"
    """How candidates are chosen."""
    trials: Count = 50
    """How many candidates are trained."""
    pruner: Literal["hyperband", "median", "none"] = "hyperband"
    """How hopeless trials are ended early."""
    confirm: Confirm | Literal["none"] = Confirm()
    """How the best are trained again; `none` takes the best trial at its word."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What the candidates are drawn from, and the seed of each trial."""
    invalid: Literal["refuse", "skip"] = "refuse"
    """What to do about values that cannot go together, as what has them is no sound model: refuse
    to begin, or say which they are and leave them out."""


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """A sound `tune` section.

    Attributes:
        search: What each path is searched over.
    """

    section: TuneSection
    search: dict[str, Space]
    place: "Place"


def read_tune(
    value: object, place: "Place", report: "Report", try_values: Try
) -> TuneSettings | None:
    """Read a `tune` section.

    Args:
        value: What stands there.
        place: Where it stands.
        report: Gets the findings.
        try_values: Reads the spec with values in place.

    Returns:
        None where any part is broken; all parts are looked at all the same.
    """
    before = len(report)
    section = validated(TuneSection, value, place, report)
    written = value.get("search") if isinstance(value, dict) else None
    reader = SearchReader(report, try_values)
    search = reader.read(written if isinstance(written, dict) else {}, place.at("search"))
    if section is None or len(report) > before:
        return None
    return TuneSettings(section, search, place)
