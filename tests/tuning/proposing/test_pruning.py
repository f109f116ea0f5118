"""When a trial is ended early."""

from __future__ import annotations

import pytest

from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proposing.proposal import Known
from modelspec.tuning.proposing.pruning import EPOCHS, Pruning
from modelspec.tuning.record import Trial

LOSS = Objectives(("val_loss",), (False,))
FRONT = Objectives(("val_loss", "parameters"), (False, False))


def ended(number: int, epochs: int) -> Known:
    rows = [{"val_loss": 0.1}] * epochs
    found = Trial(number=number, values={}, seed=0, parameters=1, flops=1)
    found.status, found.objectives = "complete", {"val_loss": 0.1, "parameters": 1.0}
    return Known(found, rows, ended=True)


@pytest.mark.parametrize("objectives", [LOSS, FRONT])
@pytest.mark.parametrize("epochs", [None, 3])
def test_nothing_is_pruned_once_its_epochs_are_done(
    objectives: Objectives, epochs: int | None
) -> None:
    """It would save nothing, and what it came to would not count."""
    values = {} if epochs is None else {EPOCHS: epochs}
    trial = Trial(number=7, values=values, seed=0, parameters=2, flops=1)
    known = [ended(number, 4) for number in range(1, 7)]
    judge = Pruning("median", objectives, 4).judge(trial, known)
    goes = [judge.verdict(epoch, {"val_loss": 9.0}).go for epoch in range(1, 5)]
    assert goes[-2:] == ([False, True] if epochs is None else [True, True])
    assert False in goes
