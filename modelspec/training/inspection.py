"""What a callback may see of the model that is trained."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    Array: TypeAlias = "NDArray[np.generic]"


class NodeInfo(NamedTuple):
    """A node of the graph.

    Attributes:
        path: `stage_1/conv1` of one inside a block.
        type: The layer's, `Conv2D`.
        inputs: The paths of the nodes whose values it takes.
        shape: What it gives, without the batch axis: `[28, 28, 8]`.
    """

    path: str
    type: str
    inputs: tuple[str, ...]
    shape: str


class Table(NamedTuple):
    """An embedding.

    Attributes:
        vectors: One a row.
        labels: What each row stands for; None where nobody knows.
    """

    vectors: Array
    labels: list[str] | None


class Inspection(Protocol):
    """What there is to see. Each method waits for the device: not for every batch."""

    def nodes(self) -> list[NodeInfo]:
        """The graph, in the order in which it is computed."""

    def weights(self) -> dict[str, Array]:
        """All weights by name, `fc1.weight`, as they are now."""

    def gradients(self) -> dict[str, Array]:
        """Those of the last batch, by the names of the weights, as the update took them."""

    def values(self, rows: int, nodes: Sequence[str] | None = None) -> dict[str, Array]:
        """The values of nodes by path, `[rows, ...]`, outside of training.

        Args:
            rows: Of how many validation rows, the first ones; of training rows where there are
                no others.
            nodes: Which ones; all by default.

        Raises:
            LookupError: There is no such node.
        """

    def embeddings(self) -> dict[str, Table]:
        """The embeddings by node; also those in blocks."""

    def picture(self) -> bytes | None:
        """The diagram as a PNG, if it can be drawn."""
