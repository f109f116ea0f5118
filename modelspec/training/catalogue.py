"""The classes of one kind, found by name, imported family by family."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from modelspec.training.declaration import Declaration

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Kind = TypeVar("Kind", bound=Declaration)


class Catalogue(Generic[Kind]):
    """Classes by the names that a spec calls them.

    A name may be written in any case, and as Keras writes its classes: `auc` and `AUC`,
    `cosine_decay` and `CosineDecay`.

    Args:
        package: Where the families' modules are.
        families: For each module, `adam.relatives` where it is one of a folder, the `type_name`s
            of the classes in it.
        aliases: Further names of some.
    """

    def __init__(
        self,
        package: str,
        families: Mapping[str, Sequence[str]],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        self._package = package
        self._places = {name: family for family, members in families.items() for name in members}
        self._plugged: dict[str, type[Kind]] = {}
        self._aliases = dict(aliases or {})
        self._spellings: dict[str, str] = {}
        for name, meant in (*self._aliases.items(), *zip(self._places, self._places, strict=True)):
            self._spell(name, meant)

    def find(self, name: str) -> type[Kind] | None:
        """The class of a name, or None."""
        known = self._spellings.get(name.lower())
        if known is None:
            return None
        if known in self._plugged:
            return self._plugged[known]
        return self._imported(known)

    def name(self, name: str) -> str:
        """The name without its alias and in its own case, of one that `find` knows."""
        return self._spellings[name.lower()]

    def called(self, thing: Kind) -> str:
        """The name of what a thing is: `mse` of a `MeanSquaredError`."""
        return thing.type_name

    def names(self) -> list[str]:
        """All names, those of plugins after modelspec's own, aliases last."""
        return [*self._places, *self._plugged, *self._aliases]

    def classes(self) -> dict[str, type[Kind]]:
        """All classes by their names, without aliases."""
        names = (*self._places, *self._plugged)
        return {name: found for name in names if (found := self.find(name))}

    def aliases(self, name: str) -> tuple[str, ...]:
        """The further names of one."""
        return tuple(alias for alias, meant in self._aliases.items() if meant == name)

    def add(self, declaration: type[Kind]) -> None:
        """Add a plugin's class, whose name no other has."""
        name = declaration.type_name
        self._plugged[name] = declaration
        self._spell(name, name)

    def _imported(self, name: str) -> type[Kind]:
        module = import_module(f"{self._package}.{self._places[name]}")
        return next(
            cast("type[Kind]", found)
            for found in vars(module).values()
            if isinstance(found, type)
            and issubclass(found, Declaration)
            and found.type_name == name
            and found.__module__ == module.__name__
        )

    def _spell(self, name: str, meant: str) -> None:
        self._spellings[name.replace("_", "")] = meant
        self._spellings[name] = meant
