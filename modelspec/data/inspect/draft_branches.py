"""What becomes of each kind of column in a first spec: its input, its layers, its feature."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from math import ceil, log2
from typing import TYPE_CHECKING, Any

from modelspec.data.inspect.column_guess import CERTAIN, FREQUENT
from modelspec.diagnostics import name_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.data.inspect.column_guess import ColumnGuess

FEW_FOR_ONE_HOT = 20
"""A category of more classes goes through an Embedding."""
MOST_TOKENS = 10_000
MOST_DIMENSIONS = 32
MISSING = "missing"
_SMALL = 32
_COARSE = 4
"""The height and width that pictures are pooled to."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of `data.features`, with what is to be said of its columns."""

    name: str
    settings: dict[str, Any]
    comments: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """The sections of a spec, while they grow.

    Attributes:
        inputs: Their shapes; None for one that its feature says.
        chains: The edges, each from node to node.
        joined: The nodes that are joined in the end.
        taken: The names that are in use.
    """

    inputs: dict[str, list[Any] | None] = field(default_factory=dict)
    layers: dict[str, Any] = field(default_factory=dict)
    chains: list[tuple[str, ...]] = field(default_factory=list)
    features: list[Entry] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def name(self, wanted: str) -> str:
        """An identifier like a column's name that is not in use."""
        base = re.sub(r"\W", "_", wanted.strip(), flags=re.ASCII) or "column"
        base = f"_{base}" if base[0].isdigit() else base
        found, number = base, 2
        while found in self.taken:
            found, number = f"{base}_{number}", number + 1
        self.taken.add(found)
        return found

    def branch(self, name: str, layers: Mapping[str, Any]) -> None:
        """Lead an input through layers of its own, into what joins all."""
        names = {self.name(f"{name}_{part}"): layer for part, layer in layers.items()}
        self.layers |= names
        chain = (name, *names)
        if len(chain) > 1:
            self.chains.append(chain)
        self.joined.append(chain[-1])

    def feature(self, name: str, guesses: Sequence[ColumnGuess], settings: dict[str, Any]) -> None:
        """The entry of some columns, which says which they are."""
        columns = [dollars(guess.name) for guess in guesses]
        named: dict[str, Any] = {}
        if len(columns) > 1:
            named["columns"] = columns
        elif columns[0] != name:
            named["column"] = columns[0]
        self.features.append(Entry(name, {**named, **settings, **own(guesses)}, comments(guesses)))


def own(guesses: Sequence[ColumnGuess]) -> dict[str, Any]:
    """The keys that columns have beside those of their type; lists of several are one."""
    found: dict[str, Any] = {}
    for guess in guesses:
        for key, value in guess.settings:
            if isinstance(value, list):
                known = found.get(key, [])
                value = [*known, *(each for each in value if each not in known)]
            found[key] = value
    return found


def comments(guesses: Sequence[ColumnGuess]) -> tuple[str, ...]:
    """A line for each column: what it is taken for, and why."""
    lines: list[str] = []
    for guess in guesses:
        written = f", written {name_list(guess.markers)}" if guess.markers else ""
        missing = f"; {guess.missing:,} missing{written}" if guess.missing else ""
        lines += [f"{guess.name}: {guess.why}{missing}", *guess.notes]
    return tuple(lines)


def dollars(text: str | int) -> str | int:
    """A value as a spec has it: text that would be a param says that it is none."""
    return f"${text}" if isinstance(text, str) and text.startswith("$") else text


def add_numbers(guesses: Sequence[ColumnGuess], draft: Draft) -> None:
    """Plain numbers, as one vector for each way in which they are written."""
    formats = dict.fromkeys(dict(guess.settings).get("format") for guess in guesses)
    for format in formats:
        group = [guess for guess in guesses if dict(guess.settings).get("format") == format]
        name = draft.name(format or "numbers" if len(group) > 1 else group[0].name)
        draft.inputs[name] = None
        draft.branch(name, {})
        settings: dict[str, Any] = {"format": format} if format else {}
        settings["normalize"] = "standard"
        if any(guess.missing for guess in group):
            settings["missing"] = "mean"
        draft.feature(name, group, settings)


def add_categories(guesses: Sequence[ColumnGuess], draft: Draft) -> None:
    """Categories of few classes as one-hot vectors, those of many through an Embedding."""
    few = [guess for guess in guesses if guess.classes <= FEW_FOR_ONE_HOT]
    many = [guess for guess in guesses if guess.classes > FEW_FOR_ONE_HOT]
    for lower in (False, True):
        group = [
            guess for guess in few if dict(guess.settings) == ({"lower": True} if lower else {})
        ]
        if group:
            _one_hot(group, draft)
    for guess in few:
        if listed := dict(guess.settings).get("classes"):
            classes = [*listed, *([MISSING] if guess.missing else [])]
            _one_hot([replace(guess, settings=(("classes", classes),))], draft)
    if many:
        _embedded(many, draft)


def _one_hot(guesses: Sequence[ColumnGuess], draft: Draft) -> None:
    name = draft.name("kinds" if len(guesses) > 1 else guesses[0].name)
    draft.inputs[name] = None
    draft.branch(name, {})
    size = sum(guess.classes + bool(guess.missing) for guess in guesses)
    listed = any("classes" in dict(guess.settings) for guess in guesses)
    sized = {} if listed else {"size": size}
    settings = {"type": "category", **sized, "unknown": "ignore"}
    draft.feature(name, guesses, settings | _gaps(guesses))


def _embedded(guesses: Sequence[ColumnGuess], draft: Draft) -> None:
    """Rare classes are one together with those that training has not seen.

    Where all are rare, they are classes of their own: there may be no other in the training rows.
    """
    name = draft.name("ids" if len(guesses) > 1 else guesses[0].name)
    draft.inputs[name] = None
    rare = all(guess.rows[1] >= CERTAIN for guess in guesses)
    most = max(guess.frequent if rare else guess.classes for guess in guesses)
    size = sum(
        guess.frequent + 1 + (guess.missing >= FREQUENT)
        if rare
        else guess.classes + 1 + bool(guess.missing)
        for guess in guesses
    )
    width = min(MOST_DIMENSIONS, round(1.6 * most**0.56))
    layers: dict[str, Any] = {
        "embed": {"type": "Embedding", "input_dim": size, "output_dim": max(2, width)}
    }
    if len(guesses) > 1:
        layers["flat"] = "Flatten"
    draft.branch(name, layers)
    settings = {
        "type": "category",
        "encode": "index",
        "size": size,
        **({"min_count": FREQUENT} if rare else {}),
        "unknown": "other",
    }
    draft.feature(name, guesses, settings | _gaps(guesses))


def _gaps(guesses: Sequence[ColumnGuess]) -> dict[str, Any]:
    """A value that is missing is a class of its own."""
    if any(guess.missing for guess in guesses):
        return {"missing": "constant", "fill": MISSING}
    return {}


def add_vector(guess: ColumnGuess, draft: Draft) -> None:
    """An array a row, flat before it is joined."""
    name = draft.name(guess.name)
    draft.inputs[name] = list(guess.size)
    draft.branch(name, {} if len(guess.size) == 1 else {"flat": "Flatten"})
    gaps = {"missing": "mean"} if guess.missing else {}
    draft.feature(name, [guess], {"type": "number", "normalize": "standard", **gaps})


def add_tags(guess: ColumnGuess, draft: Draft) -> None:
    """Several classes a row."""
    name = draft.name(guess.name)
    draft.inputs[name] = None
    draft.branch(name, {})
    settings = {"type": "category", "encode": "multi_hot", "size": guess.classes}
    draft.feature(name, [guess], settings | {"unknown": "ignore"})


def add_text(guess: ColumnGuess, draft: Draft) -> None:
    """Words, which of three that follow each other say most."""
    name = draft.name(guess.name)
    draft.inputs[name] = None
    vocabulary = min(MOST_TOKENS, guess.size[0])
    convolution = {"filters": 64, "kernel_size": 3, "padding": "same", "activation": "relu"}
    draft.branch(
        name,
        {
            "embed": {"type": "Embedding", "input_dim": vocabulary, "output_dim": 64},
            "conv": {"type": "Conv1D", **convolution},
            "pool": "GlobalMaxPooling1D",
        },
    )
    gaps = {"missing": "constant", "fill": "-"} if guess.missing else {}
    draft.feature(name, [guess], {"type": "text", **gaps})


def add_sequence(guess: ColumnGuess, draft: Draft) -> None:
    """Numbers step by step."""
    name = draft.name(guess.name)
    draft.inputs[name] = None
    draft.branch(name, {"read": {"type": "GRU", "units": 32}})
    gaps = {"missing": "mean"} if guess.missing else {}
    draft.feature(name, [guess], {"type": "sequence", "normalize": "standard", **gaps})


def add_image(guess: ColumnGuess, draft: Draft) -> None:
    """Pictures, halved until a few cells are left, of which each says what it shows.

    A mean over all cells would forget where in the picture they are.
    """
    name = draft.name(guess.name)
    height, width, channels = guess.size
    draft.inputs[name] = None
    side = max(height, width)
    count = max(2, ceil(log2(side / _COARSE)))
    layers: dict[str, Any] = {}
    for number in range(1, count + 1):
        filters = min(64, (32 if side <= _SMALL else 16) * 2 ** (number - 1))
        layers[f"conv{number}"] = {
            "type": "Conv2D",
            "filters": filters,
            "kernel_size": 3,
            "padding": "same",
            "activation": "relu",
        }
        layers[f"pool{number}"] = "MaxPooling2D"
    draft.branch(name, layers | {"flat": "Flatten"})
    gaps = {"missing": "drop"} if guess.missing else {}
    size = {"size": [height, width], "channels": channels}
    draft.feature(name, [guess], {"type": "image", **size, **gaps})


def add_date(guess: ColumnGuess, draft: Draft) -> None:
    """Parts of a date as numbers."""
    name = draft.name(guess.name)
    draft.inputs[name] = None
    draft.branch(name, {})
    gaps = {"missing": "median"} if guess.missing else {}
    draft.feature(name, [guess], {"type": "date", "normalize": "standard", **gaps})


BRANCHES = {
    "number": add_vector,
    "tags": add_tags,
    "text": add_text,
    "sequence": add_sequence,
    "image": add_image,
    "date": add_date,
}
"""What is made of one column at a time."""
