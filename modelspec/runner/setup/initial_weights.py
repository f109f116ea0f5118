"""The file that a training takes its first weights from, and the nodes that it freezes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.block import inner_graph
from modelspec.graph.node_patterns import matching_nodes
from modelspec.language.train import weights_place
from modelspec.runner.run.directory import BEST, LAST, LATEST, RECORD, weights_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.language.train import TrainSettings
    from modelspec.source import Place


class InitialWeights(NamedTuple):
    """A file of weights, and the path of the node that they are for; "" for the whole model."""

    node: str
    file: Path


def find_initial_weights(
    settings: TrainSettings, folder: str, report: Report
) -> tuple[InitialWeights, ...]:
    """The files of weights that `train.weights` means.

    Args:
        settings: The section.
        folder: What paths are relative to.
        report: Gets what is not there (MS806).
    """
    found = []
    for node, written in settings.weights:
        place = weights_place(settings.place, node)
        file = _weights_file(written, folder, place, report)
        if file is not None:
            found.append(InitialWeights(node, file))
    return tuple(found)


def _weights_file(written: str, folder: str, place: Place, report: Report) -> Path | None:
    """A safetensors file, or the weights of a run: its directory, or the folder of a name's runs.

    None after a finding.
    """
    path = Path(os.path.join(folder, written))
    if path.is_file():
        return path.resolve()
    latest = path / LATEST
    run = path if (path / RECORD).is_file() else latest
    for name in (BEST, LAST):
        if weights_file(run, name).is_file():
            return weights_file(run, name).resolve()  # `latest` is about to be another run
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
