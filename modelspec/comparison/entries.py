"""The values of one entry of a model: a layer, a call of a block, an input, an output."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.comparison.changes import NOTHING
from modelspec.comparison.values import Value, as_written, flat
from modelspec.language.model import Model, Use
from modelspec.shapes import Unknown
from modelspec.source import Path

if TYPE_CHECKING:
    from modelspec.language.model import Declared, Input, Output, What
    from modelspec.layers import Layer
    from modelspec.source import Place

Values = dict[Path, Value]


def of_layer(declared: Declared) -> Values:
    """What an entry of `layers` or `shared` says: its type, arguments, `trainable`, `repeat`."""
    found = _of_what(declared.what, declared.block, declared.place)
    found[("trainable",)] = _value(declared.place, ("trainable",), declared.trainable)
    copies = declared.repeat.count if declared.repeat else None
    found[("repeat",)] = _value(declared.place, ("repeat",), copies)
    return found


def of_input(given: Input) -> Values:
    """What an input says: its shape and dtype."""
    shape = None if given.shape is None else [_size(size) for size in given.shape]
    written = as_written(given.place)
    short = written if isinstance(written, list) else NOTHING
    found: Values = {("shape",): _value(given.place, ("shape",), shape)}
    if short is not NOTHING:
        found[("shape",)] = Value(shape, given.place, short)
    found[("dtype",)] = _value(given.place, ("dtype",), given.dtype)
    return found


def of_output(output: Output) -> Values:
    """What an output says of its training, and of how it is read; not where it comes from."""
    written = as_written(output.place)
    loss_place = output.place if isinstance(written, str) else output.place.at("loss")
    tree: dict[str, Any] = {
        "weight": output.weight,
        "class_weight": dict(output.class_weight) or None,
        "decision": output.decision and output.decision.model_dump(mode="json"),
        "decode": output.decode and output.decode.model_dump(mode="json"),
    }
    found = of_tree(output.place, tree)
    loss = None if output.loss is None else typed(output.loss)
    found |= under(("loss",), of_typed(loss_place, loss))
    for index, metric in enumerate(output.metrics):
        place = output.metric_places[index]
        tree = typed(metric)
        found |= under(("metrics", str(metric.name)), of_typed(place, tree))
    return found


def own_params(model: Model) -> list[str]:
    """The params that a model has by itself; a block sees those around it too."""
    written = as_written(model.place.at("params"))
    return list(written) if isinstance(written, dict) else []


def _of_what(what: What, block: str, place: Place) -> Values:
    if isinstance(what, Use):
        return {("use",): _value(place, ("use",), what.shared)}
    if isinstance(what, Model):
        found = of_typed(place, {"type": block})
        for name, value in what.params.items():
            if name not in own_params(what) and as_written(place.at(name)) is NOTHING:
                continue
            default = what.place.at("params", name)
            for way, each in flat(value).items():
                given = _value(place, (name, *way), each)
                found[(name, *way)] = given._replace(default=default.at(*way))
        return found
    if what is None:
        return {}
    return _of_layer(what, place)


def _of_layer(layer: Layer, place: Place) -> Values:
    arguments = layer.model_dump(mode="json", by_alias=True, exclude={"layer", "trainable"})
    found = of_typed(place, {"type": type(layer).__name__, **arguments})
    inner = getattr(layer, "layer", None)
    if inner is not None:
        block = inner.name if isinstance(inner, Model) else ""
        found |= under(("layer",), _of_what(inner, block, place.at("layer")))
        if not getattr(inner, "trainable", True):
            found[("layer", "trainable")] = _value(place, ("layer", "trainable"), False)
    return found


def typed(chosen: Any) -> dict[str, Any]:
    """What is chosen by its name, as plain data with all its arguments."""
    return {
        "type": chosen.type_name,
        **chosen.model_dump(mode="json", by_alias=True, exclude={"name"}),
    }


def of_typed(place: Place, tree: Any) -> Values:
    """As `_of_tree`; in the short form the name itself stands at the place."""
    written = as_written(place)
    if not isinstance(tree, dict):
        return {(): Value(tree, place, written)}
    found = of_tree(place, tree)
    if isinstance(written, str):
        found[("type",)] = Value(tree["type"], place, written)
    return found


def of_tree(place: Place, tree: dict[str, Any]) -> Values:
    """The values of plain data that stands at a place, as far as it was written there."""
    return {way: _value(place, way, each) for way, each in flat(tree).items()}


def under(path: Path, values: Values) -> Values:
    """The same values, further down."""
    return {(*path, *way): value for way, value in values.items()}


def _value(place: Place, way: Path, value: Any) -> Value:
    """A value below a place. It was written where a param stands for all of a mapping, too."""
    at = place.at(*way)
    written = as_written(at)
    while written is NOTHING and len(at.path) > len(place.path):
        at = at._replace(path=at.path[:-1])
        around = as_written(at)
        written = around if isinstance(around, str) and at.path != place.path else NOTHING
    return Value(value, place.at(*way), written)


def _size(size: object) -> int | str | None:
    if isinstance(size, Unknown):
        return None
    return size if isinstance(size, int) else str(size)
