"""Which declaration a mapping inside of a validated one is read by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel

if TYPE_CHECKING:
    from modelspec.source import Path


def owner_class(cls: type[BaseModel], path: Path) -> type[BaseModel] | None:
    """The pydantic model of the mapping at a path inside of one of `cls`.

    Args:
        cls: The declaration of the outermost mapping.
        path: The keys and indices that lead to the inner one.

    Returns:
        None where no one declaration says it: in a free mapping, or where several might.
    """
    found: type[BaseModel] | None = cls
    for step in path:
        if isinstance(step, int):
            continue
        field = _field(found, step) if found is not None else None
        models = list(dict.fromkeys(_models(field))) if field is not None else []
        found = models[0] if len(models) == 1 else None
    return found


def _field(cls: type[BaseModel], key: str) -> Any:
    for name, field in cls.model_fields.items():
        if key == (field.alias or name):
            return field.annotation
    return None


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for each in get_args(annotation) for model in _models(each)]
