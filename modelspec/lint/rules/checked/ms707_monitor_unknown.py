"""MS707 monitor-unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix, name_list
from modelspec.lint.logged import broken_metrics, has_validation, logged, logged_metrics, nearest
from modelspec.lint.rule import Rule
from modelspec.training import metrics
from modelspec.training.monitor import higher_is_better

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import Graph
    from modelspec.lint.subject import Subject
    from modelspec.source import Place


class MonitorUnknown(Rule):
    """A callback watches a value that the run will not log.

    A run logs `loss` and each metric by its name; with several outputs also `age_loss` and
    `age_mae`; a metric of several values as `f1_score_0`, `f1_score_1`; and all of them with
    `val_` in front where there are validation rows. A callback that waits for any other name waits
    in vain: early stopping never stops, a checkpoint of the best is never written. Name a value
    that is logged, or give the data validation rows. Where a metric has a `name` of its own, say
    which way it improves by `mode: max` or `mode: min`.
    """

    code = "MS707"
    passes = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, metrics: [accuracy]}}
train: {callbacks: [{type: early_stopping, monitor: val_accuracy}]}
""",
    )
    fails = (
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, metrics: [accuracy]}}
train: {callbacks: [{type: early_stopping, monitor: val_acc}]}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: {loss: binary_crossentropy, metrics: [{type: auc, name: area}]}}
train: {callbacks: [{type: early_stopping, monitor: val_area}]}
""",
        """\
inputs: {x: [8]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: rows.npz}
train: {callbacks: [early_stopping]}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Compare every callback's `monitor` with the names that are logged."""
        train = subject.spec.train
        outputs = subject.graph.outputs.values()
        if train is None or not any(output.loss for output in outputs):
            return
        measured = logged(subject.graph)
        validated = has_validation(subject.spec.data)
        for callback, place in train.callbacks:
            monitor = getattr(callback, "monitor", None)
            if monitor is None:
                continue
            if monitor.removeprefix("val_") not in measured and any(map(broken_metrics, outputs)):
                continue  # it may be a metric that is broken, and has been reported
            if monitor.removeprefix("val_") not in measured:
                names = measured + [f"val_{name}" for name in measured] * validated
                self._unknown(monitor, names, place, report)
            elif monitor.startswith("val_") and not validated:
                self._without_validation(monitor, place, report)
            elif getattr(callback, "mode", "") == "auto":
                self._direction(subject.graph, monitor, place, report)

    def _unknown(self, monitor: str, names: list[str], place: Place, report: Report) -> None:
        near = nearest(monitor, names)
        where = place.at("monitor")
        written = where.document.value(where.path) is not None
        report.add(
            (where if written else place).finding(
                self.code,
                f"`{monitor}` is not logged; the run will log {name_list(names)}",
                help=f"did you mean `{near}`?" if near else "",
                fix=Fix(where.span, near, f"watch `{near}`") if near and written else None,
            )
        )

    def _direction(self, graph: Graph, monitor: str, place: Place, report: Report) -> None:
        """A metric with a name of its own: `auto` goes by names."""
        metric = logged_metrics(graph).get(monitor.removeprefix("val_"))
        if metric is None or metric.higher_is_better == higher_is_better(monitor):
            return
        where, mode = place.at("monitor"), "max" if metric.higher_is_better else "min"
        message = f"the name `{monitor}` does not say which way `{metrics.called(metric)}` improves"
        report.add(where.finding(self.code, message, help=f"add `mode: {mode}`"))

    def _without_validation(self, monitor: str, place: Place, report: Report) -> None:
        where = place.at("monitor")
        written = where.document.value(where.path) is not None
        report.add(
            (where if written else place).finding(
                self.code,
                f"`{monitor}` is not logged: `data` has no validation rows",
                help="set `data.split.validation`, or watch "
                f"`monitor: {monitor.removeprefix('val_')}`",
            )
        )
