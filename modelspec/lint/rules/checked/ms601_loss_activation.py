"""MS601 loss-activation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.lint.subject import activation, last_layer, last_size
from modelspec.training import losses

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import GraphOutput, Node
    from modelspec.lint.subject import Subject
    from modelspec.source import Place
    from modelspec.training.losses import Loss

_FITTING = {
    "softmax": frozenset({"softmax", "sparsemax"}),
    "sigmoid": frozenset({"sigmoid", "hard_sigmoid"}),
}


class LossActivation(Rule):
    """A cross-entropy is computed from something that is no probability, or the wrong kind.

    `categorical_crossentropy` compares one distribution over classes with another: its output
    ends in `softmax`. `binary_crossentropy` takes every value as the probability of a yes by
    itself: its output ends in `sigmoid`. On a sigmoid the first trains towards numbers that do
    not sum to 1; on a softmax the second counts each class against all others twice; without
    either, both see numbers that are no probabilities, and train silently wrong. Write the
    activation, and training computes on the logits by itself; or leave it out and say
    `from_logits: true`, where the model itself is to give logits. Both at once are wrong.
    """

    code = "MS601"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: sparse_categorical_crossentropy}
""",
        """\
inputs: {x: [8]}
layers:
  logits: {type: Dense, units: 4}
  y: {type: Activation, activation: sigmoid}
outputs: {y: binary_crossentropy}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3}}
outputs: {y: {loss: {type: categorical_crossentropy, from_logits: true}}}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: sigmoid}}
outputs: {y: categorical_crossentropy}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: binary_crossentropy}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3}}
outputs: {y: sparse_categorical_crossentropy}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: {type: categorical_crossentropy, from_logits: true}}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare each output's loss with the function that its layer ends in."""
        for output in subject.graph.outputs.values():
            self._check_output(subject, output, report)

    def _check_output(self, subject: Subject, output: GraphOutput, report: Report) -> None:
        loss = output.loss
        if loss is None or not loss.activation:
            return
        node = last_layer(subject.graph, output.source)
        ends_in = activation(node)
        if node is None or ends_in is None:
            return
        if loss.of_logits:
            self._check_logits(output, loss, node, ends_in, report)
            return
        if ends_in in _FITTING[loss.activation]:
            return
        if ends_in == "softmax" and last_size(output) == 1:
            return  # MS602 says what is wrong
        what = "no activation" if ends_in == "linear" else f"`{ends_in}`"
        message = (
            f"`{losses.called(loss)}` needs probabilities from a `{loss.activation}`, but "
            f"`{node.name}` ends in {what}"
        )
        help = _suggest_help(loss.activation, ends_in, node.name, last_size(output))
        report.add(_place(output).finding(self.code, message, help=help))

    def _check_logits(
        self, output: GraphOutput, loss: Loss, node: Node, ends_in: str, report: Report
    ) -> None:
        if not any(ends_in in fitting for fitting in _FITTING.values()):
            return
        flag = hasattr(loss, "from_logits")
        called, told = losses.called(loss), " (`from_logits`)" if flag else ""
        message = f"`{called}` needs logits{told}, but `{node.name}` ends in `{ends_in}`"
        help = f"remove the activation of `{node.name}`" + ", or `from_logits`" * flag
        report.add(_place(output).finding(self.code, message, help=help))


def _place(output: GraphOutput) -> Place:
    """Where the loss is written."""
    place = output.place.at("loss")
    return place if place.document.value(place.path) is not None else output.place


def _suggest_help(wanted: str, ends_in: str, name: str, size: int | None) -> str:
    if wanted == "softmax" and ends_in == "sigmoid":
        if size == 1:
            return "use `binary_crossentropy` for one yes or no"
        return "use `activation: softmax`, or `binary_crossentropy` if several can be true at once"
    if wanted == "sigmoid" and ends_in == "softmax":
        return "use `categorical_crossentropy`, or `activation: sigmoid` if several can be true"
    return f"set `activation: {wanted}` on `{name}`; training still computes on its logits"
