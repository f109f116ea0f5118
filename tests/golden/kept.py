"""Reads the golden files: what Keras has computed, call by call."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.golden.keys import written

Key = tuple[str, str, str]


class Kept:
    """One golden file.

    Attributes:
        calls: What each call is: its layer's type, arguments and operands' shapes.
        examples: The examples of those types, by what identifies a call.
    """

    def __init__(self, name: str) -> None:
        self._file = np.load(Path(__file__).with_name(f"{name}.npz"))
        self.calls: list[dict[str, Any]] = json.loads(str(self._file["manifest"]))
        self.examples: dict[Key, Example] = {
            (kind, written(example.arguments), repr(example.shapes)): example
            for kind in sorted({entry["type"] for entry in self.calls})
            for example in registry.find(kind).examples
        }

    def example(self, entry: dict[str, Any]) -> Example:
        """The example that a call was made of."""
        key = key_of(entry)
        assert key in self.examples, f"{key} has changed: make the golden file anew"
        return self.examples[key]

    def arrays(self, entry: dict[str, Any], letter: str) -> list[torch.Tensor]:
        """The arrays `letter0`, `letter1` ... of a call."""
        names = (f"{entry['call']}.{letter}{index}" for index in range(20))
        return [torch.from_numpy(self._file[name]) for name in names if name in self._file]

    def titles(self) -> list[Any]:
        """One test a call."""
        return [pytest.param(entry, id=f"{entry['type']}-{entry['call']}") for entry in self.calls]

    def missing(self) -> set[Key]:
        """The examples of the file's types that no call was made of."""
        return self.examples.keys() - {key_of(entry) for entry in self.calls}


def key_of(entry: dict[str, Any]) -> Key:
    """What identifies a call."""
    return entry["type"], entry["arguments"], entry["shapes"]
