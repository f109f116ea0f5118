"""MS603 activated-regression."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.lint.subject import activation, last_layer
from modelspec.training import losses

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class ActivatedRegression(Rule):
    """An output that is trained as a number ends in a relu.

    A relu can never be negative, so the output cannot follow targets below 0; and where it is 0
    it has no gradient: an output that starts there for all samples never learns. Leave the
    activation of a regression output out. If the targets cannot be negative, `softplus` says so
    without dying.
    """

    code = "MS603"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 8, activation: sigmoid}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: relu}}
outputs: {y: mae}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the outputs that are trained on numbers."""
        for output in subject.graph.outputs.values():
            if output.loss is None or output.loss.targets != "numbers":
                continue
            node = last_layer(subject.graph, output.source)
            if node is None or activation(node) != "relu":
                continue
            place = node.place.at("activation")
            report.add(
                place.finding(
                    self.code,
                    f"`{node.name}` ends in a relu, which can never be negative under "
                    f"`{losses.called(output.loss)}`",
                    help="leave the activation of a regression out",
                )
            )
