"""What the `data`, `train` and `tune` sections of two specs differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.comparison import entries
from modelspec.comparison.value_changes import value_changes
from modelspec.comparison.values import as_written
from modelspec.diagnostics import Report
from modelspec.language.data import DataSection
from modelspec.language.params import substitute
from modelspec.language.train import TrainSection
from modelspec.language.tune import TuneSection
from modelspec.source import Place

if TYPE_CHECKING:
    from pydantic import BaseModel

    from modelspec.comparison.because import Params
    from modelspec.comparison.changes import Change
    from modelspec.comparison.entries import Values
    from modelspec.language.model import Spec

_SECTIONS: dict[str, type[BaseModel]] = {
    "data": DataSection,
    "train": TrainSection,
    "tune": TuneSection,
}
_SHORT_FOR = {
    "learning_rate": "learning_rate",
    "gradient_clip": "global_clipnorm",
    "accumulate": "gradient_accumulation_steps",
}
"""What `train` may say in place of its optimizer."""


def section_changes(before: Spec, after: Spec, params: Params) -> list[Change]:
    """The changes in what surrounds the model: data, training, search."""
    found = []
    for name, section in _SECTIONS.items():
        values = [_values(spec, name, section) for spec in (before, after)]
        found += value_changes(values[0], values[1], params)
    return found


def _values(spec: Spec, name: str, section: type[BaseModel]) -> Values:
    place = Place(spec.document, (name,))
    raw = as_written(place)
    if not isinstance(raw, dict):
        return {}
    tree = _defaults(section) | substitute(raw, spec.model.params, place, Report())
    if name == "train":
        return _of_training(spec, place, tree)
    found = entries.of_tree(place, {key: tree[key] for key in tree if key != "features"})
    if spec.data is not None and name == "data":
        for feature, settings in spec.data.features.items():
            at, told = place.at("features", feature), settings.model_dump(mode="json")
            found |= entries.under(("features", feature), _of_feature(at, told))
    return found


def _of_feature(place: Place, tree: dict[str, Any]) -> Values:
    """A feature; its column stands alone in the short form."""
    found = entries.of_tree(place, tree)
    written = as_written(place)
    if isinstance(written, str) and ("column",) in found:
        found[("column",)] = found[("column",)]._replace(place=place, written=written)
    return found


def _of_training(spec: Spec, place: Place, tree: dict[str, Any]) -> Values:
    """The section; what it says for its optimizer stands with the optimizer's own."""
    assert spec.train is not None
    chosen = spec.train.optimizer
    optimizer = entries.typed(chosen)
    optimizer["learning_rate"] = _rate(chosen.learning_rate)
    values = entries.of_typed(place.at("optimizer"), optimizer)
    raw = as_written(place)
    for short, name in _SHORT_FOR.items():
        if short in raw and name in optimizer:
            values = {way: each for way, each in values.items() if way[:1] != (name,)}
            given = entries.of_typed(place.at(short), optimizer[name])
            values |= entries.under((name,), given)
    found = entries.under(("optimizer",), values)
    for index, (callback, at) in enumerate(spec.train.callbacks):
        called = entries.typed(callback)
        found |= entries.under(("callbacks", index), entries.of_typed(at, called))
    taken = ("optimizer", "callbacks", *_SHORT_FOR)
    return found | entries.of_tree(place, {key: tree[key] for key in tree if key not in taken})


def _rate(rate: Any) -> Any:
    return rate if isinstance(rate, int | float) else entries.typed(rate)


def _defaults(section: type[BaseModel]) -> dict[str, Any]:
    """What a section means where it says nothing."""
    return {
        name: _plain(field.get_default(call_default_factory=True))
        for name, field in section.model_fields.items()
        if not field.is_required() and name not in ("optimizer", "callbacks", "features")
    }


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else value
