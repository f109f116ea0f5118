"""A resolved spec: params substituted, blocks and files expanded, defaults filled in.

What is broken is None, and has been reported: whoever reads a resolved spec passes over it
without a word.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.diagnostics import Span
    from modelspec.language.data import DataSettings
    from modelspec.language.decision import DecisionSection
    from modelspec.language.decode import DecodeSection
    from modelspec.language.train import TrainSettings
    from modelspec.language.tune import TuneSettings
    from modelspec.layers import Layer
    from modelspec.shapes import Shape
    from modelspec.source import Document, Place
    from modelspec.training.losses import Loss
    from modelspec.training.metrics import Metric


class Endpoint(NamedTuple):
    """One end of an edge: a node of the same model, and a port of it (`""` is the default)."""

    node: str
    port: str = ""

    def __str__(self) -> str:
        return f"{self.node}.{self.port}" if self.port else self.node


class Edge(NamedTuple):
    """One arrow. Chains and groups are written out: `a -> b, c` is two edges."""

    source: Endpoint
    target: Endpoint
    place: Place
    source_span: Span
    target_span: Span


class Input(NamedTuple):
    """An input of a model. A block's may leave its shape (None) to the caller.

    Attributes:
        left_to_data: Whether the spec leaves the shape to its `data` section.
    """

    name: str
    place: Place
    shape: Shape | None = None
    dtype: str | None = None
    description: str = ""
    left_to_data: bool = False


class Use(NamedTuple):
    """A call of a shared layer, `{use: encoder}`."""

    shared: str
    place: Place


What: TypeAlias = "Layer | Model | Use | None"


@dataclass(frozen=True, slots=True)
class Repeat:
    """The place of a node among the copies that `repeat` made: `stage_2` is 2 of 3."""

    name: str
    index: int
    count: int


class Declared(NamedTuple):
    """An entry under `layers` or `shared`.

    Attributes:
        what: A layer (a wrapper's `layer` field holds a `What` in its turn), a block's
            resolved model, a call of a shared layer, or None where the entry is broken.
        block: The block's name where `what` is a Model.
        place: The entry; `place.at("units")` is an argument.
    """

    name: str
    what: What
    place: Place
    trainable: bool = True
    block: str = ""
    repeat: Repeat | None = None


class Output(NamedTuple):
    """An output: what it takes its value from, and how it is trained.

    Attributes:
        metrics: Each with its `name` filled in, and no name twice; without those that are broken.
        metric_places: Where each of `metrics` stands.
    """

    name: str
    source: Endpoint
    place: Place
    loss: Loss | None = None
    weight: float = 1.0
    metrics: tuple[Metric, ...] = ()
    class_weight: Mapping[str, float] = {}
    decode: DecodeSection | None = None
    metric_places: tuple[Place, ...] = ()
    decision: DecisionSection | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """The body of a spec, or of a block called with certain arguments.

    Uses of one block with the same arguments are one and the same object.
    """

    name: str
    place: Place
    params: dict[str, Any]
    inputs: dict[str, Input]
    nodes: dict[str, Declared]
    shared: dict[str, Declared]
    edges: tuple[Edge, ...]
    outputs: dict[str, Output]
    description: str = ""
    complete: bool = True
    """False where an edge or a name was broken, so that what follows from its absence is unsaid."""


class Spec(NamedTuple):
    """A whole resolved spec file."""

    name: str
    description: str
    model: Model
    document: Document
    documents: tuple[Document, ...]
    data: DataSettings | None = None
    train: TrainSettings | None = None
    tune: TuneSettings | None = None
    overrides: tuple[str, ...] = ()
    version: int = 1
