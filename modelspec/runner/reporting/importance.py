"""Permutation importance, as it was kept in a run, for the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.report.contents import ColumnImportance, Importance
from modelspec.report.numbers import counted
from modelspec.runner.run.importance_file import IMPORTANCE, read_importance

if TYPE_CHECKING:
    from pathlib import Path


def kept_importance(folder: Path, epochs: int) -> Importance | None:
    """What `eval --importance` kept in a run directory; None where it was not asked for.

    Args:
        folder: The run directory.
        epochs: How many epochs the run has done by now.

    Raises:
        SpecError: The file is not what was written (MS807).
    """
    content = read_importance(folder)
    if content is None:
        return None
    try:
        return _importance(content, epochs)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"it is not what was written: {error!r}"
        help = "write it anew with `modelspec eval RUN --importance`"
        span = Span(str(folder / IMPORTANCE))
        raise SpecError([Diagnostic("MS807", message, span, help)]) from error


def _importance(content: dict[str, Any], epochs: int) -> Importance:
    measure, rows, of = str(content["measure"]), int(content["rows"]), int(content["of"])
    some = f"the {rows:,}" if rows == of else f"{rows:,} of the {of:,}"
    asked = f"on {some} {content['data']}, by the {content['weights']} weights"
    if content["epochs"] != epochs:
        asked += f" as they were after {counted(int(content['epochs']), 'epoch')}"
    columns = [
        ColumnImportance(
            str(each["column"]),
            float(each["changes"][measure]["mean"]),
            float(each["changes"][measure]["deviation"]),
            int(each["repeats"]),
        )
        for each in content["columns"]
    ]
    left_out = [str(each) for each in content["left_out"]]
    return Importance(measure, float(content["baseline"][measure]), asked, columns, left_out)
