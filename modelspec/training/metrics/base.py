"""What all metrics are."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, TypeAlias

from pydantic import ConfigDict, Field

from modelspec.training.declaration import Declaration
from modelspec.training.losses.base import Axis, Smoothing

if TYPE_CHECKING:
    from modelspec.training.declaration import Array

__all__ = ["Axis", "Kind", "Metric", "Share", "Smoothing"]

Kind: TypeAlias = Literal["numbers", "classes", "indices", "binary", ""]
"""What a metric compares: as `training.losses.Targets`; empty for what the output's loss takes."""

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
"""A part of a whole, from 0 to 1."""


class Metric(Declaration):
    """The base of all metrics.

    The formulas are Keras 3's, in `modelspec.torch.metrics` in a function of the same name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    kind: ClassVar[Kind] = "numbers"
    """What it compares."""
    higher_is_better: ClassVar[bool] = True
    """Which way it improves."""

    units: ClassVar[Literal["data", "model"]] = "data"
    """Of a metric of numbers: whether a target that `data` normalises, and what is predicted of
    it, are brought back into the data's units first, or are compared as the model sees them."""

    power: ClassVar[int] = 0
    """By which power of a factor it grows, if predictions and targets are all multiplied by it
    and moved by as much as each other: 1 of `mae`, 2 of `mse`. 0 where it is not so simple: then
    it is given numbers in the data's units."""

    name: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")] | None = None
    """What the logs call it; by default, as its type is written."""
    weighted: bool = False
    """Whether rows count by their `sample_weight` and `class_weight`, as in the loss: what Keras
    calls `weighted_metrics`."""

    @property
    def in_data_units(self) -> bool:
        """Whether it compares numbers in the data's units."""
        return self.kind == "numbers" and self.units == "data"

    @property
    def at_decision(self) -> bool:
        """Whether it counts from the threshold of its output's `decision` on: it has no other."""
        return False

    def reference(
        self, prediction: "Array", target: "Array", weight: "Array | None" = None
    ) -> "Array":
        """The metric of all rows, in NumPy; the tests hold the twin against it.

        A metric that Keras does not have needs one; others are held against Keras's own values.
        """
        raise NotImplementedError(type(self).__name__)

    def values(self, width: int | None) -> int:  # noqa: ARG002  (an override may go by it)
        """How many values it has.

        Args:
            width: The size of the output's last axis, where it is known.
        """
        return 1

    def keys(self, width: int | None) -> tuple[str, ...]:
        """What the logs call its values: `f1_score_0`, `f1_score_1` where there are several."""
        count, name = self.values(width), self.name or ""
        return (name,) if count == 1 else tuple(f"{name}_{index}" for index in range(count))
