"""The view of the model that callbacks get: `training.inspection.Inspection`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from modelspec.data.features import Category, Text
from modelspec.graph.block import inner_graph
from modelspec.graph.resolve import innermost
from modelspec.layers.core import Embedding
from modelspec.layers.values import Tensor as TensorValue
from modelspec.torch.passes.values import paths, values_at
from modelspec.torch.weight_ownership import weight_owners
from modelspec.training.inspection import NodeInfo, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    from modelspec.data import Preprocessing
    from modelspec.graph.graph import Graph, Node
    from modelspec.runner.input.batches import BatchSource
    from modelspec.torch import SpecModule


class Inspection:
    """Looks at a module while it is trained.

    Args:
        graph: What it was built of.
        module: Gives the spec's own outputs; shares its weights with the one that is trained.
        trained: The one that is trained, whose mode is kept.
        rows: Those that values are computed of.
        preprocessing: Knows what the rows of an embedding stand for.
        picture: Draws the diagram as a PNG.
    """

    def __init__(
        self,
        graph: Graph,
        module: SpecModule,
        trained: nn.Module,
        rows: BatchSource,
        preprocessing: Preprocessing,
        picture: Callable[[], bytes] | None = None,
    ) -> None:
        self._graph = graph
        self._module = module
        self._trained = trained
        self._rows = rows
        self._preprocessing = preprocessing
        self._picture = picture

    def nodes(self) -> list[NodeInfo]:
        """The graph, in the order in which it is computed."""
        return list(_infos(self._graph, ""))

    def weights(self) -> dict[str, NDArray[Any]]:
        """All weights by name."""
        return {name: _array(each) for name, each in self._trained.state_dict().items()}

    def gradients(self) -> dict[str, NDArray[Any]]:
        """Those of the last batch."""
        return {
            name: _array(each.grad).copy()
            for name, each in self._trained.named_parameters()
            if each.grad is not None
        }

    def values(self, rows: int, nodes: Sequence[str] | None = None) -> dict[str, NDArray[Any]]:
        """The values of nodes by path."""
        count = min(rows, self._rows.count)
        batch = next(iter(self._rows.batches(count, np.arange(count))))
        mode = self._trained.training
        self._module.eval()
        try:
            with torch.no_grad():
                wanted = paths(self._module) if nodes is None else nodes
                found = values_at(self._module, batch.inputs, wanted)
        finally:
            self._trained.train(mode)
        return {path: _array(each) for path, each in found.items() if isinstance(each, Tensor)}

    def embeddings(self) -> dict[str, Table]:
        """The embeddings by node."""
        return dict(self._tables(self._graph, self._module, ""))

    def picture(self) -> bytes | None:
        """The diagram as a PNG."""
        return self._picture() if self._picture else None

    def _tables(self, graph: Graph, module: nn.Module, prefix: str) -> Iterator[tuple[str, Table]]:
        for node, attribute in weight_owners(graph, module):
            part = module.get_submodule(attribute)
            inside = inner_graph(node)
            if inside is not None:
                yield from self._tables(inside, part, f"{prefix}{node.name}/")
            elif node.layer is not None and isinstance(innermost(node.layer), Embedding):
                table = next((m for m in part.modules() if isinstance(m, nn.Embedding)), None)
                if table is not None:
                    labels = None if prefix else self._labels(node, table.num_embeddings)
                    yield prefix + node.name, Table(_array(table.weight), labels)

    def _labels(self, node: Node, count: int) -> list[str] | None:
        """What the rows stand for, where the embedding reads an input whose tokens are known."""
        sources = [source.node for source in node.sources]
        feature = self._preprocessing.features.get(sources[0]) if len(sources) == 1 else None
        if isinstance(feature, Category):
            known = list(feature.classes)
        elif isinstance(feature, Text):
            known = feature.codec.labels()
        else:
            return None
        return [*known, *(f"({index})" for index in range(len(known), count))][:count]


def _infos(graph: Graph, prefix: str) -> Iterator[NodeInfo]:
    for node in graph.nodes.values():
        if not node.alive:
            continue
        value = node.outputs.get("")
        shape = value.shape if isinstance(value, TensorValue) else None
        text = "" if shape is None else f"[{', '.join(map(str, shape))}]"
        given = [source.node for source in node.sources]
        inputs = tuple(prefix + each for each in dict.fromkeys(given))
        yield NodeInfo(prefix + node.name, node.type, inputs, text)
        inside = inner_graph(node)
        if inside is not None:
            yield from _infos(inside, f"{prefix}{node.name}/")


def _array(tensor: Tensor) -> NDArray[Any]:
    held = tensor.detach().cpu()
    return (held.float() if held.dtype == torch.bfloat16 else held).numpy()
