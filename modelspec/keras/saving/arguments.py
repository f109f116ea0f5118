"""From a declaration to a Keras class and its arguments, by the names of its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from modelspec.keras.functional import SAVED_AS
from modelspec.layers.choices import Option

if TYPE_CHECKING:
    from modelspec.layers import Layer

OUR_OWN = frozenset({"layer", "use_masks", "use_causal_mask", "operand_weights"})
"""Fields that are no arguments of Keras's classes: they are said otherwise, or refused."""
_SILENT = {"activity_regularizer": None, "trainable": True}
"""What every layer has, and not every class of Keras takes, unless it says something."""
_LIBRARIES = {
    "initializer": "keras.initializers",
    "regularizer": "keras.regularizers",
    "constraint": "keras.constraints",
}
_CLASSES = {
    "normal": "RandomNormal",
    "uniform": "RandomUniform",
    "l1_l2": "L1L2",
}
"""Classes that are not called as their names are."""


def class_of(layer: Layer) -> str:
    """The name under which Keras saves a layer's class."""
    kind = type(layer).__name__
    return SAVED_AS.get(kind, kind)


def arguments(layer: Layer) -> dict[str, Any]:
    """The arguments of a Keras layer, as its `get_config` has them."""
    found: dict[str, Any] = {}
    for key, field in type(layer).model_fields.items():
        name, value = field.alias or key, getattr(layer, key)
        if key in OUR_OWN or value is _SILENT.get(key, OUR_OWN):
            continue
        found[name] = _argument(name, value)
    return found


def camel(name: str) -> str:
    """`floor_divide` as the class `FloorDivide`."""
    return "".join(part.capitalize() for part in name.split("_"))


def _argument(name: str, value: Any) -> Any:
    library = _LIBRARIES.get(name.rpartition("_")[2])
    if library and isinstance(value, str | Option):
        return _option(library, value)
    return _plain(value)


def _option(library: str, option: str | Option) -> dict[str, Any]:
    kind = option if isinstance(option, str) else option.type
    config = {} if isinstance(option, str) else option.model_dump(exclude={"type"})
    if len(config.get("axis", ())) == 1:
        (config["axis"],) = config["axis"]
    return {
        "module": library,
        "class_name": _CLASSES.get(kind, camel(kind)),
        "config": {key: _plain(value) for key, value in config.items()},
        "registered_name": None,
    }


def _plain(value: Any) -> Any:
    """An argument as JSON data."""
    if isinstance(value, BaseModel):
        return {key: _plain(item) for key, item in value.model_dump().items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
