"""The thresholds that a spec writes, and what has to be there for those that it wants chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.data.features.binary import THRESHOLD
from modelspec.data.features.decisions import picks_one
from modelspec.diagnostics import did_you_mean, name_list

if TYPE_CHECKING:
    from modelspec.data.features.preprocessing import Preprocessing
    from modelspec.data.splits import Splits
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, GraphOutput

CODE = "MS610"


def decides(output: GraphOutput, preprocessing: Preprocessing) -> bool:
    """Whether an output says yes or no, of one label or of several, as the data has it."""
    feature = preprocessing.features.get(output.name)
    binary = output.loss is not None and output.loss.targets == "binary"
    return binary and feature is not None and not picks_one(feature)


def with_threshold(graph: Graph, preprocessing: Preprocessing, threshold: float) -> Preprocessing:
    """The preprocessing with one threshold for all outputs of yes or no.

    Raises:
        ValueError: There is none; or it is not from 0 to 1.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold is a probability, from 0 to 1, not {threshold}")
    names = [name for name, output in graph.outputs.items() if decides(output, preprocessing)]
    if not names:
        raise ValueError("no output says yes or no")
    thresholds = preprocessing.thresholds | dict.fromkeys(names, (threshold,))
    return preprocessing.with_thresholds(thresholds)


def with_written_thresholds(graph: Graph, preprocessing: Preprocessing) -> Preprocessing:
    """The preprocessing with the thresholds that the outputs of a graph write."""
    written = {
        name: _written(output, output.decision.threshold, preprocessing)
        for name, output in graph.outputs.items()
        if output.decision and output.decision.threshold is not None
    }
    return preprocessing.with_thresholds(preprocessing.thresholds | written)


def _written(
    output: GraphOutput, threshold: float | dict[str, float], preprocessing: Preprocessing
) -> tuple[float, ...]:
    if not isinstance(threshold, dict):
        return (threshold,)
    return tuple(
        threshold.get(name, threshold.get(str(place), THRESHOLD))
        for place, name in enumerate(_labels(output, preprocessing))
    )


def _labels(output: GraphOutput, preprocessing: Preprocessing) -> list[str]:
    """The names of an output's labels, or their places."""
    shape = getattr(output.value, "shape", None)
    width = shape[-1] if shape and isinstance(shape[-1], int) else 1
    names = preprocessing.classes(output.name) or ()
    return list(names) if len(names) == width else [str(place) for place in range(width)]


def _check_labels(output: GraphOutput, preprocessing: Preprocessing, report: Report) -> None:
    """Report thresholds of labels that there are not."""
    threshold = output.decision.threshold if output.decision else None
    if not isinstance(threshold, dict):
        return
    known = _labels(output, preprocessing)
    for key in threshold:
        if key not in known and key not in map(str, range(len(known))):
            near = did_you_mean(key, known)
            place = output.place.at("decision", "threshold", key)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
            message = f"output `{output.name}` has no label `{key}`"
            report.add(place.finding(CODE, message, help=help, key=True))


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
        _check_labels(output, splits.preprocessing, report)
        if output.decision.best is not None and splits.validation is None:
            message = "there are no validation rows to choose a threshold on"
            help = "add `data.split.validation`, or write `threshold: 0.5`"
            report.add(place.at("best").finding(CODE, message, help=help, key=True))
    preprocessing = with_written_thresholds(graph, splits.preprocessing)
    return replace(splits, preprocessing=preprocessing)
