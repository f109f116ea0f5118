"""MS704 linear-stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Related
from modelspec.lint.rule import Rule
from modelspec.lint.subject import At, activation

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import Node
    from modelspec.lint.subject import Subject


class LinearStack(Rule):
    """Two Dense layers with no activation between them are one.

    The product of two matrices is a matrix: what two Dense layers in a row can compute, one can
    compute too, with fewer weights. Nearly always an `activation` was forgotten on the first. A
    narrow layer without a bias in front of a wider one is taken for a factorization that is
    meant, and is not reported.
    """

    code = "MS704"
    passes = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 16, activation: relu}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
        """\
inputs: {x: [64]}
layers:
  narrow: {type: Dense, units: 4, use_bias: false}
  y: {type: Dense, units: 64}
outputs: {y: mse}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers:
  hidden: {type: Dense, units: 16}
  y: {type: Dense, units: 1}
outputs: {y: mse}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at what comes before each Dense layer."""
        for at in subject.of_type("Dense"):
            sources = at.node.operands.get("", [])
            if len(sources) != 1:
                continue
            before = At(at.body, at.body.nodes[sources[0].node])
            if (
                before.node.type == "Dense"
                and before.node.kind == "layer"
                and activation(before.node) == "linear"
                and len(subject.consumers(before)) == 1
                and not subject.is_output(before)
                and not _is_factorization(before.node, at.node)
            ):
                first, second = before.node.name, at.node.name
                report.add(
                    before.node.place.finding(
                        self.code,
                        f"`{first}` and `{second}` have no activation between them: together they "
                        "are one Dense layer",
                        key=True,
                        help=f"give `{first}` an `activation`, or remove it",
                        related=(Related(at.node.place.key_span, f"`{second}` follows"),),
                    )
                )


def _is_factorization(first: Node, second: Node) -> bool:
    """Whether a narrow layer without a bias stands between two wider sides."""
    kernel = next((weight for weight in first.weights if weight.name == "kernel"), None)
    if kernel is None or getattr(first.layer, "use_bias", True):
        return False
    features, units = kernel.shape
    return units < features and units < getattr(second.layer, "units", 0)
