"""MS608 class-weight-mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.training import losses

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


_WITHOUT_CLASSES = {"numbers": "a number", "labels": "a vector", "sequences": "a sequence"}

_OF_REGIONS = ("dice", "tversky")


class ClassWeightMismatch(Rule):
    """An output without classes has class weights.

    `class_weight` makes the samples of one class count more or less. An output that is trained
    as a number has no classes, nor has one of regions (`dice`), so the weights could only be
    ignored. Remove them, or use a cross-entropy if the output is a class after all. To make the
    whole output count more or less, use `weight`.
    """

    code = "MS608"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: categorical_crossentropy, class_weight: {0: 1.0, 2: 5.0}}}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, class_weight: {0: 1.0, 1: 5.0}}}
""",
        """\
inputs: {x: [8, 8, 1]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: dice, class_weight: {0: 1.0, 1: 5.0}}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the losses of outputs with class weights."""
        for output in subject.graph.outputs.values():
            called = losses.called(output.loss) if output.loss else ""
            targets = output.loss.targets if output.loss else "classes"
            what = "regions" if called in _OF_REGIONS else _WITHOUT_CLASSES.get(targets)
            if output.class_weight and what:
                report.add(
                    output.place.at("class_weight").finding(
                        self.code,
                        f"`{output.name}` predicts {what} (`{called}`): it has no classes",
                        key=True,
                        help="remove `class_weight`",
                    )
                )
