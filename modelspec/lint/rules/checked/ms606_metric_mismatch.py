"""MS606 metric-mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.lint.rule import Rule
from modelspec.lint.subject import activation, last_layer, last_size
from modelspec.training import losses, metrics

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import GraphOutput
    from modelspec.lint.subject import Subject
    from modelspec.training.losses import Loss
    from modelspec.training.metrics import Metric

_PROBABILITIES = frozenset({"softmax", "sparsemax", "sigmoid", "hard_sigmoid"})


class MetricMismatch(Rule):
    """A metric cannot measure what the output predicts.

    `accuracy`, `precision`, `recall` and `auc` count right and wrong decisions. The output of a
    regression is a number: it is never exactly right, and an accuracy of it means nothing. And
    metrics of numbers (`mae`, `mse`) cannot compare a row of class probabilities with the class
    indices that `sparse_categorical_crossentropy` is trained on. Choose a metric of the same
    kind as the loss.
    """

    code = "MS606"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, metrics: [mae]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: mse, metrics: [accuracy, auc]}}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: {loss: mse, metrics: [accuracy]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: sparse_categorical_crossentropy, metrics: [mae]}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare each output's metrics with its loss."""
        for output in subject.graph.outputs.values():
            loss = losses.find(output.loss) if output.loss else None
            for index, name in enumerate(output.metrics if loss else ()):
                metric = metrics.find(name)
                if metric and loss:
                    self._compare(subject, output, loss, metric, index, report)

    def _compare(
        self,
        subject: Subject,
        output: GraphOutput,
        loss: Loss,
        metric: Metric,
        index: int,
        report: Report,
    ) -> None:
        if loss.targets == "numbers" and metric.kind != "numbers":
            ends_in = activation(last_layer(subject.graph, output.source))
            if ends_in is None or ends_in in _PROBABILITIES:
                return
            what = f"`{output.name}` predicts a number (`{output.loss}`), of which `{metric.name}`"
            what, help = f"{what} means nothing", "use `mae` or `mse`"
        elif loss.targets == "indices" and metric.name in ("mae", "mse", "binary_accuracy"):
            if (last_size(output) or 1) == 1:
                return
            what = f"`{metric.name}` cannot compare `{output.name}` with the class indices"
            what, help = f"{what} of `{output.loss}`", "use `accuracy`"
        else:
            return
        place = output.place.at("metrics", index)
        report.add(place.finding(self.code, what, help=help))
