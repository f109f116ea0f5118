"""The members of an ensemble, as its run directory keeps them, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.report.contents import (
    Calibration,
    EnsembleContents,
    EnsembleLine,
    EnsembleOutput,
)
from modelspec.report.numbers import counted
from modelspec.runner.run.directory import ENSEMBLE, read_json

if TYPE_CHECKING:
    from pathlib import Path


def kept_ensemble(folder: Path) -> EnsembleContents | None:
    """What `ensemble.json` of a run directory says; None of a run that was trained.

    Raises:
        SpecError: The file is not what was written (MS807).
    """
    if not (folder / ENSEMBLE).is_file():
        return None
    content = read_json(folder, ENSEMBLE)
    try:
        found = EnsembleContents(
            [(str(each["name"]), str(each["run"])) for each in content["members"]],
            [_output(str(name), each) for name, each in content["outputs"].items()],
            [str(note) for note in content["notes"]],
        )
        if any(len(each.weights) != len(found.members) for each in found.outputs):
            raise ValueError("it has another number of weights than of members")
        return found
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"it is not what an ensemble wrote: {error!r}"
        raise SpecError([Diagnostic("MS807", message, Span(str(folder / ENSEMBLE)))]) from error


def _output(name: str, content: dict[str, Any]) -> EnsembleOutput:
    calibrated = content["calibrated"]
    lines = [EnsembleLine(str(each["name"]), each["values"]) for each in content["table"]]
    return EnsembleOutput(
        name=name,
        weights=[float(each) for each in content["weights"]],
        told=_told(content),
        lines=lines,
        measured=_rows(content["measured"]),
        chosen="calibrated" if calibrated else str(content["how"]),
        temperature=float(calibrated["temperature"]) if calibrated else None,
        before=_calibration(calibrated["before"]) if calibrated else None,
        after=_calibration(calibrated["after"]) if calibrated else None,
        notes=[str(note) for note in content["notes"]],
    )


def _told(content: dict[str, Any]) -> str:
    """How the weights were chosen, for what, and on which rows."""
    how = content["how"]
    told = "All members count the same" if how == "uniform" else f"Chosen by `{how}`"
    if content["method"]:
        told += f" ({content['method']})"
    if content["objective"]:
        told += f", for the least {content['objective']}"
    if content["fitted"]:
        told += f"; fitted on {_rows(content['fitted'])}"
    return f"{told}."


def _rows(content: dict[str, Any] | None) -> str:
    if content is None:
        return ""
    return counted(int(content["count"]), f"{content['part']} row")


def _calibration(content: dict[str, Any]) -> Calibration:
    predicted, observed = (
        np.array([np.nan if each is None else each for each in content[key]], float)
        for key in ("predicted", "observed")
    )
    edges, counts = np.array(content["edges"], float), np.array(content["counts"], int)
    return Calibration(edges, counts, predicted, observed)
