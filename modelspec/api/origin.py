"""What a spec was loaded from, so that it can be read again with other values."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Origin:
    """What `load` was given.

    Attributes:
        file: The YAML file.
        overrides: `path=value` texts, as of `--set`.
        include_dirs: Folders that blocks may be read from.
        plugins: Installed packages whose layers may be used.
        text: What the file holds, where there is no such file.
    """

    file: str
    overrides: tuple[str, ...] = ()
    include_dirs: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    text: str | None = None

    def with_overrides(self, overrides: Sequence[str]) -> Self:
        """The same, with more values put in place."""
        return replace(self, overrides=(*self.overrides, *overrides))

    def options(self) -> dict[str, Any]:
        """All but the file, as arguments by name."""
        return {
            "overrides": self.overrides,
            "include_dirs": self.include_dirs,
            "plugins": self.plugins,
            "text": self.text,
        }


def setting(path: str, value: object) -> str:
    """`path=value`, as of `--set`.

    Raises:
        TypeError: The value is none that YAML has.
    """
    return f"{path}={json.dumps(value, ensure_ascii=False, default=plain_value)}"


def plain_value(value: object) -> object:
    """A number of numpy or of a tensor, or several, as those of Python."""
    made = getattr(value, "tolist", None)
    if made is None:
        raise TypeError(
            f"a spec holds numbers, text, lists and mappings, no `{type(value).__name__}`"
        )
    return made()
