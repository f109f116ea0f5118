"""From a configuration to a `KerasModel`: which call reads which output of which call."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from modelspec.keras.call_order import run_order
from modelspec.keras.given_masks import drop_implied_masks
from modelspec.keras.model import (
    BrokenError,
    Call,
    KerasLayer,
    KerasModel,
    Source,
    UnknownPartError,
    snake_case,
)
from modelspec.keras.recurrent_cells import RNN, check_calls, unwrap_cell
from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MODELS = ("Functional", "Sequential", "Model")
MOST_DEPTH = 32
_ALIASES = {"GroupQueryAttention": "GroupedQueryAttention"}
"""Names under which Keras saves classes that are called otherwise, their weights among them."""
SAVED_AS = {ours: saved for saved, ours in _ALIASES.items()}
"""The same the other way."""


class Reader:
    """Reads the configurations of one file.

    Args:
        file: What findings call it.
    """

    def __init__(self, file: str) -> None:
        self._file = file

    def model(self, saved: dict[str, Any], prefix: str = "", depth: int = 0) -> KerasModel:
        """The model of a saved configuration.

        Args:
            saved: `{"class_name": ..., "config": ...}`.
            prefix: Where its weights lie, `layers/functional/`.
            depth: How many models it lies in.

        Raises:
            SpecError: It is no functional or sequential model, or is broken (MS901).
        """
        kind = saved.get("class_name")
        if kind not in MODELS or not str(saved.get("module", "keras")).startswith("keras"):
            help = "only functional and sequential models say in their file what they compute"
            raise unsupported(self._file, f"the model is a `{kind}`, a class of its own", help)
        if depth > MOST_DEPTH:
            raise unsupported(self._file, f"models lie in models more than {MOST_DEPTH} deep")
        config = saved["config"]
        try:
            if kind == "Sequential":
                return self._sequential(config, prefix, depth)
            return self._functional(config, prefix, depth)
        except UnknownPartError as error:
            raise unsupported(self._file, str(error), error.help) from error
        except BrokenError as error:
            raise unsupported(self._file, f"the configuration is broken: {error}") from error
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            name = config.get("name", "")
            problem = f"the configuration of `{name}` is broken: {error!r}"
            raise unsupported(self._file, problem) from error

    def _layers(self, config: Any, prefix: str, depth: int) -> dict[str, KerasLayer]:
        """The layers by name. Weights are saved by class and counter, not by name."""
        found: dict[str, KerasLayer] = {}
        used: Counter[str] = Counter()
        for saved in config["layers"]:
            kind, own = saved["class_name"], saved["config"]
            kind = _ALIASES.get(kind, kind)
            name = saved.get("name") or own["name"]
            counted = snake_case(kind)
            number = used[counted]
            module = saved.get("module") or ""
            used[counted] += ".ops." not in module
            weights = f"{prefix}layers/{counted}" + (f"_{number}" if number else "")
            layer = KerasLayer(name, kind, module, own, weights)
            layer.input_shape = (saved.get("build_config") or {}).get("input_shape")
            if kind in MODELS and module.startswith("keras"):
                layer.model = self.model(saved, f"{weights}/", depth + 1)
            inner = own.get("layer")
            if isinstance(inner, dict) and inner.get("class_name") in MODELS:
                layer.wrapped = self.model(inner, f"{weights}/layer/", depth + 1)
            unwrap_cell(layer)
            if name in found:
                raise unsupported(self._file, f"two layers are called `{name}`")
            found[name] = layer
        return found

    def _sequential(self, config: Any, prefix: str, depth: int) -> KerasModel:
        layers = self._layers(config, prefix, depth)
        names = list(layers)
        if not names or layers[names[0]].type != "InputLayer":
            shape = config.get("build_input_shape")
            if shape is None:
                help = "begin it with `keras.Input(shape)`, or call it once before it is saved"
                raise unsupported(self._file, f"`{config['name']}` has no input shape", help)
            first = KerasLayer(_fresh("x", layers), "InputLayer", "keras.layers", {}, "")
            first.config["batch_shape"] = shape
            layers = {first.name: first, **layers}
            names = list(layers)
        for before, name in pairwise(names):
            layers[name].calls.append(Call([Source(before, 0, 0)], {}))
        begin, end = names[0], names[-1]
        return KerasModel(config["name"], layers, {begin: begin}, {end: Source(end, 0, 0)})

    def _functional(self, config: Any, prefix: str, depth: int) -> KerasModel:
        layers = self._layers(config, prefix, depth)
        for saved in config["layers"]:
            layer = layers[saved.get("name") or saved["config"]["name"]]
            for node in saved["inbound_nodes"]:
                if isinstance(node, list):
                    help = "load it in Keras 3 and save it again"
                    raise unsupported(self._file, "the model was saved by Keras 2", help)
                layer.calls.append(Call(_tensors(node["args"]), _tensors(node["kwargs"])))
            check_calls(layer)
        inputs = {name: entry[0] for name, entry in _named(config["input_layers"]).items()}
        outputs = _named(config["output_layers"])
        ends = {name: _end(entry, layers) for name, entry in outputs.items()}
        _check_sources(layers, ends.values())
        by_key = isinstance(config["input_layers"], dict)
        model = KerasModel(config["name"], layers, inputs, ends, by_key)
        model.run_order = run_order(model)
        drop_implied_masks(model, model.run_order)
        return model


def _check_sources(layers: dict[str, KerasLayer], ends: Iterable[Source]) -> None:
    """See to it that all calls that are read are there.

    Raises:
        ValueError: One is not.
    """
    calls = (call for layer in layers.values() for call in layer.calls)
    for source in (*ends, *(source for call in calls for source in call.sources())):
        layer = layers[source.layer]
        calls_of = 1 if layer.type == "InputLayer" else len(layer.calls)
        if not 0 <= source.call < calls_of:
            raise ValueError(f"`{source.layer}` has no call {source.call}")


def _end(entry: Any, layers: dict[str, KerasLayer]) -> Source:
    """An output. Here, not in the calls, a functional model's first call counts as 1."""
    name, call, index = entry
    nested = layers[name].model is not None and layers[name].type not in ("Sequential", RNN)
    return Source(name, call - nested, index)


def _tensors(value: Any) -> Any:
    """The arguments of a call, with a `Source` for each tensor and plain data for the rest."""
    if isinstance(value, list):
        return [_tensors(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        return Source(*value["config"]["keras_history"])
    if value.get("class_name") == "__tuple__":
        return [_tensors(item) for item in value["items"]]
    return {key: _tensors(item) for key, item in value.items()}


def _named(value: Any) -> dict[str, list[Any]]:
    """The `[name, call, index]` entries of a structure by name, in the order of Keras's flat list.

    That is the layer's name; in dicts the keys on the way, which are read in their order, with a
    number behind where a list holds several.
    """
    found: dict[str, list[Any]] = {}
    for path, entry in _entries(value, ()):
        found[_fresh("_".join(path) or entry[0], found)] = entry
    return found


def _entries(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _entries(value[key], (*path, str(key)))
    elif isinstance(value[0], str):
        yield path, value
    else:
        for number, item in enumerate(value, 1):
            numbered = path and len(value) > 1
            yield from _entries(item, (*path, str(number)) if numbered else path)


def _fresh(name: str, taken: Any) -> str:
    number, fresh = 1, name
    while fresh in taken:
        number += 1
        fresh = f"{name}_{number}"
    return fresh
