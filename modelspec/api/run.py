"""A run as an object: what it measured, what it says of rows, its module."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from modelspec.api.given_data import PARTS
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.runner.run import directory

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    import polars as pl

    from modelspec.api.notebook import History
    from modelspec.data import Arrays, CellCounts, Rows
    from modelspec.runner.inference.evaluate import Evaluation
    from modelspec.runner.inference.predictor import Predictor
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


class CellWarning(UserWarning):
    """Something else stands for some cells of the rows: missing, unknown, clipped or cut ones."""


class Run:
    """A run directory: of a training, or of an ensemble.

    Its model is built, and its weights are read, when they are first asked for, and once.

    Args:
        folder: The run directory.
        weights: `best`, `last` or a file; by default the best, else the last.
        plugins: Installed packages whose layers it has.
        device: Where to compute.

    Attributes:
        folder: The run directory.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str],
        *,
        weights: str = "",
        plugins: Sequence[str] = (),
        device: str = "auto",
    ) -> None:
        self.folder = Path(folder)
        self._weights, self._plugins, self._device = weights, tuple(plugins), device

    def __repr__(self) -> str:
        return f"<Run {str(self.folder)!r}>"

    def _repr_html_(self) -> str:
        from modelspec.api.notebook import run_html

        return run_html(self.folder.resolve().parent.name, str(self.folder), self.history)

    @property
    def history(self) -> History:
        """What each epoch measured: a dict each, with `epoch`, `loss`, `val_loss`, ...

        Raises:
            SpecError: The run directory is gone, or its history is damaged (MS807).
        """
        from modelspec.api.notebook import History
        from modelspec.runner.run.compare import history_of

        if not self.folder.is_dir():
            message = "there is no such run directory"
            raise SpecError([Diagnostic("MS807", message, Span(str(self.folder)))])
        return History(history_of(self.folder))

    @property
    def module(self) -> SpecModule:
        """The module with the run's weights, in evaluation mode; imports torch.

        It takes and gives tensors as `LoadedSpec.build` says. Do not train it: `predict` and
        `evaluate` use the same one.
        """
        return self.predictor.plain

    @cached_property
    def predictor(self) -> Predictor:
        """The model in memory, which encodes rows and predicts arrays; imports torch.

        Raises:
            DeviceError: There is no such device.
            SpecError: The run directory is not whole, or the weights are damaged.
        """
        from modelspec.runner.inference.predictor import Predictor

        return Predictor(self._trained, device=self._device)

    @cached_property
    def _trained(self) -> TrainedModel:
        from modelspec.runner.inference.trained_model import TrainedModel

        return TrainedModel.from_run(self.folder, self._weights, self._plugins)

    def predict(
        self,
        rows: Rows | str | os.PathLike[str],
        *,
        nodes: Sequence[str] = (),
        threshold: float | None = None,
    ) -> pl.DataFrame:
        """Predict raw rows: the table that `modelspec predict` writes.

        Args:
            rows: A data file, a polars or pandas data frame, a list of dicts, a dict of columns or
                arrays, or a dict of one row's values: the columns that the run was trained on;
                targets may be missing.
            nodes: Paths of inner nodes, `dense1` or `stage_1/conv1`, whose values are wanted too.
            threshold: From which probability on outputs of yes or no say yes.

        Raises:
            SpecError: A column is missing, a row cannot be encoded, or a node does not exist.
            TypeError: The rows are nothing that can be read.
            ValueError: The columns differ in rows; the threshold is not from 0 to 1, or there is
                nothing that it decides.

        Warns:
            CellWarning: Something else stands for some cells.
        """
        from modelspec.data import CellCounts, predictions_frame

        predictor = self._with_nodes(nodes) if nodes else self.predictor
        counts = CellCounts()
        arrays = predictor.encode(rows, counts=counts)
        warn_of_cells(counts)
        return predictions_frame(predictor.predict(arrays, threshold))

    def _with_nodes(self, nodes: Sequence[str]) -> Predictor:
        """A model that gives the values of inner nodes; kept, like the other one."""
        from modelspec.runner.inference.predictor import Predictor

        known: dict[tuple[str, ...], Predictor] = self.__dict__.setdefault("_by_nodes", {})
        key = tuple(nodes)
        if key not in known:
            known[key] = Predictor(self._trained, nodes=nodes, device=self._device)
        return known[key]

    def evaluate(
        self,
        data: Rows | str | os.PathLike[str] | None = None,
        *,
        split: Literal["train", "validation", "test"] | None = None,
    ) -> Evaluation:
        """Measure the loss and the metrics of each output: what `modelspec eval` does.

        Args:
            data: Rows with targets, as `predict` takes them; by default the spec's own.
            split: Which of the spec's own rows; by default the test rows, or the validation rows
                where there are none.

        Raises:
            SpecError: The data has errors, or has no such rows.
            TypeError: The rows are nothing that can be read.
            ValueError: There are both rows and a `split`, or no split of that name; or the columns
                differ in rows.

        Warns:
            CellWarning: Something else stands for some cells.
        """
        from modelspec.data import CellCounts

        if split not in (None, *PARTS):
            raise ValueError(f"`split` is `train`, `validation` or `test`, not {split!r}")
        if data is None:
            return self.predictor.evaluate(self._own_rows(split))
        if split is not None:
            raise ValueError("`split` is of the spec's own rows, and others are given")
        counts = CellCounts()
        arrays = self.predictor.encode(data, targets=True, counts=counts)
        warn_of_cells(counts)
        return self.predictor.evaluate(arrays)

    def report(self) -> Path:
        """The run's `report.html`, which is written where it is not there yet.

        Raises:
            SpecError: The run directory is not whole, or its data cannot be read.
            OSError: It cannot be written.
        """
        from modelspec.runner.inference.trained_model import load_splits
        from modelspec.runner.reporting.report import REPORT, write_report

        path = self.folder / REPORT
        if path.is_file():
            return path
        report = Report()
        splits = load_splits(self._trained, report)
        report.raise_if_failed()
        assert splits
        return write_report(self._trained, splits, device=self._device)

    def _own_rows(self, split: str | None) -> Arrays:
        from modelspec.runner.inference.trained_model import load_splits

        report, trained = Report(), self._trained
        splits = load_splits(trained, report)
        report.raise_if_failed()
        assert splits
        parts = {"test": splits.test, "validation": splits.validation, "train": splits.train}
        for name in [split] if split else ["test", "validation"]:
            arrays = parts[name]
            if arrays is not None:
                return arrays
        message = f"the spec's data has no {split or 'test or validation'} rows"
        help = "give rows, or take `split='train'`"
        report.add(Diagnostic("MS804", message, Span(trained.spec.document.file), help))
        report.raise_if_failed()
        raise AssertionError("the finding is an error")


def load_run(
    run: str | os.PathLike[str],
    *,
    weights: str = "",
    runs_dir: str = "runs",
    plugins: Sequence[str] = (),
    device: str = "auto",
) -> Run:
    """A run that is there.

    Args:
        run: A run directory, that of an ensemble, or a name, whose latest run is meant.
        weights: `best`, `last` or a file; by default the best, else the last.
        runs_dir: The folder of all runs.
        plugins: Installed packages whose layers it has.
        device: Where to compute.

    Raises:
        SpecError: There is none, or it is several.
    """
    folder = directory.find(str(run), Path(runs_dir))
    return Run(folder, weights=weights, plugins=plugins, device=device)


def warn_of_cells(counts: CellCounts, stacklevel: int = 3) -> None:
    """Warn of the cells that something else stands for."""
    for line in replace(counts, notes=[]).lines():
        warnings.warn(line, CellWarning, stacklevel=stacklevel)
