"""Callbacks held against the graph and what is installed. No torch here."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.graph.block import inner_graph
from modelspec.training.callbacks.activation_logger import ActivationLogger

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Graph
    from modelspec.source import Place
    from modelspec.spec.train import CallbackSetting


def check_callbacks(settings: Iterable[CallbackSetting], graph: Graph, report: Report) -> None:
    """Report callbacks that need a package that is not there, or a node that there is not."""
    for callback, place in settings:
        for package in callback.needs:
            if find_spec(package) is None:
                message = f"`{type(callback).__name__}` needs the package `{package}`"
                help = f"install it: `pip install 'modelspec[{callback.needs[0]}]'`"
                report.add(place.finding("MS206", message, help=help))
        if isinstance(callback, ActivationLogger) and callback.nodes:
            _check_nodes(callback.nodes, graph, place.at("nodes"), report)


def _check_nodes(wanted: list[str], graph: Graph, place: Place, report: Report) -> None:
    known = list(_paths(graph, ""))
    for index, path in enumerate(wanted):
        if path not in known:
            near = did_you_mean(path, known)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
            report.add(place.at(index).finding("MS301", f"there is no node `{path}`", help=help))


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
