"""MS610 decision-mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.training import losses

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import GraphOutput
    from modelspec.lint.subject import Subject


class DecisionMismatch(Rule):
    """A threshold is asked for where there is nothing to decide, or nothing to choose it on.

    `decision` says from which probability on an output says yes. That is a matter of outputs of
    yes or no, of one label or of several (`binary_crossentropy`). A softmax says one class out of
    several: its answer is the most probable one, and no threshold leads to it. A number is no
    decision at all. `best` chooses the threshold when a training ends, on rows that were not
    learnt from: it needs validation rows.
    """

    code = "MS610"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, decision: {threshold: 0.3}}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, decision: {best: f1}}}
data: {file: mails.csv, split: {validation: 0.2}}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: categorical_crossentropy, decision: {threshold: 0.3}}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, decision: {best: f1}}}
data: {file: houses.csv, split: {validation: 0.2}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, decision: {best: f1}}}
data: {file: mails.csv}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the outputs with `decision`."""
        for output in subject.graph.outputs.values():
            if output.decision is None:
                continue
            place = output.place.at("decision")
            problem = _nothing_to_decide(output)
            if problem:
                message, help = problem
                report.add(place.finding(self.code, message, help=help, key=True))
            elif output.decision.best is not None and _never_validates(subject):
                message = f"the threshold of `{output.name}` is chosen on validation rows: none"
                help = "add `data.split.validation`, or write `threshold: 0.5`"
                place = place.at("best")
                report.add(place.finding(self.code, f"{message} are left", help=help, key=True))


def _nothing_to_decide(output: GraphOutput) -> tuple[str, str] | None:
    loss = output.loss
    if loss is None:
        message = f"`{output.name}` has no loss that says what its values mean"
        return message, "give it `loss: binary_crossentropy`, or remove `decision`"
    called = losses.called(loss)
    if loss.targets == "binary" and "hinge" not in called:
        return None
    if loss.targets in ("classes", "indices"):
        message = f"`{output.name}` says one class out of several, the most probable one"
        return message, "remove `decision`; a sigmoid with `binary_crossentropy` says yes or no"
    message = f"`{called}` compares no probabilities of yes with yes and no"
    return message, "remove `decision`, or use `binary_crossentropy`"


def _never_validates(subject: Subject) -> bool:
    """Whether the spec has data, and none of it is for validation."""
    data = subject.spec.data
    return data is not None and "validation" not in data.files and not data.split.validates
