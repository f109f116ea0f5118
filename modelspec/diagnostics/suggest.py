"""Did you mean ...?"""

import os
from collections.abc import Iterable, Sized
from itertools import islice

LONGEST_WORD = 100
"""What is longer is no mistyped name, and comparing it would take for ever."""


def did_you_mean(word: str, choices: Iterable[str]) -> str | None:
    """The choice nearest to a mistyped word, or None if none is near."""
    from difflib import get_close_matches

    if len(word) > LONGEST_WORD:
        return None
    short = [choice for choice in choices if len(choice) <= LONGEST_WORD]
    lowered = {choice.lower(): choice for choice in reversed(short)}
    near = get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return lowered[near[0]] if near else None


def near_path(path: str | os.PathLike[str]) -> str | None:
    """The path that a mistyped one may have meant: each of its parts, or the nearest beside it."""
    folder, name = os.path.split(os.fspath(path).rstrip(os.sep))
    if folder and not os.path.isdir(folder):
        folder = near_path(folder) or ""
        if not folder:
            return None
    found: str | None = name
    if not os.path.exists(os.path.join(folder, name)):
        try:
            found = did_you_mean(name, sorted(os.listdir(folder or ".")))
        except OSError:
            return None
    return os.path.join(folder, found) if found else None


def name_list(names: Iterable[str], *, last: str = "and", limit: int = 12) -> str:
    """`` `a`, `b` and `c` ``; a long list is cut with how many more there are."""
    known = names if isinstance(names, Sized) else list(names)
    kept = limit - 1 if len(known) > limit else limit
    quoted = [f"`{name}`" for name in islice(known, kept)]
    if len(known) > limit:
        quoted.append(f"{len(known) - kept} more")
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
