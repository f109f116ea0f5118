"""MS511 feature-size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.features import CategoryFeature, DateFeature, NumberFeature
from modelspec.layers.values import INTEGERS, Tensor
from modelspec.lint.rule import Rule
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.language.features import FeatureSettings
    from modelspec.lint.subject import Subject
    from modelspec.shapes import Shape


class FeatureSize(Rule):
    """An input has another size than what its feature makes of its columns.

    The columns of a vector, the classes that are listed or whose number is stated, and the parts of
    a date say how many numbers a row has, without a look at the data. Give the input that
    size, or leave its shape away: `inputs: [kinds]` has the size that `data` gives it.
    """

    code = "MS511"
    passes = (
        """\
inputs: {kinds: [5], when: [3]}
layers: {join: Concatenate, y: {type: Dense, units: 1}}
edges: [kinds, when -> join -> y]
outputs: {y: mse}
data:
  file: a.csv
  features:
    kinds: {type: category, columns: [k, l], classes: {k: [a, b]}, size: {l: 3}}
    when: {type: date, parts: [month, year], cyclic: true}
""",
    )
    fails = (
        """\
inputs: {kinds: [4]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
data:
  file: a.csv
  features:
    kinds: {type: category, classes: [a, b], unknown: other}
""",
        """\
inputs: {when: [4]}
layers: {y: {type: Dense, units: 1}}
outputs: {y: mse}
data:
  file: a.csv
  features:
    when: {type: date, parts: [month, year], cyclic: true}
""",
        """\
inputs: {codes: {shape: [3], dtype: int64}}
layers:
  look_up: {type: Embedding, input_dim: 9, output_dim: 2}
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
data:
  file: a.csv
  features:
    codes: {type: category, columns: [k, l], size: 8}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the inputs whose shape is written beside what says it."""
        data = subject.spec.data
        if data is None:
            return
        for name, node in subject.graph.inputs.items():
            value, feature = node.outputs.get(""), data.features.get(name)
            if not isinstance(value, Tensor) or feature is None:
                continue
            size = _size(name, feature, integers=value.dtype in INTEGERS)
            if size is None or value.shape is None or _fits(size, value.shape):
                continue
            message = f"input `{name}` is `{text(value.shape)}`, its feature makes `[{size}]`"
            help = f"write `[{size}]`, or leave the shape away"
            report.add(node.place.finding(self.code, message, help=help))


def _size(name: str, feature: FeatureSettings, *, integers: bool) -> int | None:
    """How many numbers a feature makes of a row, None where the spec does not say it."""
    indicators = len(feature.indicators(name))
    if isinstance(feature, DateFeature):
        return feature.width() + indicators
    if isinstance(feature, CategoryFeature) and feature.type == "category":
        if feature.encode == "index" or (feature.encode is None and integers):
            return feature.id_columns()
        width = feature.width()
        return None if width is None else width + indicators
    if isinstance(feature, NumberFeature) and len(feature.columns or ()) > 1:
        return len(feature.columns or ()) + indicators
    return None


def _fits(size: int, shape: Shape) -> bool:
    """Whether rows of so many numbers fill a shape; an axis of 1 at its end does not count."""
    rows = shape[:-1] if len(shape) == 2 and shape[-1] == 1 else shape
    if not rows:
        return size == 1
    return len(rows) == 1 and (not isinstance(rows[0], int) or rows[0] == size)
