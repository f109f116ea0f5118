"""What has to be said of a sampler before it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list
from modelspec.language.tune import Choice

if TYPE_CHECKING:
    from modelspec.language.tune import TuneSettings
    from modelspec.tuning.space.axes import SearchSpace


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
