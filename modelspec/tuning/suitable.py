"""Whether what a `tune` section asks for goes together, beyond what each part of it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.language.tune import Choice
from modelspec.lint.rules.checked.ms707_monitor_unknown import logged
from modelspec.tuning.objectives import COSTS, Objectives

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.language.tune import TuneSettings
    from modelspec.tuning.space import SearchSpace

ROWS = ("data.file", "data.split", "data.test", "data.train", "data.validation")
"""What says which rows decide: all trials share it."""


def check_suitable(
    settings: TuneSettings,
    space: SearchSpace,
    graph: Graph,
    report: Report,
    *,
    validated: bool,
) -> None:
    """Report what does not go together.

    Args:
        settings: The section.
        space: What it searches over.
        graph: Of a spec of the space.
        report: Gets the findings.
        validated: Whether there are validation rows.
    """
    _check_paths(settings, space, report)
    _check_objectives(settings, graph, report, validated=validated)
    _check_sampler(settings, space, report)


def _check_paths(settings: TuneSettings, space: SearchSpace, report: Report) -> None:
    """Refuse to search over what has to be the same for all trials, or different for each."""
    for axis in space.axes:
        path = axis.path
        if path == "train.seed" or f"{path}.".startswith("tune."):
            message = f"`{path}` cannot be searched over: each trial has a seed of its own"
            help = "leave it out; `tune.confirm` trains the best with several seeds"
        elif any(f"{path}.".startswith(f"{rows}.") for rows in ROWS) or path == "data":
            message = f"`{path}` cannot be searched over: trials are compared on the same rows"
            help = "leave it out, or search once for each"
        else:
            continue
        place = settings.place.at("search")
        report.add(
            (place.at(path) if not axis.needs else place).finding("MS206", message, help=help)
        )


def _check_objectives(
    settings: TuneSettings, graph: Graph, report: Report, *, validated: bool
) -> None:
    measured = logged(graph)
    names = [*measured, *(f"val_{name}" for name in measured if validated)]
    place = settings.place.at("objective")
    several = isinstance(settings.section.objective, list)
    objectives = Objectives.of(settings.section)
    for index, name in enumerate(objectives.names):
        where = place.at(index) if several else place
        if objectives.names.index(name) < index:
            report.add(where.finding("MS206", f"`{name}` is an objective twice"))
        elif name in COSTS or name in names:
            continue
        elif name.removeprefix("val_") in measured:
            message = f"`{name}` is not measured: `data` has no validation rows"
            help = "set `data.split.validation`"
            report.add(where.finding("MS206", message, help=help))
        else:
            near = did_you_mean(name, [*names, *COSTS])
            help = f"did you mean `{near}`?" if near else ""
            message = f"`{name}` is not logged; a trial logs {name_list(names)}"
            report.add(where.finding("MS206", message, help=help))


def _check_sampler(settings: TuneSettings, space: SearchSpace, report: Report) -> None:
    rule, place = settings.section.sampler, settings.place.at("sampler")
    objectives = Objectives.of(settings.section)
    numbers = [axis for axis in space.axes if not isinstance(axis.space, Choice)]
    if rule == "grid" and space.count is None:
        ranges = next(axis.path for axis in numbers if axis.values() is None)
        message = f"a grid has no end: `{ranges}` is a range of numbers"
        help = "name its values in a list, or take another sampler"
    elif rule == "cmaes" and objectives.several:
        message = "`cmaes` knows one objective only"
        help = "take `nsga2` or `tpe`"
    elif rule == "cmaes" and not numbers:
        message = "`cmaes` moves numbers only, and none is searched over"
        help = "take `tpe`, or `grid`"
    else:
        return
    report.add(place.finding("MS206", message, help=help))


def sampler_notes(settings: TuneSettings, space: SearchSpace) -> list[str]:
    """What the sampler leaves to chance, a line each."""
    rule = settings.section.sampler
    if rule not in ("cmaes", "gp"):
        return []
    left = [
        axis.name
        for axis in space.axes
        if axis.needs or (rule == "cmaes" and isinstance(axis.space, Choice))
    ]
    return [f"`{rule}` leaves to chance: {name_list(left)}"] if left else []
