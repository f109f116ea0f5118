"""MS507 layout-suspect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.layers.values import Tensor
from modelspec.lint.rule import Rule
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint.subject import At, Subject

_PLAIN = frozenset({"BatchNormalization", "Dropout", "Activation"})


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
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the inputs that a 2-D convolution or pooling slides over."""
        sliding = [name for name in subject.types if "Conv2D" in name or "Pooling2D" in name]
        blamed: set[str] = set()
        for at in subject.of_type(*sliding) if sliding else ():
            found = _suspect(subject, at)
            if found and found[0] not in blamed:
                name, shape = found
                blamed.add(name)
                place = subject.graph.inputs[name].place
                channels, height, width = shape
                report.add(
                    place.finding(
                        self.code,
                        f"`{name}` `{text(shape)}` looks channels-first; images are "
                        "`[height, width, channels]`",
                        key=True,
                        help=f"write `[{height}, {width}, {channels}]`, or `Permute` it first",
                    )
                )


def _suspect(subject: Subject, at: At) -> tuple[str, tuple[int, int, int]] | None:
    if at.body is not subject.graph:
        return None
    node = at.node
    for _ in range(100):
        sources = node.operands.get("", [])
        if len(sources) != 1:
            return None
        node = subject.graph.nodes[sources[0].node]
        if node.kind == "input":
            value = node.outputs[""]
            shape = value.shape if isinstance(value, Tensor) else None
            return (node.name, shape) if _is_channels_first(shape) else None  # type: ignore[return-value]
        if node.type not in _PLAIN:
            return None
    return None


def _is_channels_first(shape: object) -> bool:
    if not isinstance(shape, tuple) or len(shape) != 3:
        return False
    if not all(isinstance(size, int) for size in shape):
        return False
    channels, height, width = shape
    return bool(
        (channels == 3 and height >= 8 and width >= 8)
        or (channels == 1 and height == width and height >= 8)
    )
