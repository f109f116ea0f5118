"""Checking what was written against what declares it: pydantic, with findings for its errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel, ValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelspec.diagnostics import Report
    from modelspec.source import Place

Section = TypeVar("Section", bound=BaseModel)


def validated(
    cls: type[Section],
    value: object,
    place: Place,
    report: Report,
    *,
    broken: Iterable[str] = (),
    elsewhere: Callable[[str], str] | None = None,
) -> Section | None:
    """An instance of a pydantic model, made of what the user wrote.

    A validator may raise `PydanticCustomError("MS206", message, {"help": ...})` to choose the
    finding itself.

    Args:
        cls: The model.
        value: What was written, as plain data.
        place: Where it was written.
        report: Takes the findings, each at the very key or value.
        broken: Keys that are wrong and have been reported: nothing more is said of them.
        elsewhere: What is said of a key that belongs into another mapping, or an empty text.

    Returns:
        The instance, or None where there was a finding, or a key is broken.
    """
    try:
        made = cls.model_validate(value)
    except ValidationError as error:
        from modelspec.language.validation_findings import findings

        silent = {place.at(key).path for key in broken}
        for found, path in findings(cls, error, value, place, elsewhere):
            if path[: len(place.path) + 1] not in silent:
                report.add(found)
        return None
    return None if broken else made
