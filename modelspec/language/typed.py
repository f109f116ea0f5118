"""What is written as a name, or as a mapping with `type` and arguments: `adam`, `huber`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel

from modelspec.language.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from modelspec.diagnostics import Report
    from modelspec.language.named import Registry
    from modelspec.source import Place

Kind = TypeVar("Kind", bound=BaseModel)


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
            from modelspec.language.unknown_name import without_type

            report.add(without_type(value, kind, registry, place))
        return None
    found = registry.find(name)
    if found is None:
        from modelspec.language.unknown_name import unknown_name

        report.add(unknown_name(name, kind, registry, where, code))
        return None
    return validated(found, arguments, place, report, broken=broken)
