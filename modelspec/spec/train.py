"""The `train` section: the optimizer, how long, and what watches the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from modelspec.spec.typed import typed
from modelspec.spec.validation import validated
from modelspec.training import callbacks, optimizers, schedules
from modelspec.training.schedules.base import Positive

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.source import Place
    from modelspec.training.callback import Callback
    from modelspec.training.optimizers import Optimizer
    from modelspec.training.schedules import Schedule


class TrainSection(BaseModel):
    """How a model is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    optimizer: str | dict[str, Any] = "adam"
    """The optimizer's name, or `{type: adam, beta_1: 0.9}`."""
    learning_rate: Positive | dict[str, Any] | None = None
    """The step size, or a schedule, `{type: cosine_decay, ...}`; by default the optimizer's own."""
    epochs: Annotated[int, Field(gt=0)] = 1
    """How many times to go through the training rows."""
    batch_size: Annotated[int, Field(gt=0)] = 32
    """How many rows one update of the weights is made of."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What the first weights, the shuffling and dropout are drawn from."""
    shuffle: bool = True
    """Whether every epoch takes the training rows in an order of its own."""
    weights: Annotated[str, Field(min_length=1)] | None = None
    """What to start from: a safetensors file, or a run, by a path relative to the spec's folder.
    What has the same name and shape is taken, and it is said what is not."""
    freeze: list[Annotated[str, Field(min_length=1)]] = []
    """The nodes that training leaves as they are: names, or patterns, `stage_*`."""
    callbacks: list[str | dict[str, Any]] = []
    """What watches the run: names, or `{type: early_stopping, patience: 3}`."""


class CallbackSetting(NamedTuple):
    """A callback as it was written, and where. A run works on copies."""

    callback: Callback
    place: Place


@dataclass(frozen=True, slots=True)
class TrainSettings:
    """A resolved `train` section. Its fields are `TrainSection`'s.

    Attributes:
        optimizer: With `learning_rate` filled in.
        place: The section; `place.at("epochs")` is an entry.
    """

    optimizer: Optimizer
    epochs: int
    batch_size: int
    seed: int
    shuffle: bool
    callbacks: tuple[CallbackSetting, ...]
    place: Place
    weights: str | None = None
    freeze: tuple[str, ...] = ()


def read_train(value: object, place: Place, report: Report) -> TrainSettings | None:
    """Read a `train` section.

    Args:
        value: What stands there.
        place: Where it stands.
        report: Takes the findings, each at the very token.

    Returns:
        None where any part is broken; all parts are looked at all the same.
    """
    section = validated(TrainSection, value, place, report)
    entries = value if isinstance(value, dict) else {}
    optimizer = _optimizer(entries.get("optimizer", "adam"), place.at("optimizer"), report)
    rate = _rate(entries.get("learning_rate"), place.at("learning_rate"), report)
    settings = _callbacks(entries.get("callbacks"), place.at("callbacks"), report)
    if section is None or optimizer is None or settings is None:
        return None
    if section.learning_rate is not None:
        if rate is None:
            return None
        optimizer = optimizer.model_copy(update={"learning_rate": rate})
    return TrainSettings(
        optimizer=optimizer,
        epochs=section.epochs,
        batch_size=section.batch_size,
        seed=section.seed,
        shuffle=section.shuffle,
        callbacks=settings,
        place=place,
        weights=section.weights,
        freeze=tuple(section.freeze),
    )


def _optimizer(value: object, place: Place, report: Report) -> Optimizer | None:
    rate = value.get("learning_rate") if isinstance(value, dict) else None
    if not isinstance(rate, dict):
        return typed(value, "optimizer", optimizers, place, report)
    made = _rate(rate, place.at("learning_rate"), report)
    given, broken = ({}, ["learning_rate"]) if made is None else ({"learning_rate": made}, [])
    return typed(value, "optimizer", optimizers, place, report, made=given, broken=broken)


def _rate(value: object, place: Place, report: Report) -> float | Schedule | None:
    """A learning rate or a schedule; None of anything else, of which pydantic complains."""
    if isinstance(value, dict):
        return typed(value, "schedule", schedules, place, report)
    return value if isinstance(value, int | float) else None


def _callbacks(items: object, place: Place, report: Report) -> tuple[CallbackSetting, ...] | None:
    if not isinstance(items, list):
        return ()
    settings = []
    for index, item in enumerate(items):
        callback = typed(item, "callback", callbacks, place.at(index), report)
        if callback is not None:
            settings.append(CallbackSetting(callback, place.at(index)))
    return tuple(settings) if len(settings) == len(items) else None
