"""What is written as a name, or as a mapping with `type` and arguments: `adam`, `huber`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from pydantic import BaseModel

from modelspec.diagnostics import Diagnostic, Report, did_you_mean, name_list
from modelspec.language.called_in_text import as_mapping
from modelspec.language.foreign.names import foreign_name, instead
from modelspec.language.foreign.values import means_nothing
from modelspec.language.names import renaming
from modelspec.language.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelspec.source import Place

Kind = TypeVar("Kind", bound=BaseModel)
Kind_co = TypeVar("Kind_co", bound=BaseModel, covariant=True)


class Registry(Protocol[Kind_co]):
    """Where the classes of one kind are found by name."""

    def find(self, name: str) -> type[Kind_co] | None:
        """The class of a name, or None."""

    def names(self) -> list[str]:
        """All names."""


def typed(
    value: object,
    kind: str,
    registry: Registry[Kind],
    place: Place,
    report: Report,
    *,
    made: Mapping[str, object] | None = None,
    broken: Iterable[str] = (),
    code: str = "MS205",
) -> Kind | None:
    """An object written as its `type`, or as a mapping with `type` and its arguments.

    Args:
        value: What is written.
        kind: What it is, for messages.
        registry: Where its classes are found.
        place: Where it stands.
        report: Gets the findings.
        made: Arguments that have been read already, in place of what is written.
        broken: Arguments that are wrong and have been reported.
        code: Of the finding for an unknown name.

    Returns:
        None where there was a finding, or where what is written is neither.
    """
    arguments: dict[str, Any]
    if isinstance(value, str):
        name, arguments, where = value, {}, place
    elif isinstance(value, dict) and isinstance(value.get("type"), str):
        name, where = value["type"], place.at("type")
        arguments = {key: value[key] for key in value if key != "type"} | dict(made or {})
    else:
        if isinstance(value, dict):
            report.add(_without_type(value, kind, registry, place))
        return None
    found = registry.find(name)
    if found is None:
        report.add(_unknown(name, kind, registry, where, code))
        return None
    return validated(found, arguments, place, report, broken=broken)


def _unknown(name: str, kind: str, registry: Registry[Any], where: Place, code: str) -> Diagnostic:
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


def _without_type(
    value: dict[str, Any], kind: str, registry: Registry[Any], place: Place
) -> Diagnostic:
    if "type" in value:
        return place.at("type").finding("MS203", f"the `type` of the {kind} is a name")
    known = name_list(registry.names(), last="or", limit=40)
    return place.finding("MS202", f"the {kind} needs a `type`", help=f"write `type:` and {known}")
