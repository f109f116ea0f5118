"""MS703 bias-before-norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Related
from modelspec.lint.rule import Rule
from modelspec.lint.subject import At, activation

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import Subject


class BiasBeforeNorm(Rule):
    """The bias of a layer is cancelled by the BatchNormalization after it.

    BatchNormalization subtracts the mean of every channel, and with it the bias that the layer
    before it has added; its own `beta` takes the bias's place. The bias does no harm, but it is
    trained and stored for nothing. Set `use_bias: false` on the layer.
    """

    code = "MS703"
    passes = (
        """\
inputs: {image: [8, 8, 3]}
layers:
  conv: {type: Conv2D, filters: 4, kernel_size: 3, use_bias: false}
  norm: BatchNormalization
  act: {type: Activation, activation: relu}
outputs: [act]
""",
        """\
inputs: {image: [8, 8, 3]}
layers:
  conv: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu}
  norm: BatchNormalization
  flat: Flatten
  y: {type: Dense, units: 2}
outputs: [y]
""",
    )
    fails = (
        """\
inputs: {image: [8, 8, 3]}
layers:
  conv: {type: Conv2D, filters: 4, kernel_size: 3}
  norm: BatchNormalization
  act: {type: Activation, activation: relu}
outputs: [act]
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at what comes before each BatchNormalization over the channels."""
        for at in subject.of_type("BatchNormalization"):
            norm = at.node
            sources = norm.operands.get("", [])
            if getattr(norm.layer, "axis", None) != -1 or not norm.trainable or len(sources) != 1:
                continue
            node = at.body.nodes[sources[0].node]
            before = At(at.body, node)
            if (
                node.shared is None
                and getattr(node.layer, "use_bias", False)
                and activation(node) == "linear"
                and len(subject.consumers(before)) == 1
                and not subject.is_output(before)
            ):
                report.add(
                    node.place.finding(
                        self.code,
                        f"the bias of `{node.name}` is cancelled by `{norm.name}`",
                        key=True,
                        help=f"set `use_bias: false` on `{node.name}`",
                        related=(Related(norm.place.key_span, "subtracts every channel's mean"),),
                    )
                )
