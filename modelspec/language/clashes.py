"""What the callbacks of a run contradict each other in, like files that two would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.training.callback import RUN_FILES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Report
    from modelspec.source import Place
    from modelspec.training.callback import Callback
    from modelspec.training.optimizers import Optimizer


def check_callbacks(
    settings: Sequence[tuple[Callback, Place]], optimizer: Optimizer, report: Report
) -> bool:
    """Report callbacks that cannot be in one run, at the later one.

    Args:
        settings: The callbacks, and where each stands.
        optimizer: With the learning rate that the run has.
        report: Gets the findings.

    Returns:
        Whether there was one.
    """
    before = len(report)
    _check_files(settings, report)
    _check_kinds(settings, report)
    if not isinstance(optimizer.learning_rate, int | float):
        _check_learning_rate(settings, report)
    return len(report) > before


def _check_files(settings: Sequence[tuple[Callback, Place]], report: Report) -> None:
    writers: dict[str, tuple[Callback, Place] | None] = dict.fromkeys(RUN_FILES)
    for callback, place in settings:
        taken = next((name for name in callback.files() if name in writers), None)
        if taken is not None and not _is_second(callback, writers[taken]):
            other = writers[taken]
            owner = "the run itself" if other is None else f"`{other[1].text}`"
            which, free = "this", callback
            if callback.only_one and other is not None:
                which, free = "that", other[0]
            help = f"give {which} one another `{free.named_by}`"
            message = f"`{taken}` in the run directory is already written by {owner}"
            where = place.at(callback.named_by)
            report.add(where.finding("MS206", message, help=help, key=True))
        writers |= {name: (callback, place) for name in callback.files() if name not in writers}


def _is_second(callback: Callback, other: tuple[Callback, Place] | None) -> bool:
    """Whether a callback is the second of a type of which there is only one."""
    return callback.only_one and other is not None and type(other[0]) is type(callback)


def _check_kinds(settings: Sequence[tuple[Callback, Place]], report: Report) -> None:
    found: set[type[Callback]] = set()
    for callback, place in settings:
        if callback.only_one and type(callback) in found:
            message = "a run can have only one callback of this type"
            report.add(place.finding("MS206", message, help="remove one of them"))
        found.add(type(callback))


def _check_learning_rate(settings: Sequence[tuple[Callback, Place]], report: Report) -> None:
    for callback, place in settings:
        if callback.sets_learning_rate:
            message = "the callback changes the learning rate, which follows a schedule"
            help = "give `learning_rate` a number and leave `warmup_steps` out, or remove this"
            report.add(place.finding("MS206", message, help=help))
