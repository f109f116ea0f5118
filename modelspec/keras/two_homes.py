"""Layers that lie in two models of one file: Keras saves their arrays once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelspec.keras.model import KerasLayer, KerasModel


def share_arrays(model: KerasModel, has_arrays: Callable[[str], bool]) -> list[str]:
    """Let layers without arrays have those of their namesakes in other models of the file.

    A namesake has the same class and the same arguments, and is the only one with arrays.

    Args:
        model: The whole model; `weights` of its layers are changed.
        has_arrays: Whether there are arrays at a path.

    Returns:
        The names of the layers that have got the arrays of another.
    """
    alike: defaultdict[tuple[str, str], list[KerasLayer]] = defaultdict(list)
    for layer in _layers(model):
        if layer.model is None and not layer.is_operation:
            alike[layer.name, layer.type].append(layer)
    found: dict[str, None] = {}
    for layers in alike.values():
        if len(layers) == 1:
            continue
        homes = {layer.weights: layer for layer in layers if has_arrays(layer.weights)}
        for layer in layers:
            same = [path for path, home in homes.items() if _own(home.config) == _own(layer.config)]
            if layer.weights not in homes and len(same) == 1:
                layer.weights = same[0]
                found[layer.name] = None
    return list(found)


def _own(config: Any) -> Any:
    """Arguments without the numbers by which Keras knows an object again."""
    if isinstance(config, list):
        return [_own(each) for each in config]
    if not isinstance(config, dict):
        return config
    return {key: _own(each) for key, each in config.items() if key != "shared_object_id"}


def _layers(model: KerasModel) -> Iterator[KerasLayer]:
    for layer in model.layers.values():
        yield layer
        for inner in (layer.model, layer.wrapped):
            if inner is not None:
                yield from _layers(inner)
