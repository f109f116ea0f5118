"""The closed set of the things of one kind, found by name, imported family by family."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Kind = TypeVar("Kind")


class Catalogue(Generic[Kind]):
    """Classes by the names that a spec calls them.

    A name may be written in any case, and as Keras writes its classes: `auc` and `AUC`,
    `cosine_decay` and `CosineDecay`.

    Args:
        package: Where the families' modules are.
        families: For each module the names in it, each with its class.
        aliases: Further names of some.
    """

    def __init__(
        self,
        package: str,
        families: Mapping[str, Mapping[str, str]],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._package = package
        self._places = {
            name: (family, called)
            for family, members in families.items()
            for name, called in members.items()
        }
        self._names = {called: name for name, (_, called) in self._places.items()}
        self._aliases = dict(aliases or {})
        self._spellings = dict(self._spelled())

    def find(self, name: str) -> type[Kind] | None:
        """The class of a name, or None."""
        known = self._spellings.get(name.lower())
        if known is None:
            return None
        family, called = self._places[known]
        found: type[Kind] = getattr(import_module(f"{self._package}.{family}"), called)
        return found

    def name(self, name: str) -> str:
        """The name without its alias and in its own case, of one that `find` knows."""
        return self._spellings[name.lower()]

    def called(self, thing: Kind) -> str:
        """The name of what a thing is: `mse` of a `MeanSquaredError`."""
        return self._names[type(thing).__name__]

    def names(self) -> list[str]:
        """All names, aliases last."""
        return [*self._places, *self._aliases]

    def classes(self) -> dict[str, type[Kind]]:
        """All classes by their names, without aliases."""
        return {name: found for name in self._places if (found := self.find(name))}

    def aliases(self, name: str) -> tuple[str, ...]:
        """The further names of one."""
        return tuple(alias for alias, meant in self._aliases.items() if meant == name)

    def _spelled(self) -> Iterator[tuple[str, str]]:
        for name, meant in (*self._aliases.items(), *zip(self._places, self._places, strict=True)):
            yield name.replace("_", ""), meant
            yield name, meant
