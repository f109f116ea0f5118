"""The closed list of findings: one row a code.

What a finding means, with examples, stands in `modelspec.lint.rules`; the
rooms below `lint` need only its name and level, which is why the table is here.
"""

from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How much a finding matters.

    `ERROR` fails a lint, `WARNING` fails one under `--strict`, `INFO` is shown on request.
    """

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Code(NamedTuple):
    """One row of the catalogue: `MS401`, `cycle`, error."""

    code: str
    name: str
    severity: Severity
    for_training: bool = False
    """Found only when the spec is about to be trained, not by a plain lint."""


_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO

_ROWS = (
    Code("MS101", "yaml-syntax", _E),
    Code("MS102", "duplicate-key", _E),
    Code("MS103", "bracketed-edge", _E),
    Code("MS104", "unsafe-yaml", _E),
    Code("MS105", "ambiguous-scalar", _W),
    Code("MS106", "split-edge", _E),
    Code("MS107", "unused-ignore", _W),
    Code("MS201", "unknown-key", _E),
    Code("MS202", "missing-key", _E),
    Code("MS203", "wrong-type", _E),
    Code("MS204", "out-of-range", _E),
    Code("MS205", "unknown-type", _E),
    Code("MS206", "bad-choice", _E),
    Code("MS207", "unknown-param", _E),
    Code("MS208", "bad-expression", _E),
    Code("MS209", "missing-file", _E),
    Code("MS210", "bad-name", _E),
    Code("MS211", "empty-file", _E),
    Code("MS301", "undefined-name", _E),
    Code("MS302", "name-collision", _E),
    Code("MS303", "unknown-port", _E),
    Code("MS304", "unconnected-layer", _W),
    Code("MS305", "unused-input", _E),
    Code("MS306", "unused-shared", _W),
    Code("MS307", "recursive-block", _E),
    Code("MS308", "bad-edge", _E),
    Code("MS401", "cycle", _E),
    Code("MS402", "unreachable-output", _E),
    Code("MS403", "dead-layer", _W),
    Code("MS404", "disconnected", _W),
    Code("MS405", "duplicate-edge", _W),
    Code("MS406", "arity", _E),
    Code("MS407", "one-input-merge", _W),
    Code("MS408", "ambiguous-groups", _E),
    Code("MS501", "shape-mismatch", _E),
    Code("MS502", "empty-dimension", _E),
    Code("MS503", "wrong-rank", _E),
    Code("MS504", "indivisible", _E),
    Code("MS505", "shared-shape-conflict", _E),
    Code("MS506", "wrong-dtype", _E),
    Code("MS507", "layout-suspect", _W),
    Code("MS508", "unknown-size", _E),
    Code("MS509", "axis-out-of-range", _E),
    Code("MS510", "mask-dropped", _W),
    Code("MS511", "feature-size", _E),
    Code("MS601", "loss-activation", _W),
    Code("MS602", "single-class-softmax", _E),
    Code("MS603", "activated-regression", _W),
    Code("MS604", "no-loss", _E, for_training=True),
    Code("MS605", "loss-weight-imbalance", _W),
    Code("MS606", "metric-mismatch", _E),
    Code("MS607", "target-mismatch", _E),
    Code("MS608", "class-weight-mismatch", _E),
    Code("MS609", "decode-mismatch", _E),
    Code("MS610", "decision-mismatch", _E),
    Code("MS701", "dropout-at-output", _W),
    Code("MS702", "norm-before-output", _W),
    Code("MS703", "bias-before-norm", _I),
    Code("MS704", "linear-stack", _W),
    Code("MS705", "rate-suspect", _W),
    Code("MS706", "all-frozen", _E, for_training=True),
    Code("MS707", "monitor-unknown", _E),
    Code("MS708", "weights-misfit", _W),
    Code("MS711", "open-limit", _E),
    Code("MS712", "clashing-values", _E),
    Code("MS713", "skipped-values", _W),
    Code("MS714", "empty-space", _E),
    Code("MS715", "unsuitable-search", _E),
    Code("MS716", "search-advice", _W),
    Code("MS801", "data-file", _E),
    Code("MS802", "data-column", _E),
    Code("MS803", "data-value", _E),
    Code("MS804", "data-rows", _E),
    Code("MS805", "data-shape", _E),
    Code("MS806", "weights-mismatch", _E),
    Code("MS807", "run-directory", _E),
    Code("MS808", "class-imbalance", _W),
    Code("MS809", "repeated-rows", _W),
    Code("MS810", "cut-rows", _W),
    Code("MS811", "near-classes", _W),
    Code("MS812", "guessed-reading", _W),
    Code("MS813", "unclean-cells", _E),
    Code("MS901", "keras-file", _E),
    Code("MS902", "keras-layer", _E),
)

CODES: dict[str, Code] = {row.code: row for row in _ROWS}
