"""A first spec for a table: a branch for each kind of column, joined before the outputs."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.data.inspect.column_guess import CERTAIN
from modelspec.data.inspect.draft_branches import (
    BRANCHES,
    Draft,
    Entry,
    add_categories,
    add_numbers,
    comments,
    dollars,
    own,
)
from modelspec.language.yaml_writer import WIDTH, entry, flow, scalar
from modelspec.source.data_suffixes import without_suffix

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.data.inspect.column_guess import ColumnGuess

MANY_ROWS = 10_000
"""From so many rows on, layers are wider and batches larger."""
FEW_ROWS = 3_000
"""An epoch of fewer rows is a few steps only."""
FEWEST_ROWS = 4
"""Of fewer rows, the fractions of `_split` are none."""
_LONGEST = 500
"""A comment of more letters is cut."""
UNBALANCED = 5
"""A class is rare if another one has so many times its rows."""


class _Target(NamedTuple):
    """What a column to predict becomes."""

    layer: dict[str, Any]
    output: dict[str, Any]
    feature: dict[str, Any]
    comments: tuple[str, ...] = ()


def draft_spec(
    file: str,
    guesses: Mapping[str, ColumnGuess],
    rows: int,
    targets: Iterable[str],
    notes: Sequence[str] = (),
) -> str:
    """A spec as text, with comments on what was found.

    Args:
        file: The table, as the spec is to name it.
        guesses: What each column seems to be.
        rows: How many rows there are.
        targets: The columns to predict.
        notes: What is to be said of the file itself.
    """
    chosen = list(targets)
    draft = Draft(taken={"numbers", "kinds", "ids", "join", "hidden", "dropout"})
    outputs = {column: draft.name(column) for column in chosen}
    draft.taken -= {"numbers", "kinds", "ids"} - set(outputs.values())
    others = [guess for column, guess in guesses.items() if column not in chosen]
    add_numbers([each for each in others if each.type == "number" and not each.size], draft)
    add_categories([each for each in others if each.type == "category"], draft)
    for guess in others:
        if guess.type in BRANCHES and (guess.type != "number" or guess.size):
            BRANCHES[guess.type](guess, draft)
    split = _split([guesses[column] for column in chosen], others, rows)
    made = {
        node: _target(guesses[column], node, rows, listed=split.get("stratify") != column)
        for column, node in outputs.items()
    }
    name = _spec_name(file) or next(iter(outputs.values()))
    lines = ["version: 1", f"name: {scalar(name)}", "", *_inputs(draft), ""]
    lines += [*_model(draft, made, rows), "", "data:"]
    lines += [*(f"  # {_comment(note)}" for note in notes)]
    lines += [f"  file: {scalar(dollars(file))}    # {rows:,} rows", f"  split: {flow(split)}"]
    lines += ["  features:", *_features(draft, made)]
    lines += [
        f"  # not used: {_comment(f'{each.name}: {each.why}')}"
        for each in others
        if each.type == "skip"
    ]
    return "\n".join([*lines, "", *_train(rows)]) + "\n"


def rows_left(rows: int, guesses: Mapping[str, ColumnGuess], targets: Iterable[str]) -> int:
    """How many rows are used at least: those of `missing: drop` may not be."""
    pictures = [name for name, guess in guesses.items() if guess.type == "image"]
    return max(0, rows - sum(guesses[name].missing for name in {*targets, *pictures}))


def _spec_name(file: str) -> str:
    """What a spec, and so its runs, are called after a table: `wine` of `data/wine.csv`."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", os.path.basename(without_suffix(file)))
    return name.strip("_.-")


def _inputs(draft: Draft) -> list[str]:
    """Names only, where features say all shapes."""
    if not any(draft.inputs.values()):
        return entry("inputs", list(draft.inputs), 0)
    lines = ["inputs:"]
    for name, shape in draft.inputs.items():
        lines.append(f"  {scalar(name)}:" + (f" {flow(shape)}" if shape else ""))
    return lines


def _model(draft: Draft, made: Mapping[str, _Target], rows: int) -> list[str]:
    """The layers, the edges and the outputs."""
    layers, joined = dict(draft.layers), draft.joined
    if len(joined) > 1:
        layers["join"] = "Concatenate"
        joined = [", ".join(joined), "join"]
    units = 64 if rows < MANY_ROWS else 128
    layers["hidden"] = {"type": "Dense", "units": units, "activation": "relu"}
    layers["dropout"] = {"type": "Dropout", "rate": 0.2}
    layers |= {node: each.layer for node, each in made.items()}
    lines = ["layers:"]
    for name, layer in layers.items():
        lines += entry(name, layer, 2)
    if len(made) > 1 or (draft.chains and len(draft.joined) > 1):
        chains = [*draft.chains, (*joined, "hidden", "dropout", ", ".join(made))]
        lines += ["", "edges:", *(line for chain in chains for line in _chain(chain))]
    lines += ["", "outputs:"]
    for node, each in made.items():
        lines += entry(node, each.output, 2)
    return lines


def _chain(nodes: Sequence[str]) -> list[str]:
    """An edge, over several lines where it is long."""
    lines, line = [], "  - "
    for word in " -> ".join(nodes).split(" "):
        if len(line) + len(word) > WIDTH:
            lines.append(line.rstrip())
            line = "    "
        line += f"{word} "
    return [*lines, line.rstrip()]


def _features(draft: Draft, made: Mapping[str, _Target]) -> list[str]:
    lines: list[str] = []
    targets = [Entry(node, each.feature, each.comments) for node, each in made.items()]
    for each in [*draft.features, *targets]:
        lines += [f"    # {_comment(line)}" for line in each.comments]
        lines += entry(each.name, each.settings, 4)
    return lines


def _split(
    targets: Sequence[ColumnGuess], others: Sequence[ColumnGuess], rows: int
) -> dict[str, Any]:
    """How the rows are dealt out: as a column says, or at random."""
    says = next((each for each in others if each.type == "split"), None)
    if says is not None:
        return {"column": dollars(says.name), **own([says])}
    classes = [guess for guess in targets if guess.is_class(rows)]
    stratify = {"stratify": dollars(classes[0].name)} if classes else {}
    return {"validation": 0.15, "test": 0.15, **stratify}


def _train(rows: int) -> list[str]:
    lines = ["train:", f"  epochs: {200 if rows < FEW_ROWS else 50}"]
    if rows >= MANY_ROWS:
        lines.append("  batch_size: 128")
    lines.append("  callbacks: [{type: early_stopping, patience: 5}]")
    return lines


def _target(guess: ColumnGuess, node: str, rows: int, *, listed: bool) -> _Target:
    """The layer, the output and the feature of a column to predict.

    Args:
        guess: The column.
        node: What its output is called.
        rows: How many rows there are.
        listed: Whether its classes are, as not all may be among the training rows.
    """
    feature: dict[str, Any] = {} if node == guess.name else {"column": dollars(guess.name)}
    gaps = {"missing": "drop"} if guess.missing else {}
    if not guess.is_class(rows):
        units = guess.size[0] if guess.size else 1
        feature |= {"normalize": "standard", **own([guess]), **gaps}
        output = {"loss": "mse", "metrics": ["mae"]}
        return _Target({"type": "Dense", "units": units}, output, feature, comments([guess]))
    if guess.values and (listed or guess.rows[0] < CERTAIN):
        feature["classes"] = [dollars(value) for value in guess.values]
    else:
        feature["type"] = "category"
    feature |= {**own([guess]), **gaps}
    if guess.markers:
        # For classes no marker stands for a missing value by itself.
        feature["missing_values"] = list(guess.markers)
    said = (*comments([guess]), *_balance(guess))
    if guess.classes == 2:
        layer = {"type": "Dense", "units": 1, "activation": "sigmoid"}
        output = {"loss": "binary_crossentropy", "metrics": ["accuracy"]}
    else:
        layer = {"type": "Dense", "units": guess.classes, "activation": "softmax"}
        output = {"loss": "categorical_crossentropy", "metrics": ["accuracy"]}
    return _Target(layer, output, feature, said)


def _balance(guess: ColumnGuess) -> tuple[str, ...]:
    """What weighs the rarest class up, where it has few rows."""
    few, most = guess.rows
    if not few or few * UNBALANCED > most:
        return ()
    weight = {str(guess.rarest): round(most / few)}
    said = f"`{guess.rarest}` has {few:,} rows, another class {most:,}"
    return (f"{said}: `class_weight: {flow(weight)}` at the output weighs it up",)


def _comment(text: str) -> str:
    """What may stand in a comment: on one line, printable, and to be read at a glance."""
    clean = "".join(letter if letter.isprintable() else " " for letter in text)
    return clean if len(clean) <= _LONGEST else clean[: _LONGEST - 1] + "…"
