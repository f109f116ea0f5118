"""What a model was compiled with, as a `.keras` file has it."""

from __future__ import annotations

from typing import Any

_PREFIX = "Custom>"
"""What Keras 2 puts before the names of its own optimizers."""
_SETTINGS = ("loss", "loss_weights", "metrics", "weighted_metrics")
_WRAPPERS = ("MeanMetricWrapper", "SumOverBatchSizeMetricWrapper")
_IDLE = ("is_legacy_optimizer", "jit_compile", "rng_type")


def compile_config(saved: Any) -> dict[str, Any] | None:
    """The `compile_config` of a `training_config`; None of a model that was not compiled."""
    if not isinstance(saved, dict):
        return None
    found = {key: _known(saved.get(key)) for key in _SETTINGS}
    metrics = found["metrics"]
    if isinstance(metrics, list) and len(metrics) == 1 and isinstance(metrics[0], list):
        (found["metrics"],) = metrics
    optimizer = saved.get("optimizer_config")
    return found | {"optimizer": _optimizer(optimizer) if isinstance(optimizer, dict) else None}


def _known(value: Any) -> Any:
    """Losses and metrics, in whatever they lie in."""
    if isinstance(value, list):
        return [_known(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {key: _known(each) for key, each in value.items()}
    own = value.get("config")
    if not isinstance(own, dict):
        return value
    if value["class_name"] in _WRAPPERS and isinstance(own.get("fn"), str):
        return "accuracy" if own.get("name") in ("accuracy", "acc") else own["fn"]
    own = {key: each for key, each in own.items() if key not in ("fn", "dtype")}
    if own.get("reduction") == "auto":
        del own["reduction"]
    return {**value, "config": own}


def _optimizer(saved: dict[str, Any]) -> dict[str, Any]:
    """An optimizer with today's names of its arguments."""
    own = saved.get("config")
    if not isinstance(own, dict):
        return saved
    own = {key: value for key, value in own.items() if key not in _IDLE}
    if "lr" in own:
        own["learning_rate"] = own.pop("lr")
    decay = own.pop("decay", None)
    if isinstance(decay, int | float) and decay:
        rate = {"initial_learning_rate": own.get("learning_rate"), "decay_steps": 1}
        schedule = {**rate, "decay_rate": decay}
        own["learning_rate"] = {"class_name": "InverseTimeDecay", "config": schedule}
    return {"class_name": str(saved.get("class_name")).removeprefix(_PREFIX), "config": own}
