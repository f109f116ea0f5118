"""MS701 dropout-at-output."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.lint.subject import SHAPE_ONLY, last_layer

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class DropoutAtOutput(Rule):
    """Dropout right before an output sets predictions to zero.

    Dropout belongs between layers, where what it drops is made up for by what is left. Right
    before an output it replaces a share of the predictions by 0 and scales up the rest while
    training, so the loss is computed on numbers that the model did not predict. Move it in front
    of the last layer.
    """

    code = "MS701"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 16, activation: relu}
  drop: {type: Dropout, rate: 0.5}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  y: {type: Dense, units: 1}
  drop: {type: Dropout, rate: 0.5}
outputs: {drop: mse}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at what each output shows."""
        for output in subject.graph.outputs.values():
            node = last_layer(subject.graph, output.source, through=SHAPE_ONLY)
            if node is not None and node.type.endswith("Dropout") and node.kind == "layer":
                report.add(
                    node.place.finding(
                        self.code,
                        f"`{node.name}` ({node.type}) drops predictions of output `{output.name}`",
                        key=True,
                        help="move it in front of the last layer, or remove it",
                    )
                )
