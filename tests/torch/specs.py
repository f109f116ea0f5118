"""Graphs from the text of a spec."""

import textwrap

from modelspec import language, source
from modelspec.diagnostics import Report
from modelspec.graph.build import build


def graph_of(text):
    report = Report()
    document = source.parse(textwrap.dedent(text), "test.yaml", report)
    resolved = language.read(document, report)
    graph = build(resolved, report) if resolved else None
    assert not report.errors, [f"{found.span}: {found.message}" for found in report.errors]
    return graph


SEQUENTIAL = """
    inputs: {x: [64]}
    layers:
      fc1: {type: Dense, units: 32, activation: relu}
      fc2: {type: Dense, units: 32, activation: relu}
      out: {type: Dense, units: 10, activation: softmax}
    outputs: {out: categorical_crossentropy}
    """

SIAMESE = """
    inputs: {left: [T, 5], right: [T, 5]}
    shared:
      encoder: {type: LSTM, units: 3}
    layers:
      a: {use: encoder}
      b: {use: encoder}
      merge: Concatenate
      out: {type: Dense, units: 1, activation: sigmoid}
    edges:
      - left -> a
      - right -> b
      - a, b -> merge -> out
    outputs: {out: binary_crossentropy}
    """

RESIDUAL = """
    inputs: {image: [8, 8, 4]}
    blocks:
      residual:
        params: {filters: 4}
        inputs: [x]
        layers:
          conv1: {type: Conv2D, filters: $filters, kernel_size: 3, padding: same, activation: relu}
          conv2: {type: Conv2D, filters: $filters, kernel_size: 3, padding: same}
          join: Add
        edges:
          - x -> conv1 -> conv2 -> join
          - x -> join
        outputs: [join]
    layers:
      stage: {type: residual, repeat: 2}
      flat: Flatten
      out: {type: Dense, units: 3}
    outputs: [out]
    """

TWO_INPUTS = """
    inputs:
      story: {shape: [T], dtype: int64}
      question: {shape: [Q], dtype: int64}
    layers:
      words: {type: Embedding, input_dim: 50, output_dim: 8}
      asked: {type: Embedding, input_dim: 50, output_dim: 8}
      read: {type: LSTM, units: 6}
      hear: {type: LSTM, units: 6}
      join: Add
      answer: {type: Dense, units: 50, activation: softmax}
    edges:
      - story -> words -> read
      - question -> asked -> hear
      - read, hear -> join -> answer
    outputs: {answer: sparse_categorical_crossentropy}
    """

THREE_OUTPUTS = """
    inputs: {posts: [T, 4]}
    layers:
      conv: {type: Conv1D, filters: 6, kernel_size: 3, activation: relu}
      pool: GlobalMaxPooling1D
      age: {type: Dense, units: 1}
      income: {type: Dense, units: 10, activation: softmax}
      gender: {type: Dense, units: 1, activation: sigmoid}
    edges:
      - posts -> conv -> pool
      - pool -> age, income, gender
    outputs:
      gender: binary_crossentropy
      age: mse
      income: categorical_crossentropy
    """

SEQUENCES = """
    inputs: {source: [S, 5], target: [T, 5]}
    layers:
      encoder: {type: LSTM, units: 3}
      decoder: {type: LSTM, units: 3, return_sequences: true}
      words: {type: TimeDistributed, layer: {type: Dense, units: 7, activation: softmax}}
    edges:
      - source -> encoder
      - target -> decoder
      - encoder.state -> decoder.state
      - decoder -> words
    outputs: {words: categorical_crossentropy}
    """
