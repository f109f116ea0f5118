"""The trials of a study as a notebook shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.notebook import table
from modelspec.tuning.results.lines import objective_text, seconds_text, short_names, value_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.report.markup import Html
    from modelspec.tuning.record import Study, Trial


def trials_table(study: Study, trials: Sequence[Trial], best: Trial | None) -> Html:
    """A row a trial: what it came to, and what it has at each path.

    Args:
        study: Says what is to become best.
        trials: In the order of the rows.
        best: The one that is marked.
    """
    paths = dict.fromkeys(path for trial in trials for path in trial.values)
    called = short_names(paths)
    head = ("trial", *study.objective, *(called[path] for path in paths), "epochs", "time", "")
    rows = (
        (
            f"{trial.number}{' (best)' * (best is not None and trial.number == best.number)}",
            *(
                objective_text(name, trial.objectives[name]) if name in trial.objectives else ""
                for name in study.objective
            ),
            *(value_text(trial.values[path]) if path in trial.values else "" for path in paths),
            str(trial.epochs),
            seconds_text(trial.seconds),
            "" if trial.status == "complete" else trial.status,
        )
        for trial in trials
    )
    return table(head, rows)
