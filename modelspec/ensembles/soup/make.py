"""A soup: which members are averaged, and what the model is worth beside each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.ensembles.members import weights_told
from modelspec.ensembles.soup.ancestor import check_ancestor, from_trained_weights
from modelspec.ensembles.soup.average import Averaging
from modelspec.ensembles.weighting.allowed_rows import allowed_rows
from modelspec.ensembles.weighting.halves import halves
from modelspec.ensembles.weighting.result import Compared, Rows, Weighting
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from modelspec.runner.inference.evaluate import Evaluator
from modelspec.runner.inference.trained_model import load_splits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.data.table.table import RowIndices
    from modelspec.ensembles.weighting.result import How
    from modelspec.runner.inference.trained_model import TrainedModel

SOUP = "soup"


@dataclass(frozen=True, slots=True)
class Soup:
    """One model of several.

    Attributes:
        tensors: Its weights.
        weighting: What each member counts, the same for all outputs, and what that is worth.
        trained: The first member, whose spec and preprocessing it has.
    """

    tensors: dict[str, Tensor]
    weighting: Weighting
    trained: TrainedModel


def make_soup(
    members: Sequence[TrainedModel],
    names: Sequence[str],
    how: How = "uniform",
    *,
    seed: int = 0,
    device: str = "auto",
) -> Soup:
    """Average the weights of runs of one spec that began as the same weights.

    `uniform` is the mean of all. `greedy` begins with the member that is best on validation rows,
    and goes through the others from the better to the worse: one stays in the mean if that gets no
    worse.

    Args:
        members: Each with its run directory.
        names: What they are called.
        how: `uniform` or `greedy`.
        seed: Rules which validation rows are kept to measure on, where there are no test rows.
        device: Where to compute.

    Raises:
        SpecError: They have no common ancestor; no row is left that none was trained on.
        DeviceError: There is no such device.
    """
    check_ancestor(members)
    rows = allowed_rows(members, names)
    report = Report()
    splits = load_splits(members[0], report)
    report.raise_if_failed()
    assert splits
    averaging = Averaging(members, splits.train, device)
    validation = _part(splits.validation, rows.validation)
    measured, part = _part(splits.test, rows.test), "test"
    notes = weights_told(names, members)
    if how == "greedy":
        if validation is None:
            message = f"a greedy soup is chosen on validation rows, and {rows.why_no_validation}"
            help = "`--weights uniform` averages all of them"
            raise SpecError([Diagnostic("MS807", message, Span(str(members[0].run)), help)])
        if measured is None:
            first, second = halves(validation.rows, seed)
            validation, measured, part = (
                validation.take(first),
                validation.take(second),
                "half of validation",
            )
    elif measured is None:
        measured, part = validation, "validation"
    with TemporaryDirectory() as folder:
        tasting = _Tasting(members, averaging, Path(folder), device)
        chosen = [*range(len(members))]
        if how == "greedy":
            assert validation
            chosen = _greedy(tasting, validation)
        table = tasting.table(names, chosen, how, measured)
    if averaging.measures_anew:
        notes.append("the statistics of its batch normalizations were measured on training rows")
    if not from_trained_weights(members[0]):
        notes.append(
            "the members began as the same random weights, not as trained ones: such a mean is "
            "often worse than its members"
        )
    weights = np.zeros(len(members))
    weights[chosen] = 1 / len(chosen)
    weighting = Weighting(
        weights=tuple(weights.tolist()),
        how=how,
        method=f"{how} {SOUP}",
        objective="loss" if how == "greedy" else "",
        fitted=Rows("validation" if part == "test" else part, validation.rows)
        if how == "greedy" and validation is not None
        else None,
        measured=Rows(part, measured.rows) if measured is not None else None,
        table=table,
        notes=tuple(notes),
    )
    return Soup(averaging(chosen), weighting, members[0])


def _part(arrays: Arrays | None, rows: dict[str, RowIndices]) -> Arrays | None:
    """The rows of a part that all members have in it."""
    if arrays is None or not rows:
        return None
    (wanted,) = rows.values()
    own = np.arange(arrays.rows) if arrays.kept is None else arrays.kept
    places = np.flatnonzero(np.isin(own, wanted))
    return arrays if len(places) == arrays.rows else arrays.take(places)


class _Tasting:
    """Measures means of members."""

    def __init__(
        self, members: Sequence[TrainedModel], averaging: Averaging, folder: Path, device: str
    ) -> None:
        self._member, self._count = members[0], len(members)
        self._averaging, self._folder, self._device = averaging, folder, device

    @property
    def count(self) -> int:
        """How many members there are."""
        return self._count

    def values(self, chosen: Sequence[int], arrays: Arrays) -> dict[str, float]:
        """What the mean of some members measures on some rows."""
        path = self._folder / "soup.safetensors"
        write_tensors(path, self._averaging(chosen))
        trained = replace(self._member, weights=path)
        evaluator = Evaluator(trained, frozenset(arrays.targets), self._device)
        return evaluator.evaluate(arrays).logs()

    def table(
        self, names: Sequence[str], chosen: Sequence[int], how: How, arrays: Arrays | None
    ) -> tuple[Compared, ...]:
        """Each member alone, the mean of all, and the mean of those that were chosen."""
        lines = [(name, [place]) for place, name in enumerate(names)]
        lines.append((f"uniform {SOUP}", [*range(self._count)]))
        if how != "uniform":
            lines.append((f"{how} {SOUP}", [*chosen]))
        return tuple(
            Compared(
                name,
                tuple((np.isin(np.arange(self._count), places) / len(places)).tolist()),
                self.values(places, arrays) if arrays is not None else {},
            )
            for name, places in lines
        )


def _greedy(tasting: _Tasting, arrays: Arrays) -> list[int]:
    """The members whose mean is best, by the loss on validation rows."""
    alone = [tasting.values([place], arrays)["loss"] for place in range(tasting.count)]
    order = sorted(range(tasting.count), key=lambda place: (alone[place], place))
    chosen, least = order[:1], alone[order[0]]
    for place in order[1:]:
        loss = tasting.values([*chosen, place], arrays)["loss"]
        if loss <= least:
            chosen, least = [*chosen, place], loss
    return sorted(chosen)
