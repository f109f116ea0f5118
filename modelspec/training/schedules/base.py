"""What a learning-rate schedule is."""

from typing import Annotated, TypeAlias

from pydantic import ConfigDict, Field

from modelspec.training.declaration import Declaration

Rate: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Steps: TypeAlias = Annotated[int, Field(gt=0)]


class Schedule(Declaration):
    """The base of all schedules: functions of the number of batches that went before.

    The formulas are Keras 3's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    def rate(self, step: int) -> float:
        """The learning rate of a step, the first of which is 0."""
        raise NotImplementedError
