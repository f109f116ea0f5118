"""Findings about the `type` of what is written as a name: one that there is not, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, did_you_mean, name_list
from modelspec.language.called_in_text import as_mapping
from modelspec.language.foreign.names import foreign_name, instead
from modelspec.language.foreign.values import means_nothing
from modelspec.language.names import renaming

if TYPE_CHECKING:
    from modelspec.language.named import Registry
    from modelspec.source import Place


def unknown_name(
    name: str, kind: str, registry: Registry[Any], where: Place, code: str
) -> Diagnostic:
    """The finding for a name that a registry does not know."""
    called, bracket, _ = name.partition("(")
    message = f"there is no {kind} `{name}`"
    if means_nothing(name):
        help = f"`{name}` is text here; leave the {kind} out where there is to be none"
        return where.finding(code, message, help=help)
    called = called.rpartition(".")[2]
    if help := instead(called, kind):
        return where.finding(code, message, help=help)
    names = registry.names()
    near = called if called in names else foreign_name(called, kind, names)
    near = near or did_you_mean(called, names)
    known = name_list(names, last="or", limit=40)
    help = f"did you mean `{near}`?" if near else f"use {known}"
    declared = registry.find(near) if near and bracket else None
    if near and declared:
        mapping = as_mapping(name, near, declared)
        help = f"write `{mapping or f'{{type: {near}, ...}}'}`, with its arguments as keys"
    fix = None if bracket else renaming(where, near)
    return where.finding(code, message, help=help, fix=fix)


def without_type(
    value: dict[str, Any], kind: str, registry: Registry[Any], place: Place
) -> Diagnostic:
    """The finding for a mapping whose `type` is missing, or no name."""
    if "type" in value:
        return place.at("type").finding("MS203", f"the `type` of the {kind} is a name")
    known = name_list(registry.names(), last="or", limit=40)
    return place.finding("MS202", f"the {kind} needs a `type`", help=f"write `type:` and {known}")
