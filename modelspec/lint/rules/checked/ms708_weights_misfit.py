"""MS708 weights-misfit."""

from __future__ import annotations

import os
from math import prod
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import name_list
from modelspec.graph.block import inner_graph
from modelspec.graph.node_patterns import inner_names, of_part, weighted_node
from modelspec.language.train import weights_place
from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.diagnostics import Report
    from modelspec.graph import Graph, Node
    from modelspec.layers.values import Weight
    from modelspec.lint.subject import Subject

_ENDING = ".safetensors"
_COUNTER = 1
"""BatchNormalization counts the batches in one more number, in files that torch wrote."""
_SHOWN = 4


class _Layer(NamedTuple):
    """A layer with weights: its name in a file, how many numbers it has, and how many at most."""

    name: str
    least: int
    most: int


class WeightsMisfit(Rule):
    """The file that part of a model starts from has other weights than that part.

    `train.weights: {base: base.safetensors}` gives `base` what the file has of the same names and
    shapes. If names or sizes are others, the rest of `base` starts from random numbers, which is
    seldom meant: most often the file is that of another model, or of another version of it. Lint
    reads the names and shapes in the file's header, where there is such a file; `train` says of
    each weight what became of it.
    """

    code = "MS708"
    passes = (
        """\
inputs: {x: [8]}
layers:
  base: {type: Dense, units: 16, activation: relu, trainable: false}
  y: {type: Dense, units: 1}
outputs: {y: mse}
train: {weights: {base: not_here.safetensors}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Hold what parts have against what files have."""
        settings = subject.spec.train
        if subject.broken or settings is None:
            return
        folder = os.path.dirname(subject.spec.document.file)
        for path, written in settings.weights:
            node = weighted_node(subject.graph, path) if path else None
            file = os.path.join(folder, written)
            if node is None or not written.endswith(_ENDING) or not os.path.isfile(file):
                continue
            message, help = _compared(path, node, file)
            if message:
                place = weights_place(settings.place, path)
                report.add(place.finding(self.code, message, help=help))


def _compared(path: str, node: Node, file: str) -> tuple[str, str]:
    """What a file lacks of a part, in words, and a way out; nothing where it has all of it."""
    from modelspec.source.safetensors_header import read_shapes

    try:
        sizes = {name: prod(shape) for name, shape in read_shapes(file).items()}
    except (OSError, ValueError) as error:
        return f"`{file}` cannot be read: {error}", "name a safetensors file"
    inside = inner_graph(node)
    layers = list(_layers(inside)) if inside is not None else [_layer("", node.weights)]
    found = _of_part(sizes, layers, path)
    lacking, others = [], []
    for layer in layers:
        count = _count(found, layer.name)
        if count == 0:
            lacking.append(layer.name)
        elif not layer.least <= count <= layer.most:
            others.append(layer.name)
    if lacking:
        owners = sorted({name.rpartition(".")[0] or name for name in found})
        message = f"`{file}` has nothing for {_named(lacking, path)}"
        return message, f"it has {name_list(owners, limit=_SHOWN)}"
    if others:
        message = f"`{file}` has other sizes than {_named(others, path)}"
        return message, "give the part the arguments that it had when the file was written"
    return "", ""


def _named(layers: list[str], path: str) -> str:
    """Layers of a part, or the part itself where it is one layer."""
    return f"{name_list(layers, limit=_SHOWN)} of `{path}`" if any(layers) else f"`{path}`"


def _layers(graph: Graph, prefix: str = "") -> Iterator[_Layer]:
    """The layers with weights of a body and of the blocks in it, a shared one once."""
    seen = set()
    for node in graph.nodes.values():
        name = node.shared or node.name
        if node.kind == "input" or not node.alive or (name, node.shared) in seen:
            continue
        seen.add((name, node.shared))
        inside = inner_graph(node)
        if inside is not None:
            yield from _layers(inside, f"{prefix}{name}.")
        elif node.weights:
            yield _layer(f"{prefix}{name}", node.weights)


def _layer(name: str, weights: tuple[Weight, ...]) -> _Layer:
    count = sum(prod(weight.shape) for weight in weights)
    extra = _COUNTER
    if any(weight.name.endswith("recurrent_kernel") for weight in weights):
        # Torch's recurrent layers have a second bias.
        extra += sum(prod(each.shape) for each in weights if each.name.endswith("bias"))
    return _Layer(name, count, count + extra)


def _of_part(sizes: dict[str, int], layers: list[_Layer], path: str) -> dict[str, int]:
    """What a file has of a part: all of it, or what its names begin with the part's."""
    if any(_count(sizes, layer.name) for layer in layers if layer.name):
        return sizes
    return of_part(sizes, inner_names(path.split("/")))


def _count(sizes: Mapping[str, int], layer: str) -> int:
    """How many numbers a file has for a layer. An attribute may end in underscores."""
    wanted = layer.split(".") if layer else []
    return sum(
        size
        for name, size in sizes.items()
        if [each.rstrip("_") for each in name.split(".")[: len(wanted)]]
        == [each.rstrip("_") for each in wanted]
    )
