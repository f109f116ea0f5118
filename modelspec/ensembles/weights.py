"""What the members of an ensemble count, chosen and measured on rows that none was trained on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.data import encode_file
from modelspec.diagnostics import Report, SpecError
from modelspec.ensembles.member_answers import MemberAnswers
from modelspec.ensembles.refused import refused
from modelspec.ensembles.weighting.allowed_rows import AllowedRows, allowed_rows
from modelspec.ensembles.weighting.choose import Asked, choose
from modelspec.ensembles.weighting.halves import halves
from modelspec.ensembles.weighting.objectives import LossOfMean, absolute_error
from modelspec.ensembles.weighting.result import Rows, Weighting, uniform
from modelspec.torch.losses import OutputLoss
from modelspec.training.losses import called
from modelspec.training.losses.regression import MeanAbsoluteError, MeanSquaredError

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.data import Arrays
    from modelspec.data.table.table import RowIndices
    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.outputs import JoinedOutput
    from modelspec.ensembles.weighting.answers import Answers, Numbers
    from modelspec.ensembles.weighting.objectives import Objective
    from modelspec.ensembles.weighting.result import How

HALF = "half of validation"
UNIFORM = (
    "`--weights uniform` needs no rows; or train members that hold out the same rows, as those of "
    "`train --seeds` do"
)


def choose_weights(
    combined: Combined,
    how: How = "uniform",
    *,
    calibrate: bool = False,
    seed: int = 0,
    device: str = "auto",
) -> dict[str, Weighting]:
    """What each member counts, by output, and what that is worth.

    Weights and temperatures are fitted on the rows that are for validation in all members, and
    measured on those that are for testing in all of them. Where there are none of the latter, the
    validation rows are dealt out in two halves, one to fit on and one to measure on.

    Args:
        combined: The members as one model.
        how: How the weights are chosen.
        calibrate: Whether a temperature is fitted to the mean of probabilities.
        seed: Rules the halves.
        device: Where to compute.

    Raises:
        SpecError: No row is left to fit on that no member was trained on; the data has changed;
            there is nothing to calibrate (MS807).
        DeviceError: There is no such device.
        MissingPackageError: There is no SciPy, and it is needed.
    """
    fits = how != "uniform" or calibrate
    first = combined.members[0]
    if calibrate and all(each.kind == "numbers" for each in combined.outputs.values()):
        message = "a temperature is one of probabilities, and the outputs are numbers"
        raise refused(first, message, "leave `--calibrate` out")
    members = [member.trained for member in combined.members]
    names = [member.name for member in combined.members]
    try:
        rows = allowed_rows(members, names)
    except SpecError as error:
        if fits:
            raise
        return _unmeasured(combined, f"it is not measured: {error.diagnostics[0].message}")
    if fits and not rows.validation:
        message = (
            f"no row is left to fit on that no member was trained on: {rows.why_no_validation}"
        )
        raise refused(first, message, UNIFORM)
    if not rows.validation and not rows.test:
        return _unmeasured(combined, "it is not measured: no row is left that no member has seen")
    return _Choosing(combined, rows, device).choose(how, calibrate=calibrate, seed=seed)


def _unmeasured(combined: Combined, note: str) -> dict[str, Weighting]:
    found = uniform(len(combined.members))
    return {name: replace(found, notes=(note,)) for name in combined.outputs}


class _Choosing:
    """The choice of the weights of all outputs, on the same rows."""

    def __init__(self, combined: Combined, rows: AllowedRows, device: str) -> None:
        self._combined = combined
        self._validation = self._encoded(rows.validation)
        self._test = self._encoded(rows.test)
        self._answers = MemberAnswers(combined, device)
        self._notes: list[str] = []

    def choose(self, how: How, *, calibrate: bool, seed: int) -> dict[str, Weighting]:
        """Choose them."""
        fits = how != "uniform" or calibrate
        fitted, measured, part = self._parts(fits, seed)
        on_fitted = self._answers(fitted) if fitted is not None else {}
        on_measured = self._answers(measured)
        fitted_part = HALF if part == HALF else "validation"
        found = {}
        for name, output in self._combined.outputs.items():
            asked = Asked(
                names=[member.name for member in self._combined.members],
                fitted=on_fitted.get(name),
                measured=on_measured[name],
                fitted_rows=None if fitted is None else Rows(fitted_part, fitted.rows),
                measured_rows=Rows(part, measured.rows),
                objective=_objective(output),
                scale=output.units.scale if output.units else (1.0,),
            )
            tempered = calibrate and output.kind != "numbers"
            weighting = choose(asked, how, calibrate=tempered)
            notes = [*self._notes, *weighting.notes]
            if output.curved and weighting.table:
                notes.append("rmse and mae are of normalised numbers, not in the data's units")
            if calibrate and not tempered:
                notes.append("it has no temperature, as it is no probability")
            found[name] = replace(weighting, notes=tuple(notes))
        return found

    def _parts(self, fits: bool, seed: int) -> tuple[Arrays | None, Arrays, str]:
        """The rows to fit on, those to measure on, and how the latter are called."""
        validation, test = self._validation, self._test
        if not fits:
            if test is not None:
                return None, test, "test"
            assert validation
            self._notes.append(
                "there are no test rows that all members have: it is measured on validation rows, "
                "on which each member's epoch was chosen"
            )
            return None, validation, "validation"
        assert validation
        if test is not None:
            return validation, test, "test"
        if validation.rows < 2:
            message = "of one validation row there are no halves to fit on and to measure on"
            raise refused(self._combined.members[0], message, UNIFORM)
        first, second = halves(validation.rows, seed, self._classes(validation))
        self._notes.append(
            "there are no test rows that all members have: weights are fitted on one half of the "
            "validation rows and measured on the other"
        )
        return validation.take(first), validation.take(second), HALF

    def _classes(self, arrays: Arrays) -> RowIndices | None:
        """The classes of the first output that has one a row."""
        for name, output in self._combined.outputs.items():
            target = arrays.targets[name]
            if output.kind == "numbers" or not isinstance(target, np.ndarray):
                continue
            if len(target) == target.size:
                return target.reshape(-1).astype(np.int64)
        return None

    def _encoded(self, rows: dict[str, RowIndices]) -> Arrays | None:
        """Rows of a file, as the ensemble reads them."""
        for file, wanted in rows.items():
            report = Report()
            arrays = encode_file(
                self._combined.preprocessing,
                self._combined.spec.data,
                self._combined.graph,
                file,
                report,
                targets=True,
            )
            report.raise_if_failed()
            assert arrays
            own = np.arange(arrays.rows) if arrays.kept is None else arrays.kept
            return arrays.take(np.flatnonzero(np.isin(own, wanted)))
        return None


def _objective(output: JoinedOutput) -> Callable[[Answers], Objective] | None:
    """What is minimised for an output, where that is not what its kind is usually measured by."""
    if output.kind != "numbers" or isinstance(output.loss, MeanSquaredError):
        return None
    if isinstance(output.loss, MeanAbsoluteError):
        return absolute_error
    loss = OutputLoss(output.loss)

    def objective(answers: Answers) -> Objective:
        truth = torch.from_numpy(answers.truth)
        counts = None if answers.counts is None else torch.from_numpy(answers.counts)

        def value(mean: Numbers) -> float:
            return float(loss(torch.from_numpy(mean), truth, counts))

        return LossOfMean(called(output.loss), answers, value)

    return objective
