"""Small worlds for the tests of data: a spec's section, a graph made by hand, files."""

from __future__ import annotations

from textwrap import dedent, indent
from typing import TYPE_CHECKING, NamedTuple

from modelspec import source
from modelspec.data import Splits, load
from modelspec.diagnostics import Diagnostic, Report
from modelspec.graph.graph import Graph, GraphOutput, Node
from modelspec.language.data import DataSettings, read_data
from modelspec.language.model import Endpoint
from modelspec.layers.values import Tensor
from modelspec.shapes import Shape, symbol
from modelspec.source import Place
from modelspec.training import losses

if TYPE_CHECKING:
    from pathlib import Path

Dims = list["int | str"]


class World(NamedTuple):
    """A `data:` section and the graph that it is for."""

    settings: DataSettings
    graph: Graph
    folder: Path

    def load(self) -> tuple[Splits | None, list[Diagnostic]]:
        report = Report()
        return load(self.settings, self.graph, self.folder, report), list(report)

    def splits(self) -> Splits:
        splits, found = self.load()
        assert not found, [f"{d.code} {d.message}" for d in found]
        assert splits is not None
        return splits

    def finding(self) -> Diagnostic:
        """The one finding of a load that fails."""
        splits, found = self.load()
        assert splits is None
        assert len(found) == 1, [f"{d.code} {d.message}" for d in found]
        return found[0]


def read(section: str, inputs=(), outputs=()) -> tuple[DataSettings | None, list[Diagnostic]]:
    """What `read_data` makes of a `data:` section's text."""
    report = Report()
    document = source.parse("data:\n" + indent(dedent(section), "  "), "spec.yaml", report)
    assert document is not None, list(report)
    place = Place(document, ("data",))
    return read_data(document.data["data"], place, report, inputs, outputs), list(report)


def world(
    folder: Path,
    section: str,
    inputs: dict[str, Dims | tuple[Dims, str]],
    outputs: dict[str, tuple[Dims, str | None]],
    minimums: dict[str, int] | None = None,
) -> World:
    """Inputs are shapes, or shapes with a dtype; outputs are shapes with a loss."""
    settings, found = read(section, inputs, outputs)
    assert settings is not None, found
    return World(settings, graph(settings.place, inputs, outputs, minimums or {}), folder)


def graph(place, inputs, outputs, minimums) -> Graph:
    nodes = {}
    for name, given in inputs.items():
        dims, dtype = given if isinstance(given, tuple) else (given, "float32")
        value = Tensor(shape(dims), dtype)
        nodes[name] = Node(name=name, path=name, kind="input", place=place, outputs={"": value})
    made = {
        name: GraphOutput(
            name=name,
            source=Endpoint(name),
            value=Tensor(shape(dims)),
            place=place,
            loss=loss_of(loss),
        )
        for name, (dims, loss) in outputs.items()
    }
    return Graph(
        name="test",
        path="",
        place=place,
        inputs=nodes,
        nodes=dict(nodes),
        outputs=made,
        shared={},
        minimums=minimums,
    )


def loss_of(loss: str | None) -> losses.Loss | None:
    """A loss of a name, or None."""
    return losses.find(loss)() if loss else None


def shape(dims: Dims) -> Shape:
    return tuple(symbol(dim) if isinstance(dim, str) else dim for dim in dims)
