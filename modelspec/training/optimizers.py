"""The optimizers and their arguments: Keras's names, defaults and bounds. No torch here."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

Rate: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Decay: TypeAlias = Annotated[float, Field(ge=0, lt=1)]
Momentum: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class Optimizer(BaseModel):
    """The base of all optimizers.

    The formulas are Keras 3's, in `modelspec.torch.optimizers` in a class of the same name.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    keras: ClassVar[str] = ""
    """The path of Keras's page under `keras.io/api/optimizers/`."""

    learning_rate: Rate = 0.001
    """The step size."""
    weight_decay: Rate | None = None
    """Each step also shrinks the weights, by this times the learning rate."""
    clipnorm: Positive | None = None
    """Each weight's gradient is scaled down to this norm."""
    clipvalue: Positive | None = None
    """Gradients are cut off at plus and minus this value."""
    global_clipnorm: Positive | None = None
    """All gradients together are scaled down to this norm."""

    @model_validator(mode="after")
    def _one_clip(self) -> Optimizer:
        clips = ("clipnorm", "clipvalue", "global_clipnorm")
        given = [name for name in clips if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"only one of {', '.join(given)} can be set")
        return self


class SGD(Optimizer):
    """Gradient descent, with momentum if asked for."""

    keras: ClassVar[str] = "sgd/"

    learning_rate: Rate = 0.01
    """The step size."""
    momentum: Momentum = 0.0
    """How much of the last step is kept in the next one."""
    nesterov: bool = False
    """Whether the gradient is taken as if the momentum had been followed already."""


class RMSprop(Optimizer):
    """Divides the gradient by a running root mean square of itself."""

    keras: ClassVar[str] = "rmsprop/"

    rho: Decay = 0.9
    """How much of the running mean is kept at each step."""
    momentum: Momentum = 0.0
    """How much of the last step is kept in the next one."""
    epsilon: Rate = 1e-7
    """Added inside the root."""
    centered: bool = False
    """Whether the gradient's variance takes the place of its mean square."""


class Adagrad(Optimizer):
    """Divides the gradient by the root of the sum of all its squares so far."""

    keras: ClassVar[str] = "adagrad/"

    initial_accumulator_value: Rate = 0.1
    """What the sum of squares starts from."""
    epsilon: Rate = 1e-7
    """Added inside the root."""


class Adadelta(Optimizer):
    """Scales each step by the ratio of two running root mean squares: steps to gradients."""

    keras: ClassVar[str] = "adadelta/"

    rho: Decay = 0.95
    """How much of the running means is kept at each step."""
    epsilon: Rate = 1e-7
    """Added inside the roots."""


class Adam(Optimizer):
    """Running means of the gradient and of its square, corrected for their start at zero."""

    keras: ClassVar[str] = "adam/"

    beta_1: Decay = 0.9
    """How much of the gradient's running mean is kept at each step."""
    beta_2: Decay = 0.999
    """How much of the squared gradient's running mean is kept at each step."""
    epsilon: Rate = 1e-7
    """Added to the uncorrected root: `epsilon hat` of the Adam paper."""
    amsgrad: bool = False
    """Whether to divide by the largest running mean so far."""


class AdamW(Adam):
    """Adam with weight decay."""

    keras: ClassVar[str] = "adamw/"

    weight_decay: Rate | None = 0.004
    """Each step also shrinks the weights, by this times the learning rate."""


OPTIMIZERS: dict[str, type[Optimizer]] = {
    "sgd": SGD,
    "rmsprop": RMSprop,
    "adagrad": Adagrad,
    "adadelta": Adadelta,
    "adam": Adam,
    "adamw": AdamW,
}


def find(name: str) -> type[Optimizer] | None:
    """The optimizer of a name in any case, `adam` or `Adam`, or None."""
    return OPTIMIZERS.get(name.lower())


def names() -> list[str]:
    """The names of all optimizers, in lower case."""
    return list(OPTIMIZERS)
