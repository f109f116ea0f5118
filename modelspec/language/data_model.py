"""What the `data:` section and all that stands in it are made of."""

from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from collections.abc import Iterable

Size: TypeAlias = Annotated[int, Field(ge=1)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]


class DataModel(BaseModel):
    """The base of the `data:` section and of all that stands in it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


def class_text(value: str | bool | int | float) -> str:
    """A class as text, which is how classes are compared: `true`, `7`, `red`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def first_twice(values: "Iterable[str]") -> str | None:
    """The first of some values that was there before."""
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
