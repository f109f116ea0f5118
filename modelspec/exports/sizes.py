"""The open sizes of a model's inputs, and the sizes that an export is made and tried with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelspec.graph.walk import bodies
from modelspec.layers.values import Tensor, tensors_of
from modelspec.shapes import Expr, smallest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from modelspec.graph.graph import Graph
    from modelspec.shapes import Dim

BATCH = "batch"
UNKNOWN_TRIED = 16
"""The size tried first where a spec leaves one open without a symbol: no least one is known."""
MOST_TRIED = 512


@dataclass(frozen=True, slots=True)
class Sizes:
    """The open sizes of a model.

    Attributes:
        inputs: The sizes of each input's axes, the batch first: an integer, or the name of what
            is open. What a spec writes as `null` is called after its input: `image_1`.
        least: The least size of each that all layers can take; that of the batch is 1.
        roomy: From which size on no value inside is of size 1 or less along any axis.
        batch: What the open size of the batch is called: `batch`, unless the spec calls another so.
        unnamed: The names that stand for a `null`, whose least size is found by trying.
        most: The largest size of those that have one.
    """

    inputs: Mapping[str, tuple[int | str, ...]]
    least: Mapping[str, int]
    roomy: Mapping[str, int]
    batch: str = BATCH
    unnamed: frozenset[str] = field(default_factory=frozenset)
    most: Mapping[str, int] = field(default_factory=dict)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The open sizes but for the batch's."""
        return tuple(name for name in self.least if name != self.batch)

    def least_of_all(self) -> dict[str, int]:
        """The least size of each symbol, for a batch of 2."""
        return {**self.least, self.batch: 2}

    def longer(self) -> dict[str, int]:
        """Sizes that are no special ones: all differ, where they can, in a batch of 5."""
        found = {
            name: max(self.roomy[name], self.least[name]) * 2 + 3 + 2 * place
            for place, name in enumerate(self.symbols)
        }
        return {self.batch: 5, **self._capped(found)}

    def single(self) -> dict[str, int]:
        """One row, between the least and the longer sizes."""
        found = {
            name: max(self.roomy[name], self.least[name]) + 1 + place
            for place, name in enumerate(self.symbols)
        }
        return {self.batch: 1, **self._capped(found)}

    def checked(self) -> tuple[dict[str, int], ...]:
        """The three at which an export is held against the model."""
        return (self.least_of_all(), self.longer(), self.single())

    def example(self) -> dict[str, int]:
        """Sizes to trace with: no value inside is of size 0 or 1, which tracing takes for fixed."""
        found = {name: self.roomy[name] + 2 + place for place, name in enumerate(self.symbols)}
        return {self.batch: 3, **self._capped(found)}

    def without_small(self) -> Sizes:
        """The same without the sizes at which a value inside is of size 1 along an axis."""
        return replace(self, least={**self.least, **self.roomy})

    def with_more_room(self) -> Sizes | None:
        """The same with larger sizes where no symbol says how large; None where they are large."""
        tried = max((self.roomy[name] for name in self.unnamed), default=MOST_TRIED)
        if tried >= MOST_TRIED:
            return None
        larger = dict.fromkeys(self.unnamed, 2 * tried)
        return replace(self, least={**self.least, **larger}, roomy={**self.roomy, **larger})

    def of(self, names: Iterable[str]) -> Sizes:
        """Those of some of the inputs."""
        inputs = {name: self.inputs[name] for name in names}
        used = {self.batch, *(size for shape in inputs.values() for size in shape)}
        return replace(
            self,
            inputs=inputs,
            least={name: size for name, size in self.least.items() if name in used},
            roomy={name: size for name, size in self.roomy.items() if name in used},
        )

    def _capped(self, sizes: dict[str, int]) -> dict[str, int]:
        return {name: min(size, self.most.get(name, size)) for name, size in sizes.items()}

    def shape(self, name: str, sizes: Mapping[str, int]) -> tuple[int, ...]:
        """The shape of an input at these sizes."""
        return tuple(sizes[size] if isinstance(size, str) else size for size in self.inputs[name])


def sizes_of(graph: Graph) -> Sizes:
    """The open sizes of a graph's inputs."""
    batch = BATCH
    while batch in _input_symbols(graph):
        batch += "_"
    inputs: dict[str, tuple[int | str, ...]] = {}
    unnamed: list[str] = []
    for name, node in graph.inputs.items():
        value = node.outputs[""]
        assert isinstance(value, Tensor)
        sizes: list[int | str] = [batch]
        for axis, size in enumerate(value.shape or ()):
            known = named_size(size)
            if known is None:
                unnamed.append(f"{name}_{axis + 1}")
            sizes.append(unnamed[-1] if known is None else known)
        inputs[name] = tuple(sizes)
    names = dict.fromkeys(size for shape in inputs.values() for size in shape[1:])
    symbols = [name for name in names if isinstance(name, str)]
    least = {name: graph.minimums.get(name, 1) for name in symbols}
    roomy = {name: max(2, least[name]) for name in symbols}
    for size in _open_sizes(graph):
        if len(size.symbols) == 1 and (name := next(iter(size.symbols))) in roomy:
            roomy[name] = max(roomy[name], smallest(size, 2) or 2)
    for name in unnamed:
        least[name] = roomy[name] = UNKNOWN_TRIED
    return Sizes(inputs, {batch: 1, **least}, roomy, batch, frozenset(unnamed))


def named_size(size: Dim | None) -> int | str | None:
    """A size as it stands in descriptions; None for one that nothing is known of."""
    return size if isinstance(size, int) else str(size) if isinstance(size, Expr) else None


def _input_symbols(graph: Graph) -> set[str]:
    found: set[str] = set()
    for node in graph.inputs.values():
        for tensor in tensors_of(node.outputs[""]):
            for size in tensor.shape or ():
                found |= size.symbols if isinstance(size, Expr) else frozenset()
    return found


def _open_sizes(graph: Graph) -> Iterator[Expr]:
    """The open sizes of every value, those in blocks too."""
    for body in bodies(graph):
        for node in body.nodes.values():
            for value in node.outputs.values():
                for tensor in tensors_of(value):
                    yield from (size for size in tensor.shape or () if isinstance(size, Expr))
