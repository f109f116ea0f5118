"""An entry under `layers` or `shared`, read but not yet named."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.language.model import Declared

if TYPE_CHECKING:
    from modelspec.language.model import What
    from modelspec.source import Place


class Entry(NamedTuple):
    """What an entry says, before it has a name. `copies` is None without a `repeat`."""

    what: What
    trainable: bool = True
    block: str = ""
    copies: int | None = None

    def declared(self, name: str, place: Place) -> Declared:
        """The entry under its name."""
        return Declared(name, self.what, place, self.trainable, self.block)


NO_ENTRY = Entry(None)
"""A broken entry, which has been reported."""
