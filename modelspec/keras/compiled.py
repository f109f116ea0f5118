"""What a Keras model was compiled with: losses, metrics, optimizer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ValidationError

from modelspec.keras.body import identifier
from modelspec.keras.model import snake_case
from modelspec.language.yaml_writer import flow
from modelspec.training import losses, metrics, optimizers, schedules

if TYPE_CHECKING:
    from collections.abc import Sequence

_IDLE = frozenset({"name", "dtype", "fn", "loss_scale_factor"})


_USUAL_NAMES = {"FBetaScore": "fbeta_score", "LogCoshError": "logcosh"}
"""What Keras calls a metric by itself, where that is not made of the class's name."""


class Compiled:
    """Compile settings as entries of `outputs` and `train`.

    Attributes:
        outputs: What stands at each output: `loss`, `weight`, `metrics`.
        train: The optimizer and its rate; empty for a model that was not compiled.
        unknown: What has no name here, in words, for comments.
    """

    def __init__(self, config: dict[str, Any] | None, outputs: Sequence[str]) -> None:
        self.outputs: dict[str, dict[str, Any]] = {name: {} for name in outputs}
        self.train: dict[str, Any] = {}
        self.unknown: list[str] = []
        if not isinstance(config, dict):
            return
        for key, written in (("loss", "loss"), ("loss_weights", "weight")):
            for name, value in self._by_output(config.get(key), outputs).items():
                found = self._loss(name, value) if key == "loss" else value
                if found is not None and found != 1.0:
                    self.outputs[name][written] = found
        for key in ("metrics", "weighted_metrics"):
            for name, value in self._by_output(config.get(key), outputs, lists=True).items():
                found = [(each, self._metric(name, each)) for each in _listed(value)]
                if kept := [_named_as(*each) for each in found if each[1] is not None]:
                    entries = self.outputs[name].setdefault("metrics", [])
                    entries += kept if key == "metrics" else _weighted(kept, entries)
        if config.get("optimizer") is not None:
            self.train = self._optimizer(config["optimizer"])

    def without(self, keys: Sequence[str], problems: Sequence[str]) -> Compiled:
        """The same settings without some of those of the outputs.

        Args:
            keys: What goes: `metrics`, `loss`, `weight`.
            problems: Why, for comments.
        """
        rest = Compiled(None, list(self.outputs))
        gone = {name: own for name, own in self.outputs.items() if own.keys() & set(keys)}
        for name, own in self.outputs.items():
            rest.outputs[name] = {key: value for key, value in own.items() if key not in keys}
        rest.train = dict(self.train)
        said = [
            f"left out at `{name}`: {flow({key: own[key] for key in keys if key in own})}"
            for name, own in gone.items()
        ]
        rest.unknown = [*self.unknown, *problems, *said]
        return rest

    def _by_output(
        self, value: Any, outputs: Sequence[str], *, lists: bool = False
    ) -> dict[str, Any]:
        """A setting by output: Keras takes one for all, a list, or a dict."""
        if value is None:
            return {}
        if isinstance(value, dict) and "class_name" not in value:
            named = _by_path(value)
            for name in named.keys() - self.outputs.keys():
                self.unknown.append(f"`{name}`, which something was compiled for, is no output")
            return {name: each for name, each in named.items() if name in self.outputs}
        if isinstance(value, list) and len(outputs) > 1 and len(value) == len(outputs):
            return dict(zip(outputs, value, strict=True))
        if isinstance(value, list) and len(value) == 1 and not (lists and _is_one(value)):
            (value,) = value
        return dict.fromkeys(outputs, value)

    def _loss(self, output: str, value: Any) -> Any:
        if value is None:
            return None
        return self._named(value, losses, f"the loss of `{output}`")

    def _metric(self, output: str, value: Any) -> Any:
        if value in (None, "loss"):
            return None
        value = {"acc": "accuracy"}.get(value, value) if isinstance(value, str) else value
        return self._named(value, metrics, f"a metric of `{output}`")

    def _optimizer(self, value: Any) -> dict[str, Any]:
        found = self._named(value, optimizers, "the optimizer")
        if found is None:
            return {}
        if isinstance(found, str):
            return {"optimizer": found}
        rate = found.pop("learning_rate", None)
        written = found["type"] if len(found) == 1 else found
        return {"optimizer": written} | ({} if rate is None else {"learning_rate": rate})

    def _named(self, value: Any, registry: Any, what: str) -> Any:
        """A name, or `{type: ...}` with the arguments that are not its defaults."""
        if isinstance(value, str):
            name, config = value, {}
        elif isinstance(value, dict) and isinstance(value.get("config"), dict):
            name, config = str(value.get("class_name")), value["config"]
        else:
            name, config = str(value), {}
        declared = registry.find(name) or registry.find(snake_case(name))
        if isinstance(value, dict) and not str(value.get("module", "keras")).startswith("keras"):
            name = str(value.get("registered_name") or name)
            declared = None
        if declared is None:
            self.unknown.append(f"{what}, `{name}`, is not known here")
            return None
        known = {found: key for key, found in registry.classes().items()}
        called = name if name in registry.names() else known[declared]
        arguments = self._arguments(declared, config, f"{what}, `{name}`,")
        return {"type": called, **arguments} if arguments else called

    def _arguments(
        self, declared: type[BaseModel], config: dict[str, Any], what: str
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, raw in config.items():
            field = declared.model_fields.get(key)
            if field is None or key in _IDLE or raw is None:
                continue
            value = self._value(raw)
            if value is not None and value != field.default:
                found[key] = value
        try:
            declared(**{k: v for k, v in found.items() if not isinstance(v, dict | str)})
        except ValidationError as error:
            names = ", ".join(
                sorted({str(each["loc"][0]) for each in error.errors() if each["loc"]})
            )
            self.unknown.append(f"{what} has `{names}` as is not known here: the defaults stand")
            return {}
        return found

    def _value(self, raw: Any) -> Any:
        if isinstance(raw, dict) and "class_name" in raw:
            return self._named(raw, schedules, "the schedule")
        if not isinstance(raw, float) or abs(raw) > float(np.finfo(np.float32).max):
            return raw
        return float(str(np.float32(raw)))


def _is_one(value: list[Any]) -> bool:
    """Whether a list of one is of one metric, not of the metrics of one output."""
    return not isinstance(value[0], list)


def _by_path(value: dict[str, Any], *path: str) -> dict[str, Any]:
    """What a dict, which may hold others, says of each output, called as `functional` does."""
    found: dict[str, Any] = {}
    for key, each in value.items():
        if isinstance(each, dict) and "class_name" not in each:
            found |= _by_path(each, *path, key)
        else:
            found[identifier("_".join([*path, key]))] = each
    return found


def _named_as(saved: Any, metric: Any) -> Any:
    """A metric by the name that the user has given it, if any."""
    config = saved.get("config") if isinstance(saved, dict) else None
    if not isinstance(config, dict) or not isinstance(config.get("name"), str):
        return metric
    name, kind = config["name"], str(saved.get("class_name"))
    usual = _USUAL_NAMES.get(kind, snake_case(kind))
    if re.fullmatch(rf"{re.escape(usual)}(_\d+)?", name):
        return metric
    entry = {"type": metric} if isinstance(metric, str) else metric
    return entry | {"name": identifier(name)}


def _weighted(metrics: list[Any], plain: list[Any]) -> list[dict[str, Any]]:
    """Metrics that samples count in by their weights, called as Keras does beside plain ones."""
    taken = [_name(each) for each in plain]
    return [
        ({"type": each} if isinstance(each, str) else each)
        | ({"name": f"weighted_{_name(each)}"} if _name(each) in taken else {})
        | {"weighted": True}
        for each in metrics
    ]


def _name(metric: Any) -> str:
    return metric if isinstance(metric, str) else str(metric.get("name", metric["type"]))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
