"""What a saved configuration must be like before anything is made of it.

The rooms after this one take a configuration as Keras writes it: names are texts, layers are
mappings, calls are lists of tensors with whole numbers. All of that is looked at here, once, so
that a file that is damaged, or made to be, is a finding that says where.
"""

from __future__ import annotations

from typing import Any

from modelspec.keras.model import BrokenError
from modelspec.keras.typed import flag, index, listing, mapping, number, text

MODELS = ("Functional", "Sequential", "Model")
MOST_DEPTH = 150
"""How deep lists and mappings may lie in each other. A model in ten models has 60."""
_TENSOR, _TUPLE = "__keras_tensor__", "__tuple__"
_FLAGS = ("trainable", "return_state", "return_sequences", "go_backwards", "mask_zero", "use_bias")
_WRAPPERS = ("Bidirectional", "TimeDistributed", "SpectralNormalization")
_OF_UNITS = ("LSTM", "GRU", "SimpleRNN")
_NUMBERS = {"CustomScaleLayer": "scale", "LayerScale": "init_values"}


def check_model(saved: Any, where: str = "the model") -> None:
    """Check a model, and all in it.

    Args:
        saved: `{"class_name": ..., "config": ...}`.
        where: What messages call it.

    Raises:
        BrokenError: It is not as Keras writes it; says where and how.
    """
    check_depth(saved)
    _model(saved, where)


def check_depth(value: Any) -> None:
    """See to it that what walks through a configuration comes to an end.

    Raises:
        BrokenError: Too many lists and mappings lie in each other.
    """
    level, depth = [value], 0
    while level:
        if depth > MOST_DEPTH:
            raise BrokenError(f"it is nested more than {MOST_DEPTH} levels deep")
        held = [each.values() if isinstance(each, dict) else each for each in level]
        level = [item for each in held for item in each if isinstance(item, dict | list)]
        depth += 1


def _model(saved: Any, where: str) -> None:
    saved = _object(saved, where)
    config = mapping(saved.get("config"), f"the configuration of {where}")
    if saved["class_name"] not in MODELS:
        return
    where = f"`{text(config.get('name'), f'the name of {where}')}`"
    if not isinstance(config.get("trainable", True), bool):
        raise BrokenError(f"`trainable` of {where} is neither true nor false")
    layers = listing(config.get("layers"), f"`layers` of {where}")
    names = [_layer(each, where) for each in layers]
    if saved["class_name"] == "Sequential":
        if not names:
            raise BrokenError(f"{where} has no layers")
        if config.get("build_input_shape") is not None:
            _shape(config["build_input_shape"], f"`build_input_shape` of {where}")
        return
    for name, each in zip(names, layers, strict=True):
        nodes = listing(each.get("inbound_nodes"), f"`inbound_nodes` of `{name}`")
        for node in nodes:
            _node(node, name, set(names))
    kinds = [each["class_name"] for each in layers]
    inputs = {name for name, kind in zip(names, kinds, strict=True) if kind == "InputLayer"}
    for key, among in (("input_layers", inputs), ("output_layers", set(names))):
        if not _entries(config.get(key), f"`{key}` of {where}", among):
            raise BrokenError(f"`{key}` of {where} are empty")


def _object(saved: Any, where: str) -> dict[str, Any]:
    """Anything with a class: its names are texts."""
    found = mapping(saved, where)
    text(found.get("class_name"), f"the class of {where}")
    for key in ("module", "registered_name"):
        if found.get(key) is not None:
            text(found[key], f"`{key}` of {where}", empty=True)
    return found


def _layer(saved: Any, model: str) -> str:
    """Check a layer; its name."""
    saved = _object(saved, f"a layer of {model}")
    config = mapping(saved.get("config"), f"the configuration of a `{saved['class_name']}`")
    name = text(saved.get("name") or config.get("name"), f"the name of a layer of {model}")
    if saved.get("build_config") is not None:
        mapping(saved["build_config"], f"`build_config` of `{name}`")
    if saved["class_name"] in MODELS:
        _model(saved, f"`{name}`")
    else:
        _arguments(saved["class_name"], config, f"`{name}`")
    return name


def _arguments(kind: str, config: dict[str, Any], where: str) -> None:
    """Check those arguments that are read before a declaration looks at them."""
    for key, value in config.items():
        _value(value, f"`{key}` of {where}")
    for key in _FLAGS:
        if config.get(key) is not None:
            flag(config[key], f"`{key}` of {where}")
    if isinstance(config.get("dtype"), dict):
        mapping(config["dtype"].get("config"), f"the configuration of `dtype` of {where}")
    elif config.get("dtype") is not None:
        text(config["dtype"], f"`dtype` of {where}")
    if kind == "InputLayer":
        shape = config.get("batch_shape") or config.get("batch_input_shape")
        _shape(shape, f"`batch_shape` of {where}")
    if kind == "RNN":
        _cell(config.get("cell"), where)
    if kind in _NUMBERS:
        number(config.get(_NUMBERS[kind]), f"`{_NUMBERS[kind]}` of {where}")
    if config.get("activity_regularizer") is False:
        raise BrokenError(f"`activity_regularizer` of {where} is `False`")
    if "layer" in config or kind in _WRAPPERS:
        inner = _object(config.get("layer"), f"the layer in {where}")
        inside = mapping(inner.get("config"), f"the configuration of the layer in {where}")
        if inner["class_name"] in MODELS:
            _model(inner, f"the model in {where}")
        else:
            _arguments(inner["class_name"], inside, f"the layer in {where}")
        for key in ("units", "filters"):
            if kind == "Bidirectional" and (key in inside or inner["class_name"] in _OF_UNITS):
                index(inside.get(key, inside.get("filters")), f"`{key}` of the layer in {where}")
                break


def _cell(saved: Any, where: str) -> None:
    """Check the cell of an RNN, or those that are stacked in it."""
    cell = _object(saved, f"the cell of {where}")
    config = mapping(cell.get("config"), f"the configuration of the cell of {where}")
    if cell["class_name"] == "StackedRNNCells":
        cells = listing(config.get("cells"), f"`cells` of {where}")
        if not cells:
            raise BrokenError(f"`cells` of {where} are empty")
        for each in cells:
            _cell(each, where)
    else:
        index(config.get("units"), f"`units` of the cell of {where}")


def _value(value: Any, where: str) -> None:
    """Check all objects in an argument."""
    if isinstance(value, list):
        for each in value:
            _value(each, where)
    elif isinstance(value, dict):
        if "class_name" in value:
            _object(value, where)
            array = value["class_name"] in ("__numpy__", "__tensor__")
            if array and "value" not in mapping(value.get("config"), where):
                raise BrokenError(f"{where} is an array without values")
            if isinstance(value.get("config"), dict):
                _arguments(value["class_name"], value["config"], where)
                return
        for each in value.values():
            _value(each, where)


def _shape(value: Any, where: str) -> None:
    sizes = listing(value, where)
    if not sizes:
        raise BrokenError(f"{where} is empty")
    for size in sizes:
        if size is not None:
            index(size, f"a size of {where}")


def _node(saved: Any, layer: str, names: set[str]) -> None:
    """Check a call of a layer."""
    where = f"a call of `{layer}`"
    if isinstance(saved, list):  # as Keras 2 has them, which the reader refuses
        return
    saved = mapping(saved, where)
    _tensors(listing(saved.get("args"), f"`args` of {where}"), where, names)
    _tensors(mapping(saved.get("kwargs"), f"`kwargs` of {where}"), where, names)


def _tensors(value: Any, where: str, names: set[str]) -> None:
    """Check all tensors in the arguments of a call."""
    if isinstance(value, list):
        for each in value:
            _tensors(each, where, names)
        return
    if not isinstance(value, dict):
        return
    if value.get("class_name") == _TENSOR:
        config = mapping(value.get("config"), f"a tensor of {where}")
        _entry(config.get("keras_history"), f"a tensor of {where}", names)
        return
    if value.get("class_name") == _TUPLE:
        listing(value.get("items"), f"a tuple of {where}")
    if value.get("class_name") == "__slice__":
        mapping(value.get("config"), f"a slice of {where}")
    for each in value.values():
        _tensors(each, where, names)


def _entries(value: Any, where: str, names: set[str]) -> int:
    """Check the tensors that flow into a model, or out of it; how many there are."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        _entry(value, where, names)
        return 1
    if isinstance(value, dict):
        for key in value:
            text(key, f"a name of {where}")
        value = list(value.values())
    return sum(_entries(each, where, names) for each in listing(value, where))


def _entry(value: Any, where: str, names: set[str]) -> None:
    """Check `[layer, call, place]`."""
    entry = listing(value, where)
    if len(entry) != 3:
        raise BrokenError(f"{where} has {len(entry)} parts, not a layer, a call and a place")
    if text(entry[0], f"the layer of {where}") not in names:
        raise BrokenError(f"{where} is of `{entry[0]}`, which is no such layer")
    index(entry[1], f"the call of {where}")
    index(entry[2], f"the place of {where}")
