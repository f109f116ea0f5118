"""MS605 loss-weight-imbalance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject

SUSPECT_RATIO = 10_000


class LossWeightImbalance(Rule):
    """The weights of the losses are so far apart that one output hardly counts.

    The loss that is minimised is the sum of each output's loss times its weight. With weights
    ten thousand times apart, the gradient of the lighter output is lost beside the other's,
    unless its loss is as much larger by nature. Look at the size of each loss in the log of a
    short run, and choose weights that bring them near to each other.
    """

    code = "MS605"
    passes = (
        """\
inputs: {x: [8]}
layers:
  age: {type: Dense, units: 1}
  gender: {type: Dense, units: 1, activation: sigmoid}
edges: ["x -> age, gender"]
outputs:
  age: {loss: mse, weight: 0.25}
  gender: {loss: binary_crossentropy, weight: 10}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  age: {type: Dense, units: 1}
  gender: {type: Dense, units: 1, activation: sigmoid}
edges: ["x -> age, gender"]
outputs:
  age: {loss: mse, weight: 0.0005}
  gender: {loss: binary_crossentropy, weight: 10}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare the largest and the smallest weight. A weight of 0 is meant."""
        weighed = [
            output for output in subject.graph.outputs.values() if output.loss and output.weight > 0
        ]
        if len(weighed) < 2:
            return
        least = min(weighed, key=lambda output: output.weight)
        most = max(weighed, key=lambda output: output.weight)
        ratio = most.weight / least.weight
        if ratio >= SUSPECT_RATIO:
            place = least.place.at("weight")
            written = place.document.value(place.path) is not None
            report.add(
                (place if written else least.place).finding(
                    self.code,
                    f"the loss of `{most.name}` weighs {ratio:,.0f} times that of `{least.name}`, "
                    "which will hardly count",
                    key=not written,
                    help="bring the weights nearer to each other",
                )
            )
