"""What is known of a Keras model once its nodes are made: the body, and the masks in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.keras.model import BrokenError

if TYPE_CHECKING:
    from modelspec.keras.body import Body
    from modelspec.keras.model import KerasLayer, Source


class _Ends(dict["Source", str]):
    """The endpoint of each value."""

    def __missing__(self, source: Source) -> str:
        raise BrokenError(f"`{source.layer}` has no output {source.place}")


@dataclass
class Built:
    """A model as a body.

    Attributes:
        blocks: The models in it, by the name that they have as a type.
        ends: The endpoint of each value in it.
        read: The values that anything reads.
        unmasked: What gives the value of an endpoint without its mask.
        activations: What follows each call of a layer, by the layer's name.
    """

    body: Body
    blocks: dict[str, Built] = field(default_factory=dict)
    ends: dict[Source, str] = field(default_factory=_Ends)
    read: set[Source] = field(default_factory=set)
    unmasked: dict[str, str] = field(default_factory=dict)
    activations: dict[str, KerasLayer] = field(default_factory=dict)

    def places(self, layer: str, call: int) -> list[int]:
        """Which outputs of a call anything reads."""
        return sorted(each.place for each in self.read if each[:2] == (layer, call))
