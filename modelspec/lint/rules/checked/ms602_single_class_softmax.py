"""MS602 single-class-softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.layers.values import Tensor
from modelspec.lint.rule import Rule
from modelspec.lint.subject import activation

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.graph import Node
    from modelspec.lint.subject import Subject


class SingleClassSoftmax(Rule):
    """A softmax over one unit is always 1.

    Softmax makes the numbers along the last axis sum to 1. With one number there, the result is
    1 whatever comes in: it carries no information and no gradient, so nothing before it learns.
    For one yes or no use `activation: sigmoid`; to weigh the steps of a sequence, bring the steps
    to the last axis first (`Permute`, `Flatten`).
    """

    code = "MS602"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: binary_crossentropy}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: softmax}}
outputs: {y: categorical_crossentropy}
""",
        """\
inputs: {x: [8]}
layers:
  score: {type: Dense, units: 1}
  gate: {type: Activation, activation: softmax}
outputs: [gate]
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the size of the last axis of every softmax."""
        for body in subject.bodies:
            for node in body.nodes.values():
                if node.layer is not None and activation(node) == "softmax" and _is_single(node):
                    report.add(self._finding(node))

    def _finding(self, node: Node) -> Diagnostic:
        place = node.place.at("activation")
        written = place.document.value(place.path) is not None
        return (place if written else node.place).finding(
            self.code,
            f"`{node.name}` ({node.type}) is a softmax over one unit: always 1",
            key=not written,
            help="use `activation: sigmoid` for a yes or no, or give it a unit a class",
        )


def _is_single(node: Node) -> bool:
    value = node.outputs.get("")
    return isinstance(value, Tensor) and bool(value.shape) and value.shape[-1] == 1  # type: ignore[index]
