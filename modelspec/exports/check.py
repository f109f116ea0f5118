"""Holding an exported file against the model that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from modelspec.diagnostics import name_list
from modelspec.exports.errors import ExportError, first_line
from modelspec.exports.exportable import TOLERANCE
from modelspec.exports.exported import Trial

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torch import Tensor

    from modelspec.exports.exportable import Exportable, Run


def check(model: Exportable, run: Run, format: str) -> tuple[Trial, ...]:
    """Run an exported file at three sizes: the least, a longer one, and a single row.

    Args:
        model: What the file was made of.
        run: Computes what the file says.
        format: What the file is called in messages: `.onnx`.

    Raises:
        ExportError: It fails, says something else, or something too far away.
    """
    found = []
    for at in model.sizes.checked():
        inputs = model.inputs(at)
        expected = model.outputs(inputs)
        try:
            said = run(inputs)
        except Exception as error:
            why = first_line(error)
            raise ExportError(
                f"the {format} file fails at {_text(at)}, which the model takes: {why}"
            ) from error
        trial = Trial(dict(at), max(_difference(name, said, expected, at) for name in expected))
        if not trial.difference <= TOLERANCE:
            raise ExportError(
                f"the {format} file says something else than the model: the worst difference is "
                f"{trial.difference:.1e} at {_text(at)}, and may be {TOLERANCE:.0e}"
            )
        found.append(trial)
    return tuple(found)


def _difference(
    name: str, said: Mapping[str, Tensor], expected: Mapping[str, Tensor], at: Mapping[str, int]
) -> float:
    if name not in said:
        raise ExportError(f"the file has no output `{name}`, but {name_list(list(said))}")
    ours, theirs = expected[name], said[name]
    if ours.shape != theirs.shape:
        raise ExportError(
            f"`{name}` is of shape {list(theirs.shape)} in the file and {list(ours.shape)} in the "
            f"model, at {_text(at)}"
        )
    if ours.dtype != theirs.dtype:
        raise ExportError(f"`{name}` is {theirs.dtype} in the file and {ours.dtype} in the model")
    if not ours.numel():
        return 0.0
    ours, theirs = ours.double(), theirs.double()
    both = (ours == theirs) | (ours.isnan() & theirs.isnan())
    away = (ours - theirs).abs() / ours.abs().clamp_min(1)
    found = torch.where(both, 0.0, away).max().item()
    return float("inf") if found != found else found


def _text(at: Mapping[str, int]) -> str:
    """`batch = 5, T = 13`."""
    return ", ".join(f"{name} = {size}" for name, size in at.items())
