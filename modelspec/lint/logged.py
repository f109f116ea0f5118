"""What a run will log, by its graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import did_you_mean
from modelspec.lint.subject import last_size
from modelspec.training import metrics

if TYPE_CHECKING:
    from modelspec.graph import Graph, GraphOutput
    from modelspec.language.data import DataSettings
    from modelspec.training.metrics import Metric


def broken_metrics(output: GraphOutput) -> bool:
    """Whether some of an output's metrics are broken."""
    place = output.place.at("metrics")
    written = place.document.value(place.path)
    return isinstance(written, list) and len(written) > len(output.metrics)


def logged(graph: Graph) -> list[str]:
    """The names that a run logs of the training rows, as Keras calls them."""
    outputs = graph.outputs.values()
    losses = [f"{output.name}_loss" for output in outputs if output.loss and len(outputs) > 1]
    return ["loss", *losses, *logged_metrics(graph)]


def logged_metrics(graph: Graph) -> dict[str, Metric]:
    """The metrics by all names that their values are logged by."""
    outputs = graph.outputs.values()
    return {
        f"{output.name}_{key}" if len(outputs) > 1 else key: metric
        for output in outputs
        for metric in output.metrics
        for key in metric.keys(last_size(output))
    }


def nearest(monitor: str, names: list[str]) -> str | None:
    """The name that was meant, also where it is another name of the same metric (`acc`)."""
    for name in names:
        head, _, tail = name.rpartition("_")
        for alias in metrics.aliases(tail):
            if monitor == (f"{head}_{alias}" if head else alias):
                return name
    return did_you_mean(monitor, names)


def has_validation(data: DataSettings | None) -> bool:
    """Whether a run will have validation rows; yes where the data is not said yet."""
    return data is None or "validation" in data.files or data.split.validates
