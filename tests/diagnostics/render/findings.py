"""Findings to render."""

from modelspec.diagnostics import Diagnostic, Fix, Related, Span
from modelspec.diagnostics.sources import Sources

FILE = "specs/qa.yaml"
TEXT = """\
layers:
  left:  {type: Dense, units: 32}
  right: {type: Dense, units: 16}
  merge: Add
"""

MISMATCH = Diagnostic(
    "MS501",
    "`merge` (Add) cannot add `[32]` and `[16]`",
    Span(FILE, 4, 3, 4, 8),
    "use `Concatenate`, or give both the same `units`",
    path="layers.merge",
    caption="receives `left` [32] and `right` [16]",
    related=(Related(Span(FILE, 2, 31, 2, 33), "this is where 32 comes from"),),
    fix=Fix(Span(FILE, 4, 10, 4, 13), "Concatenate", "use Concatenate"),
)
WARNING = Diagnostic("MS704", "two layers,\nno activation: 100%", Span(FILE, 3, 3, 3, 8))


def sources() -> Sources:
    return Sources({FILE: TEXT})
