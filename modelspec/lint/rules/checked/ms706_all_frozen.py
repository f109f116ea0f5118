"""MS706 all-frozen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph import totals
from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class AllFrozen(Rule):
    """No layer has a weight that training may change.

    Every layer is frozen by `trainable: false`, or has no weights at all, so training would go
    through the data and change nothing. Unfreeze at least one layer.
    """

    code = "MS706"
    passes = (
        """\
inputs: {x: [8]}
layers:
  base: {type: Dense, units: 16, activation: relu, trainable: false}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, trainable: false}}
outputs: {y: mse}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Count what training can change."""
        if subject.broken:
            return
        counted = totals(subject.graph)
        if counted.trainable:
            return
        what = "all weights are frozen" if counted.non_trainable else "no layer has weights"
        report.add(
            subject.spec.model.place.at("layers").finding(
                self.code,
                f"{what}: there is nothing to train",
                key=True,
                help="remove `trainable: false` from a layer",
            )
        )
