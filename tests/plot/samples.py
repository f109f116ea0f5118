"""Graphs to draw, from spec texts."""

from pathlib import Path

from modelspec.diagnostics import Report
from modelspec.graph.build import build
from modelspec.graph.graph import Graph
from modelspec.language import read
from modelspec.plot import PlotOptions
from modelspec.plot.from_graph import read as read_diagram
from modelspec.plot.paint_scene import sketch
from modelspec.plot.scene import Scene
from modelspec.source import parse

LARGE = frozenset(
    {"resnet50", "siamese_xception", "unet", "video_qa", "vqa", "xception", "xception_base"}
)
"""Drawn by the tests of `specs`, once; in all formats and ways they take longer than the rest."""

SPECS = sorted(
    path for path in (Path(__file__).parents[2] / "specs").glob("*.yaml") if path.stem not in LARGE
)

NESTED = """
version: 1
name: nested
inputs: {image: [32, 32, 3]}
blocks:
  residual:
    inputs: [x]
    layers:
      conv1: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, activation: relu}
      conv2: {type: Conv2D, filters: 8, kernel_size: 3, padding: same}
      join: Add
    edges: ["x -> conv1 -> conv2 -> join", "x -> join"]
    outputs: [join]
  stage:
    inputs: [x]
    layers:
      down: MaxPooling2D
      unit: {type: residual, repeat: 3}
    edges: ["x -> down -> unit"]
    outputs: [unit]
layers:
  stem: {type: Conv2D, filters: 8, kernel_size: 3, padding: same}
  stage: {type: stage, repeat: 2}
  flat: Flatten
  deep: {type: Dense, units: 4, repeat: 3}
edges: ["image -> stem -> stage -> flat -> deep"]
outputs: {deep: {loss: mse, weight: 0.25, metrics: [mae]}}
"""

SIAMESE = """
version: 1
name: siamese
inputs: {left: [8, 8, 1], right: [8, 8, 1]}
blocks:
  vision:
    inputs: [x]
    layers: {flat: Flatten, code: {type: Dense, units: 4}}
    edges: ["x -> flat -> code"]
    outputs: [code]
shared: {encoder: {type: vision}}
layers:
  left_code: {use: encoder}
  right_code: {use: encoder}
  gap: Subtract
  same: {type: Dense, units: 1, activation: sigmoid}
edges:
  - left -> left_code
  - right -> right_code
  - left_code, right_code -> gap -> same
outputs: {same: {loss: binary_crossentropy}}
"""

PORTS = """
version: 1
name: ports
inputs: {source: [10, 4], target: [9, 4]}
blocks:
  pair:
    inputs: [a, b]
    layers: {sum: Add, gap: Subtract}
    edges: ["a, b -> sum", "a, b -> gap"]
    outputs: [sum, gap]
layers:
  encoder: {type: LSTM, units: 8}
  decoder: {type: LSTM, units: 8}
  both: {type: pair}
  join: Concatenate
edges:
  - source -> encoder
  - encoder.state -> decoder.state
  - target -> decoder
  - encoder.h -> both.a
  - decoder -> both.b
  - both.sum, both.gap -> join
outputs: [join]
"""

BROKEN = """
version: 1
name: broken
inputs: {x: [8]}
layers:
  a: {type: Dense, units: 8}
  b: {type: Dense, units: 8}
  c: {type: Dense, units: 4}
  join: Add
  dead: {type: Dense, units: 3}
  round: Add
  again: Add
edges:
  - x -> a -> b -> join
  - a -> c -> join
  - a -> dead
  - b -> round -> again -> round
  - round -> round
outputs: [join, again]
"""

WRAPPED = """
version: 1
name: video
inputs: {frames: [T, 16, 16, 1], mask: [T, 16, 16, 1]}
blocks:
  vision:
    inputs: [x]
    layers:
      conv: {type: Conv2D, filters: 4, kernel_size: 3, activation: relu}
      flat: Flatten
      code: {type: Dense, units: 8}
    edges: ["x -> conv -> flat -> code"]
    outputs: [code]
shared: {eye: {type: vision}, dense: {type: Dense, units: 8}}
layers:
  each: {type: TimeDistributed, layer: {use: eye}}
  each_mask: {type: TimeDistributed, layer: {use: eye}}
  both: Concatenate
  read: {type: Bidirectional, layer: {type: LSTM, units: 8}}
  d1: {use: dense}
  d2: {use: dense}
  twice: Multiply
edges:
  - frames -> each -> both
  - mask -> each_mask -> both
  - both -> read
  - read.h -> d1
  - read.h -> d2
  - d1, d2 -> twice
outputs: {twice: mse, read: {from: read}}
"""

TEXTS = {"wrapped": WRAPPED, "nested": NESTED, "siamese": SIAMESE, "ports": PORTS, "broken": BROKEN}


def graph_of(text: str, file: str = "model.yaml") -> tuple[Graph, Report]:
    report = Report()
    document = parse(text, file, report)
    assert document is not None, list(report)
    spec = read(document, report)
    assert spec is not None, list(report)
    return build(spec, report), report


def sample_graphs() -> dict[str, tuple[Graph, Report]]:
    graphs = {name: graph_of(text) for name, text in TEXTS.items()}
    graphs |= {path.stem: graph_of(path.read_text(), str(path)) for path in SPECS}
    return graphs


def scene_of(graph: Graph, options: PlotOptions, findings: Report | None = None) -> Scene:
    diagram = read_diagram(graph, options, findings or ())
    return sketch(diagram, options, graph.name, "subtitle", "description")
