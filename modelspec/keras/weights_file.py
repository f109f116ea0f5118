"""A file of weights alone, whose layers are found by the names of a spec's nodes.

`model.save_weights("w.weights.h5")` of Keras 3 keeps each layer's name; that of Keras 2 keeps
only its class and a number, and is matched by class and shapes where these leave no doubt. An
older `w.h5` keeps the name of each layer of the whole model, and those of the layers in its models
within the names of their arrays.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from modelspec.graph.block import inner_graph
from modelspec.keras.archive import open_weights
from modelspec.keras.arrays import ArchiveArrays
from modelspec.keras.body import identifier
from modelspec.keras.legacy.file import WEIGHTS, as_today
from modelspec.keras.model import snake_case
from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelspec.graph.graph import Graph, Node
    from modelspec.keras.body import Weights
    from modelspec.keras.hdf5 import Array

_CONTAINERS = ("layers", "_layer_checkpoint_dependencies")
"""What the group of layers is called; the second by Keras 2.12."""
_MODELS = ("functional", "sequential", "model")
Shapes = tuple[tuple[int, ...], ...]


@dataclass
class Matches:
    """What of a file belongs to which node.

    Attributes:
        places: By node, as `load_keras_weights` takes them; nodes without weights there lack.
        other_shapes: What is of another shape there, in words.
        left: The layers of the file that no node has the name of.
    """

    places: Weights = field(default_factory=dict)
    other_shapes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class _Entry(NamedTuple):
    """A layer of a file.

    Attributes:
        key: What its group is called, `dense_1`.
        name: The layer's own name; "" where the file does not have it.
    """

    key: str
    name: str

    @property
    def kind(self) -> str:
        """Its class, `dense`."""
        return re.sub(r"_\d+$", "", self.key)


class _Wanted(NamedTuple):
    """A node that has weights.

    Attributes:
        name: Its name, or that of the shared layer that it calls.
        key: What its place is called.
        inside: The body of a block.
    """

    name: str
    key: str
    node: Node
    inside: Graph | None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What its class may be called in a file."""
        if self.node.layer is None:
            return _MODELS
        return (snake_case(type(self.node.layer).__name__),)


class WeightsFile:
    """An open file of weights.

    Args:
        file: Its path.

    Raises:
        OSError: It cannot be opened.
        SpecError: It is damaged (MS901).
    """

    def __init__(self, file: str) -> None:
        self._file = open_weights(file)
        self._arrays = ArchiveArrays(self._file)
        self._paths: dict[str, tuple[str, list[str]]] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def of(self, path: str, most: int) -> list[Array]:
        """The arrays at a place of `match`, of at most so many numbers."""
        kind, paths = self._paths[path]
        found = self._file.arrays(paths, most)
        return as_today(kind, found) if kind else found

    def match(self, graph: Graph) -> Matches:
        """What of the file belongs to which node of a graph.

        Raises:
            SpecError: There are no layers in it, or it leaves in doubt which is which (MS901).
        """
        found = Matches()
        for root in ("", WEIGHTS):
            if self._file.has_names(root, "layer_names"):
                self._match_legacy(graph, root, found)
                return found
        container = self._container("")
        if not container:
            raise unsupported(self._file.name, "it has no layers of a Keras model")
        self._match(graph, container, found)
        return found

    def _container(self, prefix: str) -> str:
        present = self._file.children(prefix)
        return next((f"{prefix}/{name}" for name in _CONTAINERS if name in present), "")

    def _match(self, graph: Graph, container: str, found: Matches) -> None:
        """Match the layers in a group of `.weights.h5` or of an archive."""
        entries = []
        for key in self._file.children(container):
            name = self._file.text(f"{container}/{key}/vars", "name")
            entries.append(_Entry(key, name or ""))
        wanted = list(_wanted(graph))
        if any(entry.name for entry in entries):
            by_name = {identifier(entry.name): entry for entry in entries}
            pairs = [(each, by_name[each.name]) for each in wanted if each.name in by_name]
        else:
            pairs = list(self._by_kind(wanted, entries, container, graph))
        for each, entry in pairs:
            path = f"{container}/{entry.key}"
            if each.inside is None:
                self._take(each, path, list(self._arrays.paths(path)), "", found)
            else:
                inner = self._container(f"{path}/layer" if each.node.layer else path)
                below = Matches()
                self._match(each.inside, inner, below)
                _nest(each, entry.name or entry.key, below, found)
        taken = {entry.key for _, entry in pairs}
        without = {snake_case(node.type) for node in graph.nodes.values() if not node.weights}
        for entry in entries:
            own = list(self._arrays.paths(f"{container}/{entry.key}"))
            if entry.key not in taken and entry.kind not in without and own:
                found.left.append(entry.name or entry.key)

    def _by_kind(
        self, wanted: list[_Wanted], entries: list[_Entry], container: str, graph: Graph
    ) -> Iterator[tuple[_Wanted, _Entry]]:
        """Pairs by class and shapes, where the file has no names."""
        for kinds in dict.fromkeys(each.kinds for each in wanted):
            nodes = [each for each in wanted if each.kinds == kinds]
            same = sorted((e for e in entries if e.kind in kinds), key=_number)
            if len(nodes) == len(same) == 1:
                yield nodes[0], same[0]
                continue
            shapes = {e.key: self._shapes(f"{container}/{e.key}") for e in same}
            for shape in dict.fromkeys(map(_shape, nodes)):
                own = [each for each in nodes if _shape(each) == shape]
                there = [e for e in same if not shape or shapes[e.key] == shape]
                if len(own) == len(there) and (len(own) == 1 or _is_chain(graph)):
                    yield from zip(own, there, strict=True)
                elif there:
                    names = ", ".join(f"`{each.name}`" for each in own)
                    message = f"{names} are alike, and the file does not say which is which"
                    help = "save it with a newer Keras 3, or the whole model as `.h5`"
                    raise unsupported(self._file.name, message, help)

    def _shapes(self, path: str) -> Shapes:
        return tuple(self._file.shapes(list(self._arrays.paths(path))))

    def _match_legacy(self, graph: Graph, root: str, found: Matches) -> None:
        """Match the layers of a file that has `layer_names`."""
        groups = {}
        for name in self._file.names(root, "layer_names"):
            group = "/".join(filter(None, (root, name)))
            groups[name] = [f"{group}/{each}" for each in self._file.names(group, "weight_names")]
        by_name = {identifier(name): name for name in groups}
        known = {identifier(node.name) for node in graph.nodes.values()}
        for each in _wanted(graph):
            known.add(each.name)
            if each.name in by_name:
                name = by_name[each.name]
                prefix = len("/".join(filter(None, (root, name)))) + 1
                self._legacy(each, name, groups[name], prefix, found)
        found.left += [n for n in groups if groups[n] and identifier(n) not in known]

    def _legacy(
        self, each: _Wanted, name: str, paths: Sequence[str], prefix: int, found: Matches
    ) -> None:
        """Match a layer, or those in a model by what their arrays are called."""
        kind = type(each.node.layer).__name__
        if each.inside is None:
            self._take(each, "/".join((each.node.path, name)), list(paths), kind, found)
            return
        below = Matches()
        for inner in _wanted(each.inside):
            own = [path for path in paths if inner.name in _parts(path[prefix:])]
            if own or inner.inside is not None:
                self._legacy(inner, inner.name, own or paths, prefix, below)
        _nest(each, name, below, found)

    def _take(self, each: _Wanted, place: str, paths: list[str], kind: str, found: Matches) -> None:
        """Note where the arrays of a node lie, or that they are of other shapes."""
        shapes = self._file.shapes(paths)
        needed = [weight.shape for weight in each.node.weights]
        if not _is_laid_out_anew(each, kind) and sorted(shapes) != sorted(needed):
            given = f"{[list(shape) for shape in shapes]} in the file"
            wanted = f"{[list(shape) for shape in needed]} in the model"
            found.other_shapes.append(f"`{each.node.path}` is {given} and {wanted}")
            return
        self._paths[place] = kind, paths
        found.places[each.key] = place


def _wanted(graph: Graph) -> Iterator[_Wanted]:
    """The nodes with weights, a shared layer once."""
    done = set()
    for node in graph.nodes.values():
        key = f"shared:{node.shared}" if node.shared else node.name
        inside = node.graph or inner_graph(node)
        if node.kind == "input" or not node.alive or key in done:
            continue
        done.add(key)
        if node.weights or (inside is not None and any(_wanted(inside))):
            yield _Wanted(node.shared or node.name, key, node, inside)


def _nest(each: _Wanted, name: str, below: Matches, found: Matches) -> None:
    """Take over what was found in a block."""
    found.places[each.key] = below.places
    found.other_shapes += below.other_shapes
    found.left += [f"{name}/{left}" for left in below.left]


def _shape(each: _Wanted) -> Shapes:
    return () if each.inside else tuple(weight.shape for weight in each.node.weights)


def _is_laid_out_anew(each: _Wanted, kind: str) -> bool:
    """Whether the arrays of a layer may be others in the file than in the model."""
    recurrent = ("LSTM", "GRU", "Bidirectional")
    return kind in recurrent or type(each.node.layer).__name__ == "SpectralNormalization"


def _number(entry: _Entry) -> int:
    return int(entry.key.removeprefix(f"{entry.kind}_")) if entry.key != entry.kind else 0


def _parts(path: str) -> Iterable[str]:
    """The names in an array's name, without its own, as nodes are called."""
    return [identifier(part) for part in path.split("/")[:-1]]


def _is_chain(graph: Graph) -> bool:
    """Whether each node reads the one before it, so that there is one order alone."""
    nodes = list(graph.nodes.values())
    return all(
        [source.node for source in node.sources] == [before.name]
        for before, node in pairwise(nodes)
    )
