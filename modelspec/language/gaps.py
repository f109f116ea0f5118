"""What a feature says of missing values, and where that contradicts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import name_list

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from modelspec.language.base_feature import BaseFeature

    Problem = tuple[str, str, str]
    """The key, what is wrong, and the way out."""

_FILLS = ("mean", "median", "mode", "constant")
_TAKEN: dict[str | None, tuple[str, ...]] = {
    None: _FILLS,
    "number": _FILLS,
    "date": _FILLS,
    "sequence": _FILLS,
    "category": ("mode", "constant"),
    "text": ("constant",),
    "image": (),
}
"""What can stand for a missing value, by the type of the feature."""
_MAPPINGS = ("missing", "fill", "normalize")
"""Keys that may have one value for each column."""


def about_missing(feature: BaseFeature, name: str) -> Iterator[Problem]:
    """What the keys about missing values contradict each other in.

    Args:
        feature: The feature.
        name: What it is called: its column, where it names none.
    """
    wrong = list(_about_columns(feature, feature.sources(name)))
    yield from wrong
    if not wrong:
        yield from _about_strategies(feature, name)
        yield from _about_indicator(feature, name)


def _about_columns(feature: BaseFeature, columns: Collection[str]) -> Iterator[Problem]:
    """Which keys name what is no column of the feature."""
    for key in (*_MAPPINGS, "indicator"):
        named = getattr(feature, key, None)
        if not isinstance(named, dict | list):
            continue
        other = next((column for column in named if column not in columns), None)
        if other is not None:
            help = f"there {'is' if len(columns) == 1 else 'are'} {name_list(columns)}"
            yield key, f"`{key}` names `{other}`, which is no column of the feature", help
        if not named:
            yield key, f"`{key}` names no column", "name one, or remove it"


def _about_strategies(feature: BaseFeature, name: str) -> Iterator[Problem]:
    strategies, fills = feature.strategies(name), feature.fills(name)
    takes = _TAKEN[feature.kind]
    other = next((s for s in strategies if s in _FILLS and s not in takes), None)
    if other == "constant":
        key = "missing" if feature.fill is None else "fill"
        yield key, f"nothing can stand for {_a(feature)}", "use `missing: drop`"
        return
    if other is not None:
        ways = ["drop", *takes]
        help = f"use {name_list(ways, last='or')}"
        if "constant" in takes:
            help += "; `constant` takes `fill`"
        yield "missing", f"{_a(feature)} has no {other}", help
        return
    for column, strategy, fill in zip(feature.sources(name), strategies, fills, strict=True):
        of = f" for `{column}`" if len(strategies) > 1 else ""
        if strategy == "constant" and fill is None:
            yield "missing", f"`missing: constant` needs `fill`{of}", "add `fill: VALUE`"
            return
        if isinstance(feature.fill, dict) and fill is not None and strategy != "constant":
            message = f"`fill` is for `missing: constant`, and `{column}` is `{strategy}`"
            yield "fill", message, f"set `missing: {{{column}: constant}}`"
            return
        if feature.kind in ("number", "sequence") and isinstance(fill, str):
            yield "fill", f"`fill` is a number, not `{fill}`", "write a number"
            return
    if feature.fill is not None and "constant" not in strategies:
        yield "fill", "`fill` is for `missing: constant`", "add `missing: constant`"


def _about_indicator(feature: BaseFeature, name: str) -> Iterator[Problem]:
    if feature.indicator is False:
        return
    filled = dict(zip(feature.sources(name), feature.strategies(name), strict=True))
    if feature.kind not in ("number", "category", "date", None):
        message = f"`indicator` gives one more number, which {_a(feature)} has no place for"
        yield "indicator", message, "remove it"
        return
    encode = getattr(feature, "encode", None)
    if encode not in ("one_hot", None):
        message = f"`indicator` gives one more number, which `encode: {encode}` has no place for"
        yield "indicator", message, "remove it, or use `encode: one_hot`"
        return
    idle = [column for column in feature.indicators(name) if filled[column] not in _FILLS]
    if idle or not feature.indicators(name):
        which = f" of `{idle[0]}`" if idle and len(filled) > 1 else ""
        message = f"`indicator` says which values{which} were filled, and none is"
        yield "indicator", message, "set `missing` to `mean`, `median`, `mode` or `constant`"


def _a(feature: BaseFeature) -> str:
    """The feature's type in a sentence."""
    return f"an {feature.kind}" if feature.kind == "image" else f"a {feature.kind}"
