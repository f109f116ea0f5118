"""The nodes that a `train` section speaks of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from modelspec.diagnostics import name_list
from modelspec.graph.block import inner_graph
from modelspec.language.names import Suggestions

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph, Node
    from modelspec.language.train import TrainSettings
    from modelspec.source import Place


Held = TypeVar("Held")


def check_trained_nodes(settings: TrainSettings, graph: Graph, report: Report) -> None:
    """Report names of nodes in a `train` section that no node has.

    Args:
        settings: The section.
        graph: Without errors.
        report: Gets the findings (MS301).
    """
    nodes = [node for node in graph.nodes.values() if node.kind != "input"]
    names = dict.fromkeys(sorted({name for node in nodes for name in _names(node)}))
    unknown = _Unknown(report)
    freeze = settings.place.at("freeze")
    for index, pattern in enumerate(settings.freeze):
        if not _fits(names, pattern):
            unknown.add(pattern, names, freeze.at(index))
    multipliers = settings.place.at("learning_rate_multipliers")
    for pattern, _ in settings.learning_rate_multipliers:
        if not _fits(names, pattern):
            unknown.add(pattern, names, multipliers.at(pattern), key=True)
    parts = [path for path, _ in settings.weights if path]
    weighted = dict(_weighted(graph, "")) if parts else {}
    for path in parts:
        if path not in weighted:
            unknown.add(path, weighted, settings.place.at("weights", path), key=True)
    for callback, place in settings.callbacks:
        if wanted := callback.wanted_nodes():
            known = dict.fromkeys(_paths(graph, ""))
            for index, path in enumerate(wanted):
                if path not in known:
                    unknown.add(path, known, place.at("nodes", index))


def weighted_node(graph: Graph, path: str) -> Node | None:
    """The node with weights, or call of a shared layer, that a path means: `encoder/base`."""
    return dict(_weighted(graph, "")).get(path)


def of_part(held: dict[str, Held], names: Iterable[str]) -> dict[str, Held]:
    """What a file of a whole model holds of a part of it, by the names in the part.

    Args:
        held: By name, `base.conv.weight`.
        names: What the part may be called there, `base`. The first that anything has counts; where
            nothing has any, all is returned.
    """
    for name in names:
        prefix = f"{name}."
        found = {
            key.removeprefix(prefix): value for key, value in held.items() if key.startswith(prefix)
        }
        if found:
            return found
    return held


def inner_names(path: Sequence[str]) -> list[str]:
    """What the last of some nodes in one another may be called in a file, the longest first."""
    return [".".join(path[start:]) for start in range(len(path))]


def _weighted(graph: Graph, prefix: str) -> Iterator[tuple[str, Node]]:
    """Each node with weights, also those in blocks, by its path and by its shared layer's."""
    for node in graph.nodes.values():
        inside = inner_graph(node)
        within = list(_weighted(inside, "")) if inside is not None else []
        if node.kind == "input" or not node.alive or not (node.weights or within):
            continue
        for name in filter(None, (node.shared, node.name)):
            yield f"{prefix}{name}", node
            for path, each in within:
                yield f"{prefix}{name}/{path}", each


def matching_nodes(graph: Graph, pattern: str) -> list[Node]:
    """The nodes that a pattern, `stage_*`, fits."""
    return [
        each for each in graph.nodes.values() if each.kind != "input" and matches(each, pattern)
    ]


def matches(node: Node, pattern: str) -> bool:
    """Whether a pattern fits a node, or the shared layer that it calls."""
    return _fits(_names(node), pattern)


def _names(node: Node) -> tuple[str, ...]:
    return (node.name, node.shared) if node.shared else (node.name,)


def _fits(names: Collection[str], pattern: str) -> bool:
    """Whether a pattern fits one of some names; only one with `*`, `?` or `[` is tried on each."""
    if pattern in names:
        return True
    return any(each in pattern for each in "*?[") and any(
        fnmatchcase(name, pattern) for name in names
    )


class _Unknown:
    """Reports names that no node has."""

    def __init__(self, report: Report) -> None:
        self._report, self._suggestions = report, Suggestions()

    def add(self, name: str, known: Collection[str], place: Place, *, key: bool = False) -> None:
        """Report one of them."""
        near = self._suggestions.nearest(name, known)
        help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
        self._report.add(place.finding("MS301", f"no node is `{name}`", help=help, key=key))


def _paths(graph: Graph, prefix: str) -> Iterator[str]:
    """All values that have a name: those of nodes, of their ports, and of nodes in blocks."""
    for node in graph.nodes.values():
        if not node.alive:
            continue
        for port in node.outputs:
            yield f"{prefix}{node.name}.{port}" if port else f"{prefix}{node.name}"
        inside = inner_graph(node)
        if inside is not None:
            yield from _paths(inside, f"{prefix}{node.name}/")
