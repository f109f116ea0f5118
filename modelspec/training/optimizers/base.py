"""What all optimizers take: Keras's names, defaults and bounds."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import ConfigDict, Field, WithJsonSchema, model_validator

from modelspec.training.declaration import Declaration
from modelspec.training.schedules.base import Positive, Rate, Schedule

LearningRate: TypeAlias = Annotated[
    Rate | Schedule,
    WithJsonSchema(
        {
            "anyOf": [{"type": "number", "minimum": 0}, {"type": "object"}],
            "holds": "number >= 0, or a schedule",
        }
    ),
]
Decay: TypeAlias = Annotated[float, Field(ge=0, lt=1)]
Momentum: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Count: TypeAlias = Annotated[int, Field(gt=0)]


class Optimizer(Declaration):
    """The base of all optimizers.

    The formulas are Keras 3's, in `modelspec.torch.optimizers` in a class of the same name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    slots: ClassVar[int] = 0
    """How many numbers it keeps for each trained one, whatever its arguments."""
    passing_copies: ClassVar[int] = 0
    """How many more there are for each while it updates."""

    learning_rate: LearningRate = 0.001
    """The step size, or a schedule: `{type: cosine_decay, ...}`."""
    weight_decay: Rate | None = None
    """Each step also shrinks the weights, by this times the learning rate."""
    clipnorm: Positive | None = None
    """Each weight's gradient is scaled down to this norm."""
    clipvalue: Positive | None = None
    """Gradients are cut off at plus and minus this value."""
    global_clipnorm: Positive | None = None
    """All gradients together are scaled down to this norm."""
    use_ema: bool = False
    """Whether training ends with the moving average of the weights in their place."""
    ema_momentum: Momentum = 0.99
    """How much of the moving average is kept at each step."""
    ema_overwrite_frequency: Count | None = None
    """After how many steps each the weights become their moving average; null for the end only."""
    gradient_accumulation_steps: Annotated[int, Field(ge=2)] | None = None
    """How many batches one update is made of, by the mean of their gradients; null for one."""

    def slot_count(self) -> int:
        """How many numbers are kept for each trained one, those of all optimizers among them."""
        return self.slots + self.use_ema + (self.gradient_accumulation_steps is not None)

    @model_validator(mode="after")
    def _one_clip(self) -> "Optimizer":
        clips = ("clipnorm", "clipvalue", "global_clipnorm")
        given = [name for name in clips if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"only one of {', '.join(given)} can be set")
        return self
