"""How long fixed inputs must be, where some layer is left with nothing (MS502)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from modelspec.graph.structure import ancestors, structure
from modelspec.layers.values import INTEGERS
from modelspec.shapes import symbol

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.graph.errors import TooShort
    from modelspec.language.model import Input, Model
    from modelspec.shapes import Shape

LeastSizes = Callable[["Model", "dict[str, Shape]"], "dict[str, int]"]
"""The least size of each symbol in the shapes of a model's inputs."""


def report_too_short(
    model: Model, pending: list[TooShort], least_sizes: LeastSizes, report: Report
) -> None:
    """Report MS502s, with how long the inputs must be.

    The graph is inferred once more with a symbol in the place of every length: of all axes of
    integer inputs, of all but the last of others, which holds features.
    """
    if not pending:
        return
    shapes = {name: _open(declared) for name, declared in model.inputs.items() if declared.shape}
    least = least_sizes(model, shapes)
    incoming = structure(model).incoming
    for finding, node in pending:
        above = ancestors([node], incoming)
        needs = [_need(model.inputs[name], least) for name in model.inputs if name in above]
        lengths = " and ".join(need for need in needs if need)
        help = f"{lengths}; or {finding.help}" if lengths and finding.help else finding.help
        report.add(finding._replace(help=help or lengths))


def _open(declared: Input) -> Shape:
    assert declared.shape is not None
    fixed = () if declared.dtype in INTEGERS else declared.shape[-1:]
    lengths = declared.shape[: len(declared.shape) - len(fixed)]
    return (
        *(
            symbol(_axis(declared, axis)) if isinstance(size, int) else size
            for axis, size in enumerate(lengths)
        ),
        *fixed,
    )


def _axis(declared: Input, axis: int) -> str:
    return f"{declared.name}.{axis}"


def _need(declared: Input, least: dict[str, int]) -> str:
    """`` `posts` must be at least 229 long ``; empty if it is long enough."""
    shape = declared.shape or ()
    sizes = [
        max(size, least.get(_axis(declared, axis), 1)) if isinstance(size, int) else size
        for axis, size in enumerate(shape)
    ]
    if sizes == list(shape):
        return ""
    lengths = [size for axis, size in enumerate(sizes) if _axis(declared, axis) in least]
    if len(lengths) == 1:
        return f"`{declared.name}` must be at least {lengths[0]} long"
    return f"`{declared.name}` must be at least {' by '.join(map(str, lengths))}"
