"""What is said of a trial in one line, and how long a study may still take."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from modelspec.language.tune import COSTS
from modelspec.language.yaml_writer import flow
from modelspec.runner.progress.epoch_line import number_text

_TELLING = ("params.", "train.")
"""What begins so is told by its last word."""

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.tuning.record import Confirmation, Trial


def trial_line(trial: Trial, total: int | None, names: Sequence[str], *, best: str = "") -> str:
    """`trial 7 of 50  val_accuracy 0.9620 (epoch 9)  params.filters=64  3.1 s  new best`.

    Args:
        trial: One that has ended, or was interrupted.
        total: How many there are to be; None where that is open.
        names: The objectives.
        best: What it is among those so far: `new best`.
    """
    of = f" of {total}" if total else ""
    parts = [f"trial {trial.number}{of}", _came_to(trial, names), assigned(trial.values)]
    return "  ".join(part for part in (*parts, seconds_text(trial.seconds), best) if part)


def _came_to(trial: Trial, names: Sequence[str]) -> str:
    values = [
        f"{name} {objective_text(name, trial.objectives[name])}"
        for name in names
        if name in trial.objectives
    ]
    at = f" (epoch {trial.epoch})" if values and trial.epoch else ""
    measured = "  ".join(values) + at
    if trial.status == "complete":
        return measured
    if trial.status == "pruned" and trial.why:
        return f"pruned after epoch {trial.epochs}: {one_line(trial.why)}"
    ended = {
        "pruned": f"pruned after epoch {trial.epochs}",
        "failed": "failed",
        "running": f"interrupted after epoch {trial.epochs}",
    }[trial.status]
    why = f": {one_line(trial.why)}" if trial.why else ""
    return "  ".join(part for part in (ended + why, measured) if part)


def confirmation_line(each: Confirmation, names: Sequence[str]) -> str:
    """`trial 7 again, time 2  val_accuracy 0.9580`."""
    values = [(name, each.objectives[name]) for name in names if name in each.objectives]
    came_to = "  ".join(f"{name} {objective_text(name, value)}" for name, value in values)
    if each.status == "failed":
        came_to = f"failed: {one_line(each.why)}"
    return f"trial {each.trial} again, time {each.repeat}  {came_to}".rstrip()


def assigned(values: Mapping[str, Any], called: Mapping[str, str] | None = None) -> str:
    """`params.filters=64  train.optimizer=adam`, or by what the paths are called."""
    names = called or {}
    return "  ".join(
        f"{names.get(path, path)}={value_text(value)}" for path, value in values.items()
    )


def short_names(paths: Iterable[str]) -> dict[str, str]:
    """The end of each path, as long as it takes to tell it from the others.

    `train.learning_rate` is `learning_rate`, `layers.conv.filters` is `conv.filters`.
    """
    parts = {path: path.split(".") for path in paths}
    most = max((len(each) for each in parts.values()), default=0)
    found: dict[str, str] = {}
    for length in range(1, most + 1):
        ends = {path: ".".join(each[-length:]) for path, each in parts.items()}
        counted = Counter(ends.values())
        for path, end in ends.items():
            enough = length > 1 or path.startswith(_TELLING) or "." not in path
            if path not in found and ((counted[end] == 1 and enough) or length == most):
                found[path] = end
    return found


def objective_text(name: str, value: float) -> str:
    """What an objective came to: a count whole, `3,664`, else four digits that matter."""
    return f"{value:,.0f}" if name in COSTS else number_text(value)


def value_text(value: Any) -> str:
    """A value on one line; a number with four digits that matter."""
    return f"{value:.4g}" if isinstance(value, float) else flow(value)


def one_line(text: str) -> str:
    """The first line of a text, its end cut off where it is long."""
    first = text.strip().partition("\n")[0]
    return first if len(first) <= 160 else f"{first[:159]}…"


def seconds_text(seconds: float) -> str:
    """`3.1 s`, `4 min 10 s`, `2 h 05 min`."""
    from modelspec.report.numbers import duration

    return duration(seconds)


def time_left(done: int, left: int, elapsed: float) -> str:
    """`about 4 min 10 s left`, from how long those took that are done; empty where none is."""
    if not done or left <= 0:
        return ""
    seconds = round(elapsed / done * left)
    return f"about {f'{seconds} s' if seconds < 60 else seconds_text(seconds)} left"
