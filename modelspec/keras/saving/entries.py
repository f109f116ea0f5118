"""What is saved of one layer, and of one tensor between layers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from modelspec.layers.values import Tensor
    from modelspec.shapes import Dim

Json = Any


class Reference(NamedTuple):
    """A tensor of the model that is written.

    Attributes:
        layer: Keras's name of the layer that gives it.
        call: Which call, as calls count it.
        place: Which output.
        tensor: Its shape and dtype.
    """

    layer: str
    call: int
    place: int
    tensor: Tensor

    def saved(self) -> Json:
        """As an argument of a call."""
        shape = None if self.tensor.shape is None else saved_shape(self.tensor.shape)
        config = {
            "shape": shape,
            "dtype": self.tensor.dtype,
            "keras_history": [self.layer, self.call, self.place],
        }
        return {"class_name": "__keras_tensor__", "config": config}


@dataclass
class Entry:
    """A layer that is written.

    Attributes:
        saved: What is saved of it.
        kind: What its weights are filed under; empty of operations.
        key: Which node or shared layer it is.
        calls: How many calls there are.
        is_model: Whether it is a model, whose calls count from 1 in `output_layers`.
    """

    saved: dict[str, Any]
    kind: str
    key: str = ""
    calls: int = 0
    is_model: bool = False


def saved_shape(shape: tuple[Dim, ...]) -> list[int | None]:
    """A shape with the batch first; open sizes are None."""
    return [None, *(size if isinstance(size, int) else None for size in shape)]


def saved_object(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """An object as Keras saves it."""
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": class_name if ".src." in module else None,
    }
