"""MS507 layout-suspect."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelspec.layers.values import Tensor
from modelspec.lint.rule import Rule
from modelspec.lint.subject import At
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph.graph import Node
    from modelspec.lint.subject import Subject
    from modelspec.shapes import Shape

_PLAIN = frozenset({"BatchNormalization", "Dropout", "Activation", "ReLU", "ZeroPadding2D"})
_SLIDING = re.compile(r"(Conv|Pooling)2D")


class LayoutSuspect(Rule):
    """The shape of an image input looks channels-first.

    Images are channels-last here, as in Keras: `[height, width, channels]`. A shape such as
    `[3, 224, 224]`, as PyTorch writes it, is read as 3 rows of 224 pixels with 224 channels:
    nothing fails at once, but the convolutions slide over the wrong axes. Write
    `[224, 224, 3]` and give the data in that order, or lead the input through a `Permute`.
    """

    code = "MS507"
    passes = (
        """\
inputs: {image: [224, 224, 3]}
layers:
  conv: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, activation: relu}
  pool: GlobalMaxPooling2D
  label: {type: Dense, units: 2, activation: softmax}
outputs: {label: categorical_crossentropy}
""",
        """\
inputs: {image: [3, 224, 224]}
layers:
  turn: {type: Permute, dims: [2, 3, 1]}
  conv: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, activation: relu}
  pool: GlobalMaxPooling2D
  label: {type: Dense, units: 2, activation: softmax}
outputs: {label: categorical_crossentropy}
""",
    )
    fails = (
        """\
inputs: {image: [3, 224, 224]}
layers:
  conv: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, activation: relu}
  pool: GlobalMaxPooling2D
  label: {type: Dense, units: 2, activation: softmax}
outputs: {label: categorical_crossentropy}
""",
        """\
inputs: {image: [3, 224, 224]}
blocks:
  vision:
    inputs: [x]
    layers:
      conv: {type: Conv2D, filters: 8, kernel_size: 3, padding: same, activation: relu}
      pool: GlobalMaxPooling2D
    outputs: [pool]
layers:
  look: vision
  label: {type: Dense, units: 2, activation: softmax}
outputs: {label: categorical_crossentropy}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the inputs that a 2-D convolution or pooling slides over."""
        for name, node in subject.graph.inputs.items():
            value = node.outputs[""]
            shape = value.shape if isinstance(value, Tensor) else None
            if shape is None or not _is_channels_first(shape) or not _slides_over(subject, node):
                continue
            channels, height, width = shape
            report.add(
                node.place.finding(
                    self.code,
                    f"`{name}` `{text(shape)}` looks channels-first; images are "
                    "`[height, width, channels]`",
                    key=True,
                    help=f"write `[{height}, {width}, {channels}]`, or `Permute` it first",
                )
            )


def _slides_over(subject: Subject, node: Node) -> bool:
    """Whether a convolution or a pooling is the first to look at an input, also in a block."""
    pending = [At(subject.graph, node)]
    seen: set[tuple[int, str]] = set()
    while pending:
        at = pending.pop()
        if (id(at.body), at.node.name) in seen:
            continue
        seen.add((id(at.body), at.node.name))
        for after in subject.consumers(at):
            if _SLIDING.search(after.type):
                return True
            if after.type in _PLAIN:
                pending.append(At(at.body, after))
            elif after.graph is not None:
                body = after.graph.body or after.graph
                pending += (
                    At(body, body.nodes[port])
                    for port, sources in after.operands.items()
                    if any(source.node == at.node.name for source in sources)
                )
    return False


def _is_channels_first(shape: Shape) -> bool:
    sizes = [size for size in shape if isinstance(size, int)]
    if len(shape) != 3 or len(sizes) != 3:
        return False
    channels, height, width = sizes
    return (channels == 3 and height >= 8 and width >= 8) or (
        channels == 1 and height == width and height >= 8
    )
