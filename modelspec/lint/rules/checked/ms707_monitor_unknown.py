"""MS707 monitor-unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Fix, did_you_mean, name_list
from modelspec.lint.rule import Rule
from modelspec.training import metrics

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph import Graph
    from modelspec.lint.subject import Subject
    from modelspec.source import Place
    from modelspec.spec.data import DataSettings


class MonitorUnknown(Rule):
    """A callback watches a value that the run will not log.

    A run logs `loss` and each metric by its name; with several outputs also `age_loss` and
    `age_mae`; and all of them with `val_` in front where there are validation rows. A callback
    that waits for any other name waits in vain: early stopping never stops, a checkpoint of the
    best is never written. Name a value that is logged, or give the data validation rows.
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
        validated = _has_validation(subject.spec.data)
        for callback, place in train.callbacks:
            monitor = getattr(callback, "monitor", None)
            if monitor is None:
                continue
            if monitor.removeprefix("val_") not in measured:
                names = measured + [f"val_{name}" for name in measured] * validated
                self._unknown(monitor, names, place, report)
            elif monitor.startswith("val_") and not validated:
                self._without_validation(monitor, place, report)

    def _unknown(self, monitor: str, names: list[str], place: Place, report: Report) -> None:
        near = _nearest(monitor, names)
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


def logged(graph: Graph) -> list[str]:
    """The names that a run logs of the training rows, as Keras calls them."""
    outputs = graph.outputs.values()
    several = len(outputs) > 1
    names = ["loss"]
    for output in outputs:
        prefix = f"{output.name}_" if several else ""
        if several and output.loss:
            names.append(f"{prefix}loss")
        names += (f"{prefix}{metric}" for metric in output.metrics)
    return names


def _nearest(monitor: str, names: list[str]) -> str | None:
    """The name that was meant, also where it is another name of the same metric (`acc`)."""
    for name in names:
        head, _, tail = name.rpartition("_")
        metric = metrics.find(tail)
        for alias in metric.aliases if metric else ():
            if monitor == (f"{head}_{alias}" if head else alias):
                return name
    return did_you_mean(monitor, names)


def _has_validation(data: DataSettings | None) -> bool:
    """Whether a run will have validation rows; yes where the data is not said yet."""
    return data is None or "validation" in data.files or data.split.validation > 0
