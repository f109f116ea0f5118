"""The file that a training takes its first weights from, and the nodes that it freezes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.graph.block import inner_graph
from modelspec.graph.node_patterns import matching_nodes
from modelspec.runner.run.directory import BEST, LAST, LATEST, RECORD, weights_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.source import Place


def find_initial_weights(written: str, folder: str, place: Place, report: Report) -> Path | None:
    """The file of weights that `train.weights` means. None after a finding.

    Args:
        written: A safetensors file, or a run: its directory, or the folder of a name's runs.
        folder: What paths are relative to.
        place: Where it is written.
        report: Gets what is wrong.
    """
    path = Path(os.path.join(folder, written))
    if path.is_file():
        return path
    latest = path / LATEST
    run = path if (path / RECORD).is_file() else latest
    for name in (BEST, LAST):
        if weights_file(run, name).is_file():
            return weights_file(run, name)
    message = f"there are no weights at `{path}`"
    help = "name a safetensors file or a run, by a path relative to the spec's folder"
    report.add(place.finding("MS806", message, help=help))
    return None


def freeze_nodes(graph: Graph, patterns: Sequence[str], place: Place, report: Report) -> None:
    """Freeze the nodes that `train.freeze` names.

    Args:
        graph: Its nodes are changed.
        patterns: Names of nodes or shared layers, `stage_*`.
        place: Where they are written.
        report: Told where nothing is left to train.
    """
    for pattern in patterns:
        for node in matching_nodes(graph, pattern):
            node.trainable = False
    if patterns and not _learns(graph):
        message = "`freeze` leaves nothing to train"
        report.add(place.finding("MS706", message, help="freeze fewer nodes", key=True))


def _learns(graph: Graph) -> bool:
    """Whether any weight is trained."""
    for node in graph.nodes.values():
        if not node.alive or not node.trainable:
            continue
        inside = node.graph or inner_graph(node)
        if any(weight.trainable for weight in node.weights) or (inside and _learns(inside)):
            return True
    return False
