"""Optimizers of large models."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.optimizers.base import Decay, LearningRate, Momentum, Optimizer
from modelspec.training.schedules.base import Positive, Rate


class Adafactor(Optimizer):
    """Adam that keeps, of the running squares of a matrix, the means of rows and columns only."""

    keras: ClassVar[str] = "adafactor/"
    passing_copies: ClassVar[int] = 1

    beta_2_decay: Annotated[float, Field(le=0, allow_inf_nan=False)] = -0.8
    """How fast the running means slow down."""
    epsilon_1: Rate = 1e-30
    """Added to the squared gradient."""
    epsilon_2: Rate = 1e-3
    """The smallest size that a weight is taken for."""
    clip_threshold: Positive = 1.0
    """A longer step is scaled down to this root mean square."""
    relative_step: bool = True
    """Whether the learning rate falls with the root of the steps; a schedule's never does."""


class Muon(Optimizer):
    """Momentum whose steps are made orthogonal, for matrices; AdamW for everything else.

    Embeddings are no matrices here.
    """

    keras: ClassVar[str] = "muon/"
    slots: ClassVar[int] = 1
    passing_copies: ClassVar[int] = 1

    adam_beta_1: Decay = 0.9
    """AdamW's: how much of the gradient's running mean is kept at each step."""
    adam_beta_2: Decay = 0.999
    """AdamW's: how much of the squared gradient's running mean is kept at each step."""
    adam_weight_decay: Rate | None = 0.004
    """AdamW's `weight_decay`."""
    epsilon: Rate = 1e-7
    """AdamW's: added to the uncorrected root."""
    weight_decay: Rate | None = 0.004
    """Each step also shrinks the matrices, by this times the learning rate."""
    exclude_embeddings: bool = True
    """Whether embeddings are AdamW's too."""
    muon_a: float = 3.4445
    """The first coefficient of the Newton-Schulz iteration."""
    muon_b: float = -4.7750
    """The second one."""
    muon_c: float = 2.0315
    """The third one."""
    adam_lr_ratio: Rate = 1.0
    """AdamW's learning rate, as a share of the other one."""
    momentum: Momentum = 0.95
    """How much of the last step is kept in the next one."""
    ns_steps: Annotated[int, Field(ge=0)] = 5
    """The steps of the Newton-Schulz iteration."""
    nesterov: bool = True
    """Whether the gradient is taken as if the momentum had been followed already."""
    rms_rate: Positive | None = 0.2
    """The root mean square of a step, so that AdamW's learning rates fit; null to leave it."""


class ScheduleFreeAdamW(Optimizer):
    """AdamW on an average of the weights, which needs no schedule."""

    type_name: ClassVar[str] = "schedule_free_adamw"
    keras: ClassVar[str] = "schedule_free_adamw/"
    slots: ClassVar[int] = 2
    passing_copies: ClassVar[int] = 1

    learning_rate: LearningRate = 0.0025
    """The step size, or a schedule: `{type: cosine_decay, ...}`."""
    beta_1: Annotated[float, Field(gt=0, le=1)] = 0.9
    """How much of the average is in the weights that the gradient is taken at."""
    beta_2: Decay = 0.999
    """How much of the squared gradient's running mean is kept at each step."""
    epsilon: Rate = 1e-8
    """Added to the root."""
    warmup_steps: Annotated[int, Field(ge=0)] = 0
    """The steps in which the learning rate rises from 0."""
