"""Weights of another run or file into a new module, and learning rates of single layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import name_list
from modelspec.graph.block import inner_graph
from modelspec.graph.node_patterns import inner_names, matches
from modelspec.runner.checkpoint.load_weights import matching_weights
from modelspec.runner.checkpoint.safetensors_file import checksum
from modelspec.runner.run import directory
from modelspec.torch.weight_ownership import weight_owners

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from torch import nn

    from modelspec.graph.graph import Graph
    from modelspec.runner.setup.initial_weights import InitialWeights

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
    module: nn.Module, start: InitialWeights, graph: Graph, say: Callable[[str], object]
) -> None:
    """Take the weights of a file that have the same names and shapes, and say which.

    Args:
        module: Was built of `graph`.
        start: The file, and which part of the module it is for.
        graph: Has the nodes.
        say: Is told.

    Raises:
        SpecError: The file is unreadable, or has nothing for the module (MS806, MS807).
    """
    part = _part(module, graph, start.node)
    found = matching_weights(part.module, start.file, part.graph, within=part.names)
    part.module.load_state_dict(found.taken, strict=False)
    into = f" into `{start.node}`" if start.node else ""
    said = [f"{len(found.taken)} weights of {start.file}{into}"]
    for names, what in (
        (found.other_shapes, "of another shape there"),
        (found.new, "new here"),
        (found.left, "not used"),
    ):
        if names:
            said.append(f"{what}: {name_list(names, limit=NAMES_SHOWN)}")
    say("; ".join(said))


class _Part(NamedTuple):
    """A module in a module.

    Attributes:
        graph: What it was built of; of a single layer, what that lies in.
        names: What it may be called in a file of a model that it is a part of, the longest first.
    """

    module: nn.Module
    graph: Graph
    names: list[str]


def _part(module: nn.Module, graph: Graph, path: str) -> _Part:
    """What a path of names, `encoder/base`, means; all of the module for an empty one."""
    attributes: list[str] = []
    for name in filter(None, path.split("/")):
        node, attribute = next(
            each for each in weight_owners(graph, module) if name in (each[0].shared, each[0].name)
        )
        module = module.get_submodule(attribute)
        graph = inner_graph(node) or graph
        attributes.append(attribute)
    return _Part(module, graph, inner_names(attributes))


def note_initial_weights(folder: Path, module: nn.Module, start: Sequence[InitialWeights]) -> None:
    """Write into a run's record what weights it begins as: those of one digest are the same.

    Args:
        folder: The run directory.
        module: With its first weights, on the CPU.
        start: The files that some of them are from.

    Raises:
        OSError: The record cannot be written.
    """
    files = {each.node: str(each.file) for each in start}
    directory.add_to_record(
        folder, directory.INITIAL, {"digest": checksum(module.state_dict()), "files": files}
    )
