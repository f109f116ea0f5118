"""Graphs from texts, for the tests of this room."""

from modelspec import language, source
from modelspec.diagnostics import Diagnostic, Report
from modelspec.graph import Graph, build
from modelspec.layers.values import Tensor
from modelspec.shapes import text as shape_text


def built(text: str) -> tuple[Graph, Report]:
    """The graph of a spec's text, and what was found."""
    report = Report()
    document = source.parse(text, "s.yaml", report)
    assert document is not None
    read = language.read(document, report)
    assert read is not None, list(report)
    return build(read, report), report


def clean(text: str) -> Graph:
    """The graph of a text without findings."""
    graph, report = built(text)
    assert [found.message for found in report] == []
    return graph


def found(text: str) -> list[Diagnostic]:
    """What is wrong with a text."""
    return list(built(text)[1])


def codes(text: str) -> list[str]:
    """The codes of what is wrong, in file order."""
    return [each.code for each in found(text)]


def shape(graph: Graph, name: str, port: str = "") -> str:
    """The shape at a port, as text."""
    value = graph.nodes[name].outputs[port]
    assert isinstance(value, Tensor)
    return shape_text(value.shape)


def wired(
    edges: list[tuple[str, str]], names: list[str], inputs: list[str], outputs: list[str]
) -> str:
    """A spec of adding layers, for tests that look at edges only."""
    layers = "".join(f"  {name}: Add\n" for name in names)
    lines = "".join(f"  - {source} -> {target}\n" for source, target in edges)
    shapes = ", ".join(f"{name}: [4]" for name in inputs)
    return (
        f"inputs: {{{shapes}}}\nlayers:\n{layers}edges:\n{lines}outputs: [{', '.join(outputs)}]\n"
    )
