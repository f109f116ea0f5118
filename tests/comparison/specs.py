"""Specs to compare."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec import lint
from modelspec.comparison import Comparison, compare

if TYPE_CHECKING:
    from modelspec.graph import Graph
    from modelspec.language.model import Spec

BASE = """
params: {width: 8, twice: "${width * 2}", unused: 1}
inputs: {x: [8], y: [4]}
shared:
  encoder: {type: Dense, units: $width}
layers:
  a: {type: Dense, units: $twice, activation: relu}
  b: {type: Dense, units: $width}
  first: {use: encoder}
  second: {use: encoder}
  deep: {type: res, repeat: 2}
  join: Concatenate
  label: {type: Dense, units: 3}
blocks:
  res:
    params: {rate: 0.5}
    inputs: [x]
    layers:
      fc: {type: Dense, units: $width}
      drop: {type: Dropout, rate: $rate}
      add: Add
    edges: [x -> fc -> drop, "x, drop -> add"]
    outputs: [add]
edges:
  - x -> a -> b -> first -> deep
  - b -> second
  - deep, second, y -> join -> label
outputs: {label: {loss: mse, metrics: [mae]}}
train: {optimizer: adam, epochs: 3}
"""


def examined(text: str, *overrides: str) -> tuple[Spec, Graph]:
    found = lint.examine("spec.yaml", text=text, overrides=overrides)
    found.report.raise_if_failed()
    assert found.spec
    assert found.graph
    return found.spec, found.graph


def compared(before: str, after: str, *overrides: str) -> Comparison:
    return compare(examined(before), examined(after, *overrides))


def with_line(old: str, new: str, text: str = BASE) -> str:
    assert old in text
    return text.replace(old, new)
