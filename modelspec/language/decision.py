"""From which probability on an output says yes: the entry `outputs.NAME.decision`."""

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

if TYPE_CHECKING:
    from typing import Self

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class LeastPrecision(_Section):
    """The most recall of all thresholds that are precise enough."""

    precision: Share
    """How many of those that are said to be yes are to be so, at least."""


class LeastRecall(_Section):
    """The most precision of all thresholds that find enough."""

    recall: Share
    """How many of those that are yes are to be found, at least."""


class DecisionSection(_Section):
    """From which probability on an output of yes or no says yes."""

    threshold: Share | Annotated[dict[str, Share], Field(min_length=1)] | None = None
    """The probability itself; of several labels one for all, or of some labels, by name, their
    own: `{urgent: 0.3}`."""
    best: Literal["f1", "balanced_accuracy", "youden"] | LeastPrecision | LeastRecall | None = None
    """What it is chosen for, when a training ends, on the validation rows, by its best weights."""

    @model_validator(mode="after")
    def _one(self) -> "Self":
        if (self.threshold is None) == (self.best is None):
            both = self.threshold is not None
            message = "`threshold` and `best` say both what the threshold is"
            missing = "`decision` says neither what the threshold is nor how it is chosen"
            help = {"help": "write `threshold: 0.3`, or `best: f1`"}
            raise PydanticCustomError(
                "MS206" if both else "MS202", message if both else missing, help
            )
        return self

    def told(self) -> str:
        """What a threshold is chosen for: `best f1`, `best recall at a precision of 0.9`."""
        if isinstance(self.best, LeastPrecision):
            return f"best recall at a precision of {self.best.precision:g}"
        if isinstance(self.best, LeastRecall):
            return f"best precision at a recall of {self.best.recall:g}"
        return f"best {self.best}"
