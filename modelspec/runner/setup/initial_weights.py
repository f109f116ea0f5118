"""What a training starts from: weights of another run or file, and nodes that stay as they are."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list
from modelspec.graph.block import inner_graph
from modelspec.graph.node_patterns import fits, meant
from modelspec.runner.run.directory import BEST, LAST, LATEST, RECORD, weights_file

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import nn

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.source import Place

SHOWN = 6
"""How many names of a kind are told."""


def find_start(written: str, folder: str, place: Place, report: Report) -> Path | None:
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
    """Let training leave the nodes as they are that `train.freeze` names.

    Args:
        graph: Its nodes are changed.
        patterns: Names of nodes or shared layers, `stage_*`.
        place: Where they are written.
        report: Told where nothing is left to train.
    """
    for pattern in patterns:
        for node in meant(graph, pattern):
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


def multipliers_of(
    graph: Graph, module: nn.Module, patterns: Sequence[tuple[str, float]]
) -> Mapping[str, float]:
    """How many times the learning rate each parameter learns at that `patterns` speak of.

    Args:
        graph: Has the nodes.
        module: Was built of it.
        patterns: Of nodes, the first that fits counts.
    """
    from modelspec.torch.weight_ownership import by_node

    found: dict[str, float] = {}
    for node, attribute in by_node(graph, module) if patterns else ():
        factor = next((factor for pattern, factor in patterns if fits(node, pattern)), None)
        if factor is not None:
            part = module.get_submodule(attribute)
            found |= dict.fromkeys((f"{attribute}.{n}" for n, _ in part.named_parameters()), factor)
    return found


def start_from(module: nn.Module, path: Path, say: Callable[[str], object]) -> None:
    """Take the weights of a file that have the same names and shapes, and say which.

    Raises:
        SpecError: The file is unreadable, or has nothing for the module (MS806, MS807).
    """
    from modelspec.runner.checkpoint.load_weights import matching_weights

    found = matching_weights(module, path)
    module.load_state_dict(found.taken, strict=False)
    said = [f"{len(found.taken)} weights of {path}"]
    for names, what in (
        (found.other_shapes, "of another shape there"),
        (found.new, "new here"),
        (found.left, "not used"),
    ):
        if names:
            said.append(f"{what}: {name_list(names, limit=SHOWN)}")
    say("; ".join(said))
