"""What has to be said of the values that an output is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.run.metric_units import units_notes

if TYPE_CHECKING:
    from collections.abc import Container

    from modelspec.data import Preprocessing
    from modelspec.graph.graph import Graph


def value_notes(
    graph: Graph,
    preprocessing: Preprocessing,
    outputs: Container[str] | None = None,
    *,
    as_begun: bool = False,
    of_several: bool = False,
) -> dict[str, str]:
    """In which units the values of each output are, and from which threshold on yes is counted.

    Args:
        graph: Its outputs say what is measured.
        preprocessing: Knows units and thresholds.
        outputs: Those that have targets; by default all.
        as_begun: As in `units_notes`.
        of_several: The values are those of several runs, each of which has chosen its thresholds.

    Returns:
        By output, of those of which there is something to be said.
    """
    found = units_notes(graph, preprocessing, outputs, as_begun=as_begun)
    for name, output in graph.outputs.items():
        if output.decision is None or (outputs is not None and name not in outputs):
            continue
        chosen = preprocessing.thresholds.get(name)
        best = output.decision.told() if output.decision.best is not None else ""
        if best and of_several:
            told = f"yes from each run's own threshold on ({best})"
        elif chosen is None:
            told = f"yes from 0.5 on; that of the {best} is chosen when the training ends"
        else:
            told = f"yes from {', '.join(f'{each:.4g}' for each in chosen)} on"
            told += f" ({best})" if best else ""
        counted = [str(metric.name) for metric in output.metrics if metric.at_decision]
        note = f"{', '.join(counted)}: {told}" if counted else told
        found[name] = f"{found[name]}; {note}" if name in found else note
    return found
