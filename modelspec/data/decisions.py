"""The thresholds that a spec writes, and what has to be there for those that it wants chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.data.features.decisions import picks_one

if TYPE_CHECKING:
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.splits import Splits
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph

CODE = "MS610"


def with_written_thresholds(graph: Graph, preprocessing: Preprocessing) -> Preprocessing:
    """The preprocessing with the thresholds that the outputs of a graph write."""
    written = {
        name: (output.decision.threshold,)
        for name, output in graph.outputs.items()
        if output.decision and output.decision.threshold is not None
    }
    return preprocessing.with_thresholds(preprocessing.thresholds | written)


def check_decisions(graph: Graph, splits: Splits, report: Report) -> Splits:
    """Report decisions that the data leaves no room for; the data, with written thresholds."""
    for name, output in graph.outputs.items():
        if output.decision is None:
            continue
        place = output.place.at("decision")
        if picks_one(splits.preprocessing.features.get(name)):
            message = f"the data says of `{name}` one class out of several: no threshold decides"
            help = "remove `decision`, or declare the column with `encode: multi_hot`"
            report.add(place.finding(CODE, message, help=help, key=True))
        if output.decision.best is not None and splits.validation is None:
            message = "there are no validation rows to choose a threshold on"
            help = "add `data.split.validation`, or write `threshold: 0.5`"
            report.add(place.at("best").finding(CODE, message, help=help, key=True))
    preprocessing = with_written_thresholds(graph, splits.preprocessing)
    return replace(splits, preprocessing=preprocessing)
