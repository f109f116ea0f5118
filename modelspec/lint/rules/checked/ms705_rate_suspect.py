"""MS705 rate-suspect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.training.schedules import Schedule

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.language.train import TrainSettings
    from modelspec.lint.subject import Subject
    from modelspec.source import Place

_TOO_LARGE = {"Adam": 0.1, "AdamW": 0.1, "RMSprop": 0.1, "SGD": 10.0}
"""The rates from which on training hardly ever gets anywhere, by optimizer."""


class RateSuspect(Rule):
    """The learning rate is far outside of what works.

    Adam and RMSprop step by about the learning rate in every weight, whatever the size of the
    gradient: at 0.1 a step is as large as the weights themselves. A rate of 0 learns nothing.
    Their usual rates lie between 0.0001 and 0.01; SGD's between 0.001 and 1.
    """

    code = "MS705"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
train: {optimizer: sgd, learning_rate: 0.1}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
train: {optimizer: adam, learning_rate: 0.1}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare the rate with what its optimizer can take."""
        train = subject.spec.train
        if train is None:
            return
        name = type(train.optimizer).__name__
        rate = train.optimizer.learning_rate
        if isinstance(rate, Schedule):
            return
        most = _TOO_LARGE.get(name)
        if rate == 0:
            message, help = "a learning rate of 0 learns nothing", "use a rate above 0"
        elif most is not None and rate >= most:
            message = f"{name} at a learning rate of {rate:g} hardly ever learns"
            default = type(train.optimizer).model_fields["learning_rate"].default
            help = f"the usual rate is {default:g}"
        else:
            return
        report.add(_place(train).finding(self.code, message, help=help))


def _place(train: TrainSettings) -> Place:
    """Where the rate is written; the section where it is the default."""
    for place in (train.place.at("learning_rate"), train.place.at("optimizer", "learning_rate")):
        if place.document.value(place.path) is not None:
            return place
    return train.place
