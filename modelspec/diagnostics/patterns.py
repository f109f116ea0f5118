"""Regular expressions that are compiled when they are first used."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as pattern
else:

    class pattern:  # noqa: N801  (it is called like `re.compile`)
        """What `re.compile` returns, compiled with the first use of it.

        Compiling one takes 0.1 to 1.5 ms, and most are for what few specs hold.
        """

        def __init__(self, text: str | bytes, flags: int = 0) -> None:
            self._written = text, flags

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(*self._written), name)
            setattr(self, name, found)
            return found


__all__ = ["pattern"]
