"""MS702 norm-before-output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.lint.subject import SHAPE_ONLY, last_layer

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class NormBeforeOutput(Rule):
    """BatchNormalization right before an output makes predictions depend on the batch.

    While training, a prediction that is normalized over its batch depends on the other samples
    of the batch, and is forced to their mean and variance, whatever the targets are. Normalize
    before the last layer, or normalize the targets in the data (`normalize: standard`).
    """

    code = "MS702"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 16, activation: relu}
  norm: BatchNormalization
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  raw: {type: Dense, units: 1, use_bias: false}
  y: BatchNormalization
outputs: {y: mse}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at what each trained output shows."""
        for output in subject.graph.outputs.values():
            node = (
                last_layer(subject.graph, output.source, through=SHAPE_ONLY)
                if output.loss
                else None
            )
            if node is not None and node.type == "BatchNormalization" and node.kind == "layer":
                report.add(
                    node.place.finding(
                        self.code,
                        f"`{node.name}` normalizes output `{output.name}` over the batch",
                        key=True,
                        help="normalize before the last layer, or normalize the targets",
                    )
                )
