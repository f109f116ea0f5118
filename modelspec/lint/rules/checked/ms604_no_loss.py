"""MS604 no-loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class NoLoss(Rule):
    """No output has a loss, so there is nothing to train for.

    What training minimises is the sum of the outputs' losses. A spec without any can be drawn,
    summed up and used to predict, but not trained. Give at least one output a loss.
    """

    code = "MS604"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: [y]
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look for a loss."""
        outputs = subject.graph.outputs.values()
        if outputs and not any(output.loss for output in outputs):
            first = next(iter(outputs))
            report.add(
                subject.spec.model.place.at("outputs").finding(
                    self.code,
                    "no output has a loss: there is nothing to train for",
                    key=True,
                    help=f"give one a loss, `{first.name}: mse`",
                )
            )
