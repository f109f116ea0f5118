"""MS711 open-limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph import totals
from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.lint.subject import Subject
    from modelspec.shapes import Dim
    from modelspec.source import Place


class OpenLimit(Rule):
    """A search limits the FLOPs of a sample, which hang on sizes that are open.

    `tune.limits.flops` is held before a candidate is trained. Where an input leaves a size to the
    batch (`[T, 16]`, or null), the cost of a sample is an expression, and no number can be held
    against it. Write the size, or limit `parameters`, which hang on no open size.
    """

    code = "MS711"
    passes = (
        """\
inputs: {x: [8]}
layers: {h: {type: Dense, units: 4, activation: relu}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {layers.h.units: [4, 8]}, limits: {flops: 2000}}
""",
    )
    fails = (
        """\
inputs: {x: [T, 8]}
layers: {h: {type: GRU, units: 4}, y: {type: Dense, units: 1}}
outputs: {y: mse}
tune: {search: {layers.h.units: [4, 8]}, limits: {flops: 2000}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Count the FLOPs, where they are limited."""
        tune = subject.spec.tune
        if tune is None or tune.section.limits.flops is None or subject.broken:
            return
        flops = totals(subject.graph).flops
        if not isinstance(flops, int):
            report.add(open_limit(tune.place, flops))


def open_limit(tune: Place, flops: Dim) -> Diagnostic:
    """The finding that a limit cannot be held. `tune` is the section."""
    message = f"the FLOPs of a sample hang on sizes that are open: they are {flops}"
    help = "write the sizes of the inputs as integers, or limit `parameters` instead"
    return tune.at("limits", "flops").finding(OpenLimit.code, message, help=help)
