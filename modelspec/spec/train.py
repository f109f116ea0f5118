"""The `train` section: the optimizer, how long, and what watches the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from modelspec.diagnostics import Diagnostic, Report, did_you_mean, name_list
from modelspec.spec.validation import validated
from modelspec.training import callbacks, optimizers
from modelspec.training.optimizers import Optimizer, Positive

if TYPE_CHECKING:
    from modelspec.source import Place
    from modelspec.training.callback import Callback

Kind = TypeVar("Kind", bound=BaseModel)
Kind_co = TypeVar("Kind_co", bound=BaseModel, covariant=True)


class TrainSection(BaseModel):
    """How a model is trained."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    optimizer: str | dict[str, Any] = "adam"
    """The optimizer's name, or `{type: adam, beta_1: 0.9}`."""
    learning_rate: Positive | None = None
    """The step size; by default the optimizer's own."""
    epochs: Annotated[int, Field(gt=0)] = 1
    """How many times to go through the training rows."""
    batch_size: Annotated[int, Field(gt=0)] = 32
    """How many rows one update of the weights is made of."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What the first weights, the shuffling and dropout are drawn from."""
    shuffle: bool = True
    """Whether every epoch takes the training rows in an order of its own."""
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
    optimizer = _typed(
        entries.get("optimizer", "adam"), "optimizer", optimizers, place.at("optimizer"), report
    )
    settings = _callbacks(entries.get("callbacks"), place.at("callbacks"), report)
    if section is None or optimizer is None or settings is None:
        return None
    if section.learning_rate is not None:
        optimizer = optimizer.model_copy(update={"learning_rate": section.learning_rate})
    return TrainSettings(
        optimizer=optimizer,
        epochs=section.epochs,
        batch_size=section.batch_size,
        seed=section.seed,
        shuffle=section.shuffle,
        callbacks=settings,
        place=place,
    )


def _callbacks(items: object, place: Place, report: Report) -> tuple[CallbackSetting, ...] | None:
    if not isinstance(items, list):
        return ()
    settings = []
    for index, item in enumerate(items):
        callback = _typed(item, "callback", callbacks, place.at(index), report)
        if callback is not None:
            settings.append(CallbackSetting(callback, place.at(index)))
    return tuple(settings) if len(settings) == len(items) else None


class Registry(Protocol[Kind_co]):
    """Where the classes of one kind are found by name."""

    def find(self, name: str) -> type[Kind_co] | None:
        """The class of a name, or None."""

    def names(self) -> list[str]:
        """All names."""


def _typed(
    value: object, kind: str, registry: Registry[Kind], place: Place, report: Report
) -> Kind | None:
    """An object written as its `type`, or as a mapping with `type` and its arguments."""
    if isinstance(value, str):
        name, arguments, where = value, {}, place
    elif isinstance(value, dict) and isinstance(value.get("type"), str):
        name, where = value["type"], place.at("type")
        arguments = {key: value[key] for key in value if key != "type"}
    else:
        if isinstance(value, dict):
            report.add(_without_type(value, kind, registry, place))
        return None
    found = registry.find(name)
    if found is None:
        near = did_you_mean(name, registry.names())
        known = name_list(registry.names(), last="or")
        report.add(
            where.finding(
                "MS205",
                f"there is no {kind} `{name}`",
                help=f"did you mean `{near}`?" if near else f"use {known}",
            )
        )
        return None
    return validated(found, arguments, place, report)


def _without_type(
    value: dict[str, Any], kind: str, registry: Registry[Any], place: Place
) -> Diagnostic:
    if "type" in value:
        return place.at("type").finding("MS203", f"the `type` of the {kind} is a name")
    known = name_list(registry.names(), last="or")
    return place.finding("MS202", f"the {kind} needs a `type`", help=f"write `type:` and {known}")
