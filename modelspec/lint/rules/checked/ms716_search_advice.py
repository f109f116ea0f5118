"""MS716 search-advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list
from modelspec.lint.logged import has_validation, logged
from modelspec.lint.rule import Rule
from modelspec.lint.rules.checked.ms715_unsuitable_search import all_spaces, objectives

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.language.tune import TuneSettings
    from modelspec.lint.subject import Subject

LEAST_EPOCHS = 3
"""Hyperband looks at a trial for the first time after a third of its epochs."""


class SearchAdvice(Rule):
    """A part of a search has no effect, or another one than it seems.

    The loss and the metrics of the training rows say how well a model has learnt them by heart:
    what is searched for should be a `val_` value. `hyperband` ends nothing early where there are
    fewer than three epochs. `cmaes` moves numbers only: choices, and what hangs on them, it draws
    at random; `gp` does so with what hangs on choices.
    """

    code = "MS716"
    passes = (
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {layers.h.units: [4, 8]}, objective: val_loss}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {layers.h.units: [4, 8]}, objective: loss}
""",
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
train: {epochs: 2}
tune: {search: {layers.h.units: [4, 8]}, pruner: hyperband}
""",
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune:
  search:
    layers.h.units: {int: [1, 8]}
    train.learning_rate: {float: [0.001, 0.1]}
    layers.h.activation: [relu, tanh]
  sampler: cmaes
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look for what has no effect."""
        tune = subject.spec.tune
        if tune is None:
            return
        self._chance(tune, report)
        self._epochs(tune, subject, report)
        validated = has_validation(subject.spec.data)
        for name, place in objectives(tune):
            if name in logged(subject.graph):
                message = f"`{name}` is measured on the training rows, not on rows unseen"
                help = f"search for `val_{name}`"
                if not validated:
                    help += ", and set `data.split.validation`"
                report.add(place.finding(self.code, message, help=help))

    def _chance(self, tune: TuneSettings, report: Report) -> None:
        sampler = tune.section.sampler
        if sampler not in ("cmaes", "gp"):
            return
        from modelspec.language.tune import Choice

        outer = set(tune.search)
        left = [
            path
            for path, space in all_spaces(tune.search)
            if path not in outer or (sampler == "cmaes" and isinstance(space, Choice))
        ]
        if left:
            message = f"`{sampler}` draws at random what it cannot move: {name_list(left)}"
            place = tune.place.at("sampler")
            report.add(place.finding(self.code, message, help="take `tpe`, which learns of all"))

    def _epochs(self, tune: TuneSettings, subject: Subject, report: Report) -> None:
        train = subject.spec.train
        if train is None or "pruner" not in tune.section.model_fields_set:
            return
        searched = any(path == "train.epochs" for path, _ in all_spaces(tune.search))
        if tune.section.pruner == "hyperband" and train.epochs < LEAST_EPOCHS and not searched:
            message = f"`hyperband` ends nothing early in {train.epochs} epochs"
            help = f"train for {LEAST_EPOCHS} or more, or write `pruner: none`"
            report.add(tune.place.at("pruner").finding(self.code, message, help=help))
