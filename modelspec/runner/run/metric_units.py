"""In which units the metrics of a run are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from modelspec.data import Preprocessing
    from modelspec.graph.graph import Graph

KEY, DATA_UNITS = "metrics_in", "data_units"
"""The entry of `run.json`, and what stands there. Runs of modelspec 0.1.0 have none: their metrics
are those of the numbers that the model sees."""
AS_BEGUN = "the metrics of this run stay in the units of the normalised targets, as it began"


def in_data_units(record: Mapping[str, Any]) -> bool:
    """Whether a run, by its `run.json`, logs metrics in the data's units."""
    return record.get(KEY) == DATA_UNITS


def units_notes(
    graph: Graph,
    preprocessing: Preprocessing,
    outputs: Container[str] | None = None,
    *,
    as_begun: bool = False,
) -> dict[str, str]:
    """What has to be said of the values of each output whose targets are normalised.

    Args:
        graph: Its outputs say what is measured.
        preprocessing: Knows which targets are normalised.
        outputs: Those that have targets; by default all.
        as_begun: Whether the metrics are in the units of the normalised targets, as in old runs.

    Returns:
        By output: `mae, mse: in the data's units; loss: of the normalised target`.
    """
    found: dict[str, str] = {}
    for name, output in graph.outputs.items():
        feature = preprocessing.features.get(name)
        if feature is None or not feature.normalised:
            continue
        if outputs is not None and name not in outputs:
            continue
        own = [str(each.name) for each in output.metrics if each.in_data_units and not as_begun]
        others = [str(each.name) for each in output.metrics if str(each.name) not in own]
        normalised = ["loss"] * (output.loss is not None) + others
        units = "in the data's units"
        if own and feature.within_fitted:
            units += ", of targets as far as those of the training rows reach"
        parts = {units: own, "of the normalised target": normalised}
        found[name] = "; ".join(
            f"{', '.join(each)}: {what}" for what, each in parts.items() if each
        )
    return found
