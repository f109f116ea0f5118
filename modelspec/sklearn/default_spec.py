"""The spec of an estimator that was given none: a multilayer perceptron on numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelspec.sklearn.targets import class_texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data.table.table import Array

NAME = "mlp"
_INPUT = "features"


def default_spec(columns: Sequence[str], targets: Sequence[Array], classify: bool) -> str:
    """One hidden layer; numbers are standardised, and so are the targets of a regression.

    Args:
        columns: What the columns of X are called.
        targets: The columns of y.
        classify: Whether they are classes: each has an output of its own.
    """
    heads = _classes(columns, targets) if classify else _numbers(columns, len(targets))
    inputs = {"columns": [*map(literal, columns)], "type": "number", "normalize": "standard"}
    spec = {
        "version": 1,
        "name": NAME,
        "params": {"units": 64},
        "inputs": {_INPUT: [len(columns)]},
        "layers": {
            "hidden": {"type": "Dense", "units": "$units", "activation": "relu"},
            **{name: head["layer"] for name, head in heads.items()},
        },
        "edges": [f"{_INPUT} -> hidden -> {', '.join(heads)}"],
        "outputs": {name: head["loss"] for name, head in heads.items()},
        "data": {
            "file": "rows.parquet",
            "features": {_INPUT: inputs, **{name: head["data"] for name, head in heads.items()}},
        },
        "train": {"optimizer": "adam", "learning_rate": 0.01, "epochs": 50, "batch_size": 32},
    }
    return json.dumps(spec, indent=1, ensure_ascii=False)


def _classes(columns: Sequence[str], targets: Sequence[Array]) -> dict[str, Any]:
    heads = {}
    for place, target in enumerate(targets):
        texts = [literal(each) for each in class_texts(target)]
        name = "target" if len(targets) == 1 else f"target_{place}"
        heads[name] = {
            "layer": {"type": "Dense", "units": len(texts), "activation": "softmax"},
            "loss": "sparse_categorical_crossentropy",
            "data": {"type": "category", "column": unused(name, columns), "classes": texts},
        }
    return heads


def _numbers(columns: Sequence[str], count: int) -> dict[str, Any]:
    names = ["target"] if count == 1 else [f"target_{place}" for place in range(count)]
    return {
        "target": {
            "layer": {"type": "Dense", "units": count},
            "loss": "mse",
            "data": {
                "type": "number",
                "columns": [unused(name, columns) for name in names],
                "normalize": "standard",
            },
        }
    }


def literal(text: str) -> str:
    """A text as a spec has it, in which a dollar at the start names a param."""
    return f"${text}" if text.startswith("$") else text


def unused(name: str, known: Sequence[str]) -> str:
    """A name that no column has."""
    while name in known:
        name += "_"
    return name
