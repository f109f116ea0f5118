"""Did you mean ...?"""

from collections.abc import Iterable

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


def name_list(names: Iterable[str], *, last: str = "and", limit: int = 12) -> str:
    """`` `a`, `b` and `c` ``; a long list is cut with how many more there are."""
    quoted = [f"`{name}`" for name in names]
    if len(quoted) > limit:
        quoted = [*quoted[: limit - 1], f"{len(quoted) - limit + 1} more"]
    if len(quoted) < 2:
        return "".join(quoted)
    return f"{', '.join(quoted[:-1])} {last} {quoted[-1]}"
