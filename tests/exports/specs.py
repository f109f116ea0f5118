"""Small specs to export."""

from pathlib import Path

from modelspec import data
from modelspec.exports.model import ExportModel
from modelspec.lint import examine

DENSE = """\
version: 1
name: dense
inputs: {x: [3]}
layers: {kind: {type: Dense, units: 2, activation: softmax}}
outputs: {kind: sparse_categorical_crossentropy}
"""
CONVOLUTION = """\
version: 1
name: convolution
inputs: {words: {shape: [T], dtype: int32}}
layers:
  embed: {type: Embedding, input_dim: 9, output_dim: 4}
  conv: {type: Conv1D, filters: 4, kernel_size: 3}
  pool: {type: MaxPooling1D, pool_size: 2}
outputs: [pool]
"""
MASKED_GRU = """\
version: 1
name: masked
inputs: {words: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 9, output_dim: 4, mask_zero: true}
  read: {type: GRU, units: 3}
outputs: [read]
"""
NAMELESS = """\
version: 1
name: nameless
inputs: {x: [null, 4]}
layers:
  conv: {type: Conv1D, filters: 2, kernel_size: 33}
  pool: GlobalMaxPooling1D
outputs: [pool]
"""
UNEQUAL = """\
version: 1
name: unequal
inputs: {x: [S, 4], y: [T, 4]}
layers: {add: Add}
edges: ["x, y -> add"]
outputs: [add]
"""


def model_of(text: str, folder: Path) -> ExportModel:
    """The model of a spec, with new weights."""
    file = folder / "spec.yaml"
    file.write_text(text)
    examined = examine(str(file))
    examined.report.raise_if_failed()
    assert examined.graph
    return ExportModel.with_new_weights(examined.graph, data.plain(examined.graph))
