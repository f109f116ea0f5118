"""What a run with `train.compile: auto` has decided, and after which step: in its `run.json`.

A compiled step rounds differently. A run that is resumed from before the decision thus goes by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run.directory import RECORD, add_to_record, read_json

if TYPE_CHECKING:
    from pathlib import Path

KEY = "compile"


class CompileDecision(NamedTuple):
    """From where on the steps of a run are compiled, or that they never are.

    Attributes:
        after_step: How many updates of the weights were done when it was decided.
        compiled: Whether those that follow are compiled.
    """

    after_step: int
    compiled: bool


def read_decision(folder: Path) -> CompileDecision | None:
    """What a run has decided; None where it has not yet.

    Raises:
        SpecError: `run.json` is unreadable, or holds something else there.
    """
    found = read_json(folder, RECORD).get(KEY)
    if found is None:
        return None
    if isinstance(found, dict) and found.keys() == set(CompileDecision._fields):
        decision = CompileDecision(**found)
        if type(decision.after_step) is int and type(decision.compiled) is bool:
            return decision
    message = f"its `{KEY}` is not what a run wrote"
    raise SpecError([Diagnostic("MS807", message, Span(str(folder / RECORD)))])


def write_decision(folder: Path, decision: CompileDecision) -> None:
    """Keep what a run decides, before its next step.

    Raises:
        SpecError: `run.json` is unreadable.
        OSError: It cannot be written.
    """
    add_to_record(folder, KEY, decision._asdict())
