"""AdamW."""

from typing import ClassVar

from modelspec.training.optimizers.adam.adam import Adam
from modelspec.training.schedules.base import Rate


class AdamW(Adam):
    """Adam with weight decay."""

    type_name: ClassVar[str] = "adamw"
    keras: ClassVar[str] = "adamw/"

    weight_decay: Rate | None = 0.004
    """Each step also shrinks the weights, by this times the learning rate."""
