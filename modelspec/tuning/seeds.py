"""Seeds that hang on nothing but the study's own and what they are for."""

from __future__ import annotations

from hashlib import sha256


def trial_seed(study: int, number: int) -> int:
    """The seed of a trial's training."""
    return _derived(study, "trial", number)


def confirm_seed(study: int, trial: int, repeat: int) -> int:
    """The seed of a trial that is trained again; another one than its own."""
    own, salt = trial_seed(study, trial), 0
    while (seed := _derived(study, "confirm", trial, repeat, salt)) == own:
        salt += 1
    return seed


def choice_seed(study: int, number: int) -> int:
    """What the values of a trial are drawn from."""
    return _derived(study, "choice", number)


def _derived(study: int, *words: str | int) -> int:
    """A number below 2**32, which is what a seed may be."""
    text = "/".join(map(str, (study, *words)))
    return int.from_bytes(sha256(text.encode()).digest()[:4], "big")
