"""A small run to show, and a page taken apart."""

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import numpy as np

from modelspec.report import Contents, Output, page
from modelspec.report.contents import (
    Classes,
    ColumnImportance,
    Importance,
    Labels,
    Measures,
    Scores,
    Worst,
    WorstRow,
)
from modelspec.report.markup import Html

HISTORY = [
    {"epoch": 1, "loss": 2.25, "a_mae": 0.5, "val_loss": 2.0123456789, "val_a_mae": 0.75},
    {"epoch": 2, "loss": 1.125, "a_mae": 0.25, "val_loss": 1.5, "val_a_mae": 0.125},
    {"epoch": 3, "loss": 0.001, "a_mae": 0.2, "val_loss": 1.75, "val_a_mae": 0.3},
]
FEATURE: dict[str, Any] = {
    "name": "petals",
    "role": "input",
    "kind": "number",
    "columns": ["one", "two"],
    "shape": [2, None],
    "dtype": "float32",
    "missing": 3,
    "facts": {"mean": -1e-12, "deviation": 1.0},
    "counts": {"-1 to 0": 7, "0 to 1": 9},
    "rows": [[0.5, 1.0]],
}


def outputs(name: str = "one") -> list[Output]:
    truth = np.arange(6.0).reshape(3, 2)
    said = np.array([[0.75, 0.25], [0.5, 0.5], [0.125, 0.875]])
    scores = Scores(np.array([0, 1, 1]), said, True, 3)
    labels = Scores(np.array([[True, False], [False, True], [True, True]]), said, True, 3)
    pairs = {(0, 0): 3, (1, 0): 2}
    row = WorstRow(f"line {name}", name, name, 0.25, (name,))
    return [
        Output("a", "mse", Measures(["width", name], truth, truth + 1)),
        Output(
            "b",
            "categorical_crossentropy",
            Classes([name, "other"], pairs, scores, 1),
            Worst((name, name), [row], [name], 2, name),
        ),
        Output(
            "c", "binary_crossentropy", Labels([name, "other"], [(4, 2, 1), (0, 0, 0)], labels, 2)
        ),
        Output("d", ""),
    ]


def importance(name: str = "one") -> Importance:
    columns = [ColumnImportance(name, 0.25, 0.125, 5), ColumnImportance("other", -0.5, 0.0, 4)]
    return Importance(name, 0.75, name, columns, [name])


def contents(**changes: Any) -> Contents:
    """A run with something in every part of its page."""
    given: dict[str, Any] = {
        "name": "flowers",
        "folder": "flowers/2026",
        "started": "2026-11-21",
        "ending": "3 epochs",
        "history": HISTORY,
        "best": (HISTORY[1], "val_loss"),
        "outputs": outputs(),
        "parameters": (100, 4),
        "rows": {"train": 80, "validation": 20},
        "spec": "name: flowers\n",
        "environment": {"torch": "2", "libraries": {"numpy": "2"}, "command_line": ["a b", "c"]},
        "features": [FEATURE],
        "asked": "Predictions",
        "importance": importance(),
    }
    return Contents(**(given | changes))


def parsed(text: str) -> Element:
    """Markup as a tree; an error where any element is not closed, or anything is not escaped."""
    body = text.removeprefix("<!doctype html>\n")
    return ElementTree.fromstring(re.sub(r"<((?:img|input|link|meta|wbr)\b[^>]*)>", r"<\1/>", body))


def page_of(**changes: Any) -> Element:
    return parsed(page(contents(**changes)))


def part(*markup: Html | None) -> Element:
    """Some markup as a tree."""
    return parsed(f"<div>{''.join(each for each in markup if each is not None)}</div>")


def texts(tree: Element, tag: str) -> list[str]:
    """The text of each element of a kind."""
    return ["".join(each.itertext()) for each in tree.iter(tag)]
