"""A first spec for a table: a branch for each kind of column, joined before the outputs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelspec.data.inspect.infer_types import FEW_NUMBERS, ColumnGuess
from modelspec.language.yaml_writer import scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_TOKENS = 10_000
FEW_FOR_ONE_HOT = 8
"""A category of more classes gets an Embedding."""
DATE_PARTS = 4
MISSING = "missing"


@dataclass(slots=True)
class _Draft:
    """The sections as lines, while they grow.

    Attributes:
        joined: The nodes that are joined.
        taken: The names that are in use.
    """

    inputs: list[str] = field(default_factory=list)
    layers: list[str] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
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

    def chain(self, *nodes: str) -> None:
        """Lead nodes into each other, the last one into what joins all."""
        if len(nodes) > 1:
            self.edges.append(" -> ".join(nodes))
        self.joined.append(nodes[-1])


def draft_spec(
    file: str, guesses: dict[str, ColumnGuess], rows: int, targets: Iterable[str]
) -> str:
    """A spec as text, with comments on what was found.

    Args:
        file: The table, as the spec is to name it.
        guesses: What each column seems to be.
        rows: How many rows there are.
        targets: The columns to predict.
    """
    chosen = list(targets)
    draft = _Draft(taken={"numbers", "join", "trunk", "rest"})
    outputs = {column: draft.name(column) for column in chosen}
    skipped = []
    numbers = []
    for column, guess in guesses.items():
        if column in chosen:
            continue
        if guess.type == "skip":
            skipped.append(_commented(f"{column}: {guess.why}"))
        elif guess.type == "number" and not guess.size:
            numbers.append(guess)
        else:
            _BRANCHES[guess.type](guess, draft)
    _add_numbers(numbers, draft)
    classes = next((column for column in chosen if _is_class(guesses[column], rows)), None)
    return "\n".join(_text(file, draft, guesses, rows, outputs, skipped, classes)) + "\n"


def _spec_name(file: str) -> str:
    """What a spec, and so its runs, are called after a table: `wine` of `data/wine.csv`."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", os.path.splitext(os.path.basename(file))[0])
    return name.strip("_.-")


def _text(
    file: str,
    draft: _Draft,
    guesses: dict[str, ColumnGuess],
    rows: int,
    outputs: dict[str, str],
    skipped: list[str],
    classes: str | None,
) -> list[str]:
    described = f"{', '.join(outputs)} from the other columns of {os.path.basename(file)}."
    lines = ["version: 1", f"name: {_written(_spec_name(file) or next(iter(outputs.values())))}"]
    lines += [f"description: {_written(described)}", "", "inputs:", *draft.inputs, ""]
    lines += ["layers:", *draft.layers]
    if len(draft.joined) > 1:
        lines.append("  join: Concatenate")
        draft.joined = [", ".join(draft.joined), "join"]
    draft.edges.append(" -> ".join([*draft.joined, "trunk", "rest", ", ".join(outputs.values())]))
    lines.append("  trunk: {type: Dense, units: 64, activation: relu}")
    lines.append("  rest: {type: Dropout, rate: 0.2}")
    written, features = [], []
    for column, node in outputs.items():
        layer, output, feature = _output(guesses[column], node, rows)
        lines.append(f"  {node}: {layer}")
        written.append(f"  {node}: {output}")
        features.append(f"    {node}: {feature}    # {_commented(guesses[column].why)}")
    lines += ["", "edges:", *(f"  - {edge}" for edge in draft.edges), "", "outputs:", *written, ""]
    lines += ["data:", f"  file: {_written(file)}    # {rows:,} rows"]
    stratify = f", stratify: {_written(classes)}" if classes else ""
    lines.append(f"  split: {{validation: 0.15, test: 0.15, seed: 0{stratify}}}")
    lines += ["  features:", *draft.features, *features]
    lines += [f"  # not used: {each}" for each in skipped]
    batch = 32 if rows < 10_000 else 128
    lines += [
        "",
        "train:",
        "  optimizer: adam",
        "  learning_rate: 0.001",
        "  epochs: 50",
        f"  batch_size: {batch}",
        "  callbacks:",
        "    - {type: early_stopping, patience: 5, restore_best_weights: true}",
    ]
    return lines


def _add_numbers(guesses: list[ColumnGuess], draft: _Draft) -> None:
    """All plain numbers as one vector."""
    if not guesses:
        return
    columns = ", ".join(_written(guess.name) for guess in guesses)
    gaps = sum(guess.missing for guess in guesses)
    filled = ", missing: mean" if gaps else ""
    comment = f"    # {gaps:,} missing values" if gaps else ""
    draft.inputs.insert(0, f"  numbers: [{len(guesses)}]")
    feature = f"{{columns: [{columns}], normalize: standard{filled}}}"
    draft.features.insert(0, f"    numbers: {feature}{comment}")
    draft.joined.insert(0, "numbers")


def _add_vector(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    draft.inputs.append(f"  {name}: {list(guess.size)}")
    _feature(guess, name, draft, "type: number, normalize: standard", fill="mean")
    if len(guess.size) == 1:
        draft.chain(name)
        return
    flat = draft.name(f"{name}_flat")
    draft.layers.append(f"  {flat}: Flatten")
    draft.chain(name, flat)


def _add_category(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    # A gap is a class of its own, and a class that training has not seen is none.
    count = guess.classes + bool(guess.missing)
    if count <= FEW_FOR_ONE_HOT and guess.values:
        draft.inputs.append(f"  {name}: [{count}]")
        draft.chain(name)
    else:
        embed = draft.name(f"{name}_embed")
        width = min(32, round(1.6 * count**0.56))
        draft.inputs.append(f"  {name}: {{shape: [], dtype: int64}}")
        size = f"input_dim: {count + 1}, output_dim: {width}"
        draft.layers.append(f"  {embed}: {{type: Embedding, {size}}}")
        draft.chain(name, embed)
    listed = [*guess.values, *([MISSING] if guess.missing else [])] if guess.values else []
    classes = f", classes: {_row(listed)}" if listed else ""
    settings = f"type: category{classes}, unknown: ignore"
    _feature(guess, name, draft, settings, fill=f"constant, fill: {MISSING}")


def _add_tags(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    draft.inputs.append(f"  {name}: [{guess.classes}]")
    draft.chain(name)
    listed = f"encode: multi_hot, classes: {_row(guess.values)}, unknown: ignore"
    _feature(replace(guess, missing=0), name, draft, f"type: category, {listed}", fill="")


def _add_text(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    embed, conv, pool = (draft.name(f"{name}_{part}") for part in ("embed", "conv", "pool"))
    size = min(MOST_TOKENS, guess.size[0])
    draft.inputs.append(f"  {name}: {{shape: [{name.upper()}_STEPS], dtype: int64}}")
    draft.layers += [
        f"  {embed}: {{type: Embedding, input_dim: {size}, output_dim: 64}}",
        f"  {conv}: {{type: Conv1D, filters: 64, kernel_size: 3, padding: same, activation: relu}}",
        f"  {pool}: GlobalMaxPooling1D",
    ]
    draft.chain(name, embed, conv, pool)
    _feature(guess, name, draft, "type: text", fill='constant, fill: "-"')


def _add_sequence(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    read = draft.name(f"{name}_read")
    draft.inputs.append(f"  {name}: [{name.upper()}_STEPS, 1]")
    draft.layers.append(f"  {read}: {{type: GRU, units: 32}}")
    draft.chain(name, read)
    _feature(guess, name, draft, "type: sequence, normalize: standard", fill="drop")


def _add_image(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    parts = [draft.name(f"{name}_{part}") for part in ("conv1", "pool1", "conv2", "pool2")]
    height, width, channels = guess.size
    draft.inputs.append(f"  {name}: [{height}, {width}, {channels}]")
    convolution = "kernel_size: 3, padding: same, activation: relu"
    draft.layers += [
        f"  {parts[0]}: {{type: Conv2D, filters: 16, {convolution}}}",
        f"  {parts[1]}: MaxPooling2D",
        f"  {parts[2]}: {{type: Conv2D, filters: 32, {convolution}}}",
        f"  {parts[3]}: GlobalAveragePooling2D",
    ]
    draft.chain(name, *parts)
    _feature(guess, name, draft, "type: image", fill="drop")


def _add_date(guess: ColumnGuess, draft: _Draft) -> None:
    name = draft.name(guess.name)
    draft.inputs.append(f"  {name}: [{DATE_PARTS}]")
    draft.chain(name)
    parts = "parts: [year, month, day, weekday], normalize: standard"
    _feature(guess, name, draft, f"type: date, {parts}", fill="drop")


_BRANCHES = {
    "number": _add_vector,
    "category": _add_category,
    "tags": _add_tags,
    "text": _add_text,
    "sequence": _add_sequence,
    "image": _add_image,
    "date": _add_date,
}


def _feature(guess: ColumnGuess, name: str, draft: _Draft, settings: str, *, fill: str) -> None:
    column = "" if name == guess.name else f"column: {_written(guess.name)}, "
    gaps = f", missing: {fill}" if guess.missing else ""
    comment = f"{guess.why}, {guess.missing:,} missing" if guess.missing else guess.why
    draft.features.append(f"    {name}: {{{column}{settings}{gaps}}}    # {_commented(comment)}")


def _written(text: str | int) -> str:
    """A value as YAML; text that would be a param says that it is none."""
    return scalar(f"${text}" if isinstance(text, str) and text.startswith("$") else text)


def _row(values: Sequence[str | int]) -> str:
    return f"[{', '.join(map(_written, values))}]"


def _commented(text: str) -> str:
    """What may stand in a comment: on one line, and printable."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _is_class(guess: ColumnGuess, rows: int) -> bool:
    few = guess.whole and guess.classes <= FEW_NUMBERS and guess.classes * 10 <= rows
    return guess.type == "category" or (guess.type == "number" and few and not guess.size)


def _output(guess: ColumnGuess, node: str, rows: int) -> tuple[str, str, str]:
    """The layer, the output and the feature of a target."""
    column = "" if node == guess.name else f"column: {_written(guess.name)}, "
    gaps = ", missing: drop" if guess.missing else ""
    if not _is_class(guess, rows):
        loss = "{loss: mse, metrics: [mae]}"
        feature = f"{{{column}type: number, normalize: standard{gaps}}}"
        return f"{{type: Dense, units: {guess.size[0] if guess.size else 1}}}", loss, feature
    listed = f", classes: {_row(guess.values)}" if guess.values else ""
    feature = f"{{{column}type: category{listed}{gaps}}}"
    if guess.classes == 2:
        layer = "{type: Dense, units: 1, activation: sigmoid}"
        return layer, "{loss: binary_crossentropy, metrics: [accuracy]}", feature
    layer = f"{{type: Dense, units: {guess.classes}, activation: softmax}}"
    return layer, "{loss: categorical_crossentropy, metrics: [accuracy]}", feature
