"""Weights of another run or file into a new module, and learning rates of single layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list
from modelspec.graph.node_patterns import matches
from modelspec.runner.checkpoint.load_weights import matching_weights
from modelspec.torch.weight_ownership import weight_owners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import nn

    from modelspec.graph.graph import Graph

NAMES_SHOWN = 6
"""How many names of a kind are listed."""


def learning_rate_multipliers(
    graph: Graph, module: nn.Module, patterns: Sequence[tuple[str, float]]
) -> Mapping[str, float]:
    """How many times the learning rate each parameter learns at that `patterns` speak of.

    Args:
        graph: Has the nodes.
        module: Was built of it.
        patterns: Of nodes, the first that fits counts.
    """
    found: dict[str, float] = {}
    for node, attribute in weight_owners(graph, module) if patterns else ():
        factor = next((factor for pattern, factor in patterns if matches(node, pattern)), None)
        if factor is not None:
            part = module.get_submodule(attribute)
            found |= dict.fromkeys((f"{attribute}.{n}" for n, _ in part.named_parameters()), factor)
    return found


def load_initial_weights(
    module: nn.Module, path: Path, graph: Graph, say: Callable[[str], object]
) -> None:
    """Take the weights of a file that have the same names and shapes, and say which.

    Raises:
        SpecError: The file is unreadable, or has nothing for the module (MS806, MS807).
    """
    found = matching_weights(module, path, graph)
    module.load_state_dict(found.taken, strict=False)
    said = [f"{len(found.taken)} weights of {path}"]
    for names, what in (
        (found.other_shapes, "of another shape there"),
        (found.new, "new here"),
        (found.left, "not used"),
    ):
        if names:
            said.append(f"{what}: {name_list(names, limit=NAMES_SHOWN)}")
    say("; ".join(said))
