"""A spec that lints clean validates under the schema."""

import pytest
from jsonschema import Draft202012Validator

from modelspec import lint
from modelspec.diagnostics import CODES
from modelspec.lint import rules
from modelspec.schema import json_schema

VALIDATOR = Draft202012Validator(json_schema())

LANGUAGE = """
# yaml-language-server: $schema=./modelspec.schema.json
version: 1
name: social
description: Age, income bracket and gender of a person, from their posts.

params: {vocabulary: 50000, width: 256}

inputs:
  posts: {shape: [T], dtype: int64}

layers:
  embed:  {type: Embedding, input_dim: $vocabulary, output_dim: $width}
  conv1:  {type: Conv1D, filters: 128, kernel_size: 5, activation: relu}
  pool:   {type: GlobalMaxPooling1D}
  trunk:  {type: Dense, units: 128, activation: relu}
  age:    {type: Dense, units: 1}
  income: {type: Dense, units: 10, activation: softmax}
  gender: {type: Dense, units: 1, activation: sigmoid}

edges:
  - posts -> embed -> conv1 -> pool -> trunk
  - trunk -> age, income, gender

outputs:
  age:    {loss: mse, weight: 0.25, metrics: [mae]}
  income: {loss: categorical_crossentropy, weight: 1.0, metrics: [accuracy]}
  gender: {loss: binary_crossentropy, weight: 10.0, metrics: [accuracy]}
"""

BLOCKS = """
params: {filters: 8}
inputs: {image: [16, 16, 3], words: {shape: [T, 4]}}
shared: {encoder: {type: LSTM, units: 32}}
blocks:
  residual:
    params: {filters: 64, act: null}
    inputs: [x]
    layers:
      conv1: {type: Conv2D, filters: $filters, kernel_size: 3, padding: same, activation: $act}
      conv2: {type: Conv2D, filters: "${filters}", kernel_size: [3, 3], padding: same}
      join:  Add
    edges:
      - x -> conv1 -> conv2 -> join
      - conv1 -> join
    outputs: [join]
layers:
  stage: {type: residual, filters: $filters, act: relu, repeat: 3, trainable: false}
  pool: GlobalMaxPooling2D
  both: {type: Bidirectional, layer: {type: LSTM, units: 16}}
  code: {use: encoder}
  all: Concatenate
  y: {type: Dense, units: "${filters * 2}"}
edges:
  - image -> stage -> pool
  - words -> both, code
  - pool, both, code -> all
  - all -> y
outputs:
  value: {from: y, loss: mse}
train:
  optimizer: {type: Adam, beta_1: 0.8}
  callbacks: [early_stopping]
tune: {search: {params.filters: [8, 16], train.learning_rate: {float: [0.001, 0.1], log: true}}}
"""


def assert_valid_if_clean(text: str) -> bool:
    """Whether a spec lints clean; if it does, it validates."""
    examined = lint.examine("spec.yaml", text=text, training=True)
    if examined.document is None or examined.report.errors:
        return False
    found = list(VALIDATOR.iter_errors(examined.document.data))
    assert [f"{error.json_path}: {error.message}" for error in found] == []
    return True


@pytest.mark.parametrize("text", [LANGUAGE, BLOCKS], ids=["language", "blocks"])
def test_the_examples_of_the_language_lint_clean_and_validate(text: str) -> None:
    assert assert_valid_if_clean(text)


@pytest.mark.parametrize("code", CODES)
def test_the_examples_of_a_rule_validate_where_they_are_clean(code: str) -> None:
    rule = rules.find(code)
    assert rule
    for text in (*rule.passes, *rule.fails):
        assert_valid_if_clean(text)
