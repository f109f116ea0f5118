"""MS511 feature-size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.embeddings import smallest_embedding
from modelspec.layers.values import INTEGERS, Tensor
from modelspec.lint.rule import Rule
from modelspec.lint.subject import last_size
from modelspec.shapes import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.diagnostics import Report
    from modelspec.graph import GraphOutput
    from modelspec.language.features import FeatureSettings
    from modelspec.lint.subject import Subject
    from modelspec.shapes import Shape


class FeatureSize(Rule):
    """An input or an output has another size than what its feature makes of its columns.

    The columns of a vector, the classes that are listed or whose number is stated, the parts of a
    date, the size of a picture and the length of a text say what shape a row has, without a look at
    the data. Give the input that
    size, or leave its shape away: `inputs: [kinds]` has the size that `data` gives it. Give the
    layer before an output a unit for each class; a single sigmoid tells two apart. An Embedding has
    a vector for each id of its input, those that stand for what is ignored counted.
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
        """\
inputs: {x: [2]}
layers:
  y: {type: Dense, units: 3, activation: softmax}
  z: {type: Dense, units: 1, activation: sigmoid}
edges: [x -> y, x -> z]
outputs: {y: categorical_crossentropy, z: binary_crossentropy}
data:
  file: a.csv
  features:
    y: {classes: [a, b], unknown: other}
    z: {classes: [a, b]}
""",
        """\
inputs: {words: [T, 9]}
layers: {read: {type: LSTM, units: 4}, y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: a.csv, features: {words: {type: text}}}
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
        """\
inputs: [codes]
layers:
  look_up: {type: Embedding, input_dim: 8, output_dim: 2}
  flat: Flatten
  y: {type: Dense, units: 1}
outputs: {y: mse}
data:
  file: a.csv
  features:
    codes: {type: category, columns: [k, l], encode: index, size: 8, unknown: ignore}
""",
        """\
inputs: {photo: [32, 32, 3]}
layers: {flat: Flatten, y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: a.csv, features: {photo: {type: image, size: [28, 28], channels: 3}}}
""",
        """\
inputs: {x: [2]}
layers: {y: {type: Dense, units: 2, activation: softmax}}
outputs: {y: categorical_crossentropy}
data: {file: a.csv, features: {y: {classes: [a, b, c]}}}
""",
        """\
inputs: {x: [2]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: binary_crossentropy}
data: {file: a.csv, features: {y: {type: category, size: 3}}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the inputs whose shape is written beside what says it."""
        data = subject.spec.data
        if data is None:
            return
        from modelspec.language.input_shapes import known_shape

        for name, node in subject.graph.inputs.items():
            value, feature = node.outputs.get(""), data.features.get(name)
            if not isinstance(value, Tensor) or feature is None:
                continue
            shape = known_shape(name, feature, value.dtype)
            if shape is not None and value.shape is not None and not _fits(shape, value.shape):
                made = text(shape)
                message = f"input `{name}` is `{text(value.shape)}`, its feature makes `{made}`"
                help = f"write `{made}`, or leave the shape away"
                report.add(node.place.finding(self.code, message, help=help))
            ids, limit = _ids(feature, value.dtype), smallest_embedding(subject.graph, name)
            if limit is not None and ids > limit.rows:
                message = f"`{limit.node}` takes {limit.rows:,} ids, `{name}` has {ids:,}"
                help = f"set `input_dim` of `{limit.node}` to {ids}"
                place = data.place.at("features", name)
                report.add(place.finding(self.code, message, help=help, key=True))
        self._check_outputs(subject, data.features, report)

    def _check_outputs(
        self, subject: Subject, features: Mapping[str, FeatureSettings], report: Report
    ) -> None:
        for name, output in subject.graph.outputs.items():
            feature = features.get(name)
            if feature is None or feature.type != "category":
                continue
            classes, units = feature.width(), last_size(output)
            if classes is None or units is None or _has_units(output, units, classes):
                continue
            message = f"output `{name}` has {units} unit{'s' * (units > 1)}, its feature {classes}"
            help = f"give the layer before it {classes} units, or mend the classes"
            report.add(output.place.finding(self.code, f"{message} classes", help=help))


def _ids(feature: FeatureSettings, dtype: str) -> int:
    """How many ids a category states, that for what is ignored counted; 0 where it does not."""
    integers = dtype in INTEGERS
    if feature.type != "category":
        return 0
    return (feature.is_index(integers=integers) and feature.width(integers=integers)) or 0


def _has_units(output: GraphOutput, units: int, classes: int) -> bool:
    """Whether an output has a unit for each class, or one that tells two apart."""
    targets = output.loss.targets if output.loss else ""
    if targets in ("classes", "indices"):
        return units == classes
    return targets != "binary" or classes == (units if units > 1 else 2)


def _fits(rows: Shape, shape: Shape) -> bool:
    """Whether rows fill a shape; an axis of 1 at the end does not count."""
    if len(rows) + 1 == len(shape) and shape[-1] == 1:
        shape = shape[:-1]
    elif len(rows) == len(shape) + 1 and rows[-1] == 1:
        rows = rows[:-1]
    return len(rows) == len(shape) and not any(
        isinstance(given, int) and isinstance(wanted, int) and given != wanted
        for given, wanted in zip(rows, shape, strict=True)
    )
