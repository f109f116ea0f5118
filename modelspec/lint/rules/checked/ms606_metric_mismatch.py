"""MS606 metric-mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.lint.rule import Rule
from modelspec.lint.subject import activation, last_layer, last_size
from modelspec.shapes import text
from modelspec.training import losses, metrics

if TYPE_CHECKING:
    from collections.abc import Callable

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
    kind as the loss. A metric's arguments must fit the output too: `class_id` is one of its
    classes, `mean_iou` of a softmax has `sparse_y_pred: false`, and what compares with a
    threshold sees probabilities, not logits. So must those of a loss: an `axis` is one of the
    output's own.
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
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs:
  y:
    loss: {type: binary_crossentropy, from_logits: true}
    metrics: [{type: auc, from_logits: true}, {type: binary_accuracy, threshold: 0.0}]
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
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: categorical_crossentropy, metrics: [{type: recall, class_id: 3}]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3}}
outputs: {y: {loss: {type: cosine_similarity, axis: 2}}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3}}
outputs: {y: {loss: mse, metrics: [{type: cosine_similarity, axis: -2}]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs: {y: {loss: {type: categorical_focal_crossentropy, alpha: [0.5, 0.5]}}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, metrics: [f1_score]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: {loss: {type: binary_crossentropy, from_logits: true}, metrics: [auc]}}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 3, activation: softmax}}
outputs:
  y: {loss: categorical_crossentropy, metrics: [{type: mean_iou, num_classes: 3}]}
""",
        """\
inputs: {x: [8, 3]}
layers: {y: {type: Permute, dims: [2, 1]}, z: {type: Activation, activation: sigmoid}}
edges: [x -> y -> z]
outputs: {z: {loss: binary_crossentropy, metrics: [{type: auc, multi_label: true, num_labels: 3}]}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare each output's metrics with its loss and its values."""
        for output in subject.graph.outputs.values():
            self._check_loss(output, report)
            ends_in = activation(last_layer(subject.graph, output.source))
            for metric, place in zip(output.metrics, output.metric_places, strict=True):
                measured = _Measured(output, metric, ends_in)
                found = next(filter(None, (check(measured) for check in _CHECKS)), None)
                if found:
                    message, help = found
                    report.add(place.finding(self.code, message, help=help))

    def _check_loss(self, output: GraphOutput, report: Report) -> None:
        found = _of_its_axes(output, output.loss)
        weights, width = getattr(output.loss, "alpha", None), last_size(output)
        if found is None and isinstance(weights, list) and width not in (None, len(weights)):
            message = f"`{output.name}` has {width} classes, `alpha` has {len(weights)}"
            found = message, "give one factor a class"
        if found:
            message, help = found
            report.add(output.place.at("loss").finding(self.code, message, help=help))


class _Measured(NamedTuple):
    output: GraphOutput
    metric: Metric
    ends_in: str | None

    @property
    def called(self) -> str:
        return f"`{metrics.called(self.metric)}`"

    def argument(self, name: str) -> Any:
        return getattr(self.metric, name, None)


_Problem = tuple[str, str] | None


def _of_a_number(measured: _Measured) -> _Problem:
    output, ends_in = measured.output, measured.ends_in
    if output.loss is None or output.loss.targets != "numbers":
        return None
    if measured.metric.kind == "numbers" or ends_in is None or ends_in in _PROBABILITIES:
        return None
    loss = losses.called(output.loss)
    what = f"`{output.name}` predicts a number (`{loss}`), of which {measured.called} means nothing"
    return what, "use `mae` or `mse`"


def _of_indices(measured: _Measured) -> _Problem:
    output = measured.output
    if output.loss is None or output.loss.targets != "indices" or (last_size(output) or 1) == 1:
        return None
    called = metrics.called(measured.metric)
    if called not in ("mae", "mse", "rmse", "binary_accuracy"):
        return None
    loss = losses.called(output.loss)
    what = f"`{called}` cannot compare `{output.name}` with the class indices of `{loss}`"
    return what, "use `accuracy`"


def _of_logits(measured: _Measured) -> _Problem:
    """What compares with a threshold, or takes a logarithm, is wrong on logits."""
    output, metric = measured.output, measured.metric
    if output.loss is None or not output.loss.of_logits or measured.argument("from_logits"):
        return None
    if metric.kind == "" and (output.loss.targets != "binary" or last_size(output) != 1):
        return None
    if output.decision and metric.at_decision:
        return None
    wants = metric.kind in ("", "binary") or measured.argument("from_logits") is False
    if not wants or metrics.called(metric).endswith("hinge") or measured.argument("top_k"):
        return None
    if measured.argument("threshold") not in (None, 0.5):
        return None
    what = f"{measured.called} wants probabilities, but `{output.name}` gives logits"
    flag = "add `from_logits: true` to it" if measured.argument("from_logits") is False else ""
    way = f"give `{output.name}` `activation: {output.loss.activation}` in place of `from_logits`"
    return what, f"{flag}, or {way}" if flag else way


def _of_known_classes(measured: _Measured) -> _Problem:
    width, class_id = last_size(measured.output), measured.argument("class_id")
    if width is not None and class_id is not None and class_id >= width:
        what = f"`{measured.output.name}` has {width} classes (0 to {width - 1}), none {class_id}"
        return what, "classes are counted from 0"
    weights = measured.argument("label_weights")
    if width is not None and weights is not None and len(weights) != width:
        what = f"`{measured.output.name}` has {width} values, `label_weights` has {len(weights)}"
        return what, "give one weight a value of the last axis"
    labels = measured.argument("num_labels")
    if width is not None and labels not in (None, width):
        return f"`{measured.output.name}` has {width} values, `num_labels` is {labels}", (
            "remove `num_labels`"
        )
    return None


def _of_known_width(measured: _Measured) -> _Problem:
    """What has sums of its own for each value of the last axis."""
    metric = measured.metric
    if last_size(measured.output) is not None or not _by_value(metric):
        return None
    if getattr(measured.output.value, "shape", None) is None:
        return None  # what it follows from has been reported
    what = f"{measured.called} needs to know how many values `{measured.output.name}` has"
    return what, "fix the size of its last axis"


def _of_its_axes(output: GraphOutput, judge: Loss | Metric | None) -> _Problem:
    """An axis that the output does not have."""
    given, shape = getattr(judge, "axis", None), getattr(output.value, "shape", None)
    if given is None or shape is None:
        return None
    for axis in given if isinstance(given, list) else [given]:
        if not -len(shape) <= axis <= len(shape):
            what = f"`{output.name}` is `{text(shape)}`, which has no axis {axis}"
            return what, f"count from 1 to {len(shape)}, or from -1 back to {-len(shape)}"
    return None


def _of_the_metrics_axis(measured: _Measured) -> _Problem:
    return _of_its_axes(measured.output, measured.metric)


def _by_value(metric: Metric) -> bool:
    return metrics.called(metric) in ("r2_score", "f1_score", "fbeta_score") or bool(
        getattr(metric, "multi_label", False)
    )


def _of_one_value(measured: _Measured) -> _Problem:
    if metrics.called(measured.metric) not in ("f1_score", "fbeta_score"):
        return None
    if last_size(measured.output) != 1 or measured.argument("threshold") is not None:
        return None
    if measured.output.decision:
        return None
    what = f"{measured.called} takes the only value of `{measured.output.name}` for a yes, always"
    return what, "add `threshold: 0.5`"


def _of_values(measured: _Measured) -> _Problem:
    """Intersection over union of class indices, where the output has a value a class."""
    if measured.argument("sparse_y_pred") and measured.ends_in in ("softmax", "sparsemax"):
        name = measured.output.name
        what = f"{measured.called} wants class indices, but `{name}` has a value a class"
        return what, "add `sparse_y_pred: false`"
    return None


_CHECKS: tuple[Callable[[_Measured], _Problem], ...] = (
    _of_a_number,
    _of_indices,
    _of_logits,
    _of_known_classes,
    _of_the_metrics_axis,
    _of_known_width,
    _of_one_value,
    _of_values,
)
