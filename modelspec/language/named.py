"""What can be named in a spec: where the classes of one kind are found."""

from __future__ import annotations

from typing import Protocol, TypeVar

from pydantic import BaseModel

Kind_co = TypeVar("Kind_co", bound=BaseModel, covariant=True)


class Registry(Protocol[Kind_co]):
    """Where the classes of one kind are found by name."""

    def find(self, name: str) -> type[Kind_co] | None:
        """The class of a name, or None."""

    def names(self) -> list[str]:
        """All names."""
