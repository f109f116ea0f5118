"""What one file holds: a module with named tensors going in and coming out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor, nn

    from modelspec.exports.sizes import Sizes

    Named: TypeAlias = Mapping[str, Tensor]
    Run: TypeAlias = Callable[[Named], Named]
    """What an exported file computes: outputs of inputs, both by their names."""
    Shape: TypeAlias = tuple[int | str | None, ...]
    """The sizes of axes, open ones by their names; None where nothing is known."""

TOLERANCE = 1e-4
"""How far an exported file may be from the model: absolutely below 1, relatively above."""


class Exportable(Protocol):
    """A whole model, or a part of one."""

    @property
    def module(self) -> nn.Module:
        """Takes tensors in the order of the inputs, gives a dict of tensors."""
        ...

    @property
    def sizes(self) -> Sizes:
        """The open sizes that can be chosen, and those at which an export is tried."""
        ...

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """The shape of each input."""
        ...

    @property
    def output_shapes(self) -> Mapping[str, Shape]:
        """The shape of each output."""
        ...

    @property
    def least(self) -> Mapping[str, int]:
        """The least size of each open axis of the inputs."""
        ...

    def inputs(self, at: Mapping[str, int]) -> dict[str, Tensor]:
        """Inputs of these sizes by name, always the same ones."""
        ...

    def outputs(self, inputs: Named) -> dict[str, Tensor]:
        """What the module itself says."""
        ...
