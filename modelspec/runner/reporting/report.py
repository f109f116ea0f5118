"""`report.html` of a run, from its directory and the predictions of its best weights."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from modelspec.graph.totals import totals
from modelspec.language import render
from modelspec.report import Contents, Output, page
from modelspec.report.ensemble import members_told
from modelspec.report.numbers import counted
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.runner.input.cell_lines import cell_lines
from modelspec.runner.reporting.data_summary import summarize_data
from modelspec.runner.reporting.ensemble import kept_ensemble
from modelspec.runner.reporting.importance import kept_importance
from modelspec.runner.reporting.predictions import Predictions, collect_predictions
from modelspec.runner.reporting.raw_cells import with_cells
from modelspec.runner.run import atomic_write
from modelspec.runner.run.compare import best_row, history_of
from modelspec.runner.run.data_fingerprint import fingerprint, recorded
from modelspec.runner.run.directory import (
    BEST,
    DIAGRAM,
    ENVIRONMENT,
    LAST,
    RECORD,
    read_json,
    weights_file,
)
from modelspec.runner.run.metric_units import in_data_units
from modelspec.runner.run.value_notes import value_notes
from modelspec.runner.setup.prepare import base_folder
from modelspec.training import losses
from modelspec.training.callbacks.checkpoint import Checkpoint
from modelspec.training.monitor import higher_is_better

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data import Arrays, Splits
    from modelspec.runner.run.result import RunResult
    from modelspec.runner.setup.prepare import Prepared

REPORT = "report.html"
OTHER_DATA = "the data is no longer what this run was trained on"


def report_training(prepared: Prepared, run: RunResult, device: str = "auto") -> Path | None:
    """Write the report of a training that has ended, on rank 0.

    Returns:
        Its path; None where there is no run directory, or where this is another process.

    Raises:
        OSError: It cannot be written.
        SpecError: The weights that were written are damaged.
    """
    if run.folder is None or _is_another_process():
        return None
    weights = weights_file(run.folder, BEST)
    trained = TrainedModel(
        prepared.spec,
        prepared.graph,
        prepared.splits.preprocessing,
        weights if weights.is_file() else weights_file(run.folder, LAST),
        base_folder(prepared.spec),
        run.folder,
    )
    return write_report(trained, prepared.splits, ending=_ending(run), device=device)


def is_other_data(trained: TrainedModel, splits: Splits) -> bool:
    """Whether the data of a run is no longer what it was trained on.

    Raises:
        SpecError: The run directory is not whole.
    """
    assert trained.run
    return recorded(read_json(trained.run, RECORD)) != fingerprint(splits)


def write_report(
    trained: TrainedModel, splits: Splits, *, ending: str = "", note: str = "", device: str = "auto"
) -> Path:
    """Write the report of a run.

    Args:
        trained: The model of the run, with the weights that predict.
        splits: Its data.
        ending: How it ended, if that is known.
        note: Is shown at the top of the page.
        device: Where to compute.

    Returns:
        Its path.

    Raises:
        DeviceError: There is no such device.
        OSError: It cannot be written.
        SpecError: The run directory is not whole, or the weights are damaged.
    """
    assert trained.run
    contents = _contents(trained, splits, ending, device)
    text = page(replace(contents, note=note))
    path = trained.run / REPORT
    atomic_write.write_file(
        path, lambda part: part.write_text(text, encoding="utf-8"), durable=False
    )
    return path


def _contents(trained: TrainedModel, splits: Splits, ending: str, device: str) -> Contents:
    folder, graph = trained.run, trained.graph
    assert folder
    record, history = read_json(folder, RECORD), history_of(folder)
    wanted = trained.spec.train.epochs if trained.spec.train else 1
    part, arrays = _report_rows(splits)
    predictions = (
        collect_predictions(trained, arrays, device)
        if trained.weights.is_file()
        else Predictions(0, {}, {})
    )
    importance = kept_importance(folder, len(history))
    joined = kept_ensemble(folder)
    columns = [each.name for each in importance.columns] if importance else []
    worst = with_cells(trained, part, arrays.kept, predictions.worst, columns)
    weighed = totals(graph)
    diagram = folder / DIAGRAM
    notes = value_notes(
        graph, trained.preprocessing, arrays.targets, as_begun=not in_data_units(record)
    )
    return Contents(
        name=str(record.get("name") or graph.name),
        folder=f"{folder.parent.name}/{folder.name}",
        started=_started(folder),
        ending=ending or (members_told(joined) if joined else _progress(len(history), wanted)),
        history=history,
        best=_best(trained, history),
        outputs=[
            Output(
                name,
                losses.called(each.loss) if each.loss else "",
                predictions.results.get(name),
                worst.get(name),
                notes.get(name, ""),
            )
            for name, each in graph.outputs.items()
            if each.loss or joined is None  # the members' spread has nothing to be held against
        ],
        parameters=(weighed.trainable, weighed.non_trainable),
        rows={name: each.rows for name, each in _parts(splits).items()},
        spec=render(trained.spec),
        environment=read_json(folder, ENVIRONMENT),
        description=graph.description,
        asked=_rows_note(trained, predictions.rows, arrays.rows, part),
        features=summarize_data(trained, splits),
        cells=cell_lines(splits),
        diagram=diagram.read_text("utf-8") if diagram.is_file() else None,
        overrides=[str(each) for each in record.get("overrides", [])],
        importance=importance,
        ensemble=joined,
    )


def _parts(splits: Splits) -> dict[str, Arrays]:
    found = {"train": splits.train, "validation": splits.validation, "test": splits.test}
    return {name: arrays for name, arrays in found.items() if arrays is not None}


def _report_rows(splits: Splits) -> tuple[str, Arrays]:
    """The part of the data that the outputs are asked about, and its rows.

    Those that nothing was chosen by, where there are any: the test rows.
    """
    for part, arrays in (("test", splits.test), ("validation", splits.validation)):
        if arrays is not None and arrays.rows:
            return part, arrays
    return "train", splits.train


def _rows_note(trained: TrainedModel, rows: int, of: int, part: str) -> str:
    part = "training" if part == "train" else part
    which = counted(of, f"{part} row")
    which = f"the {which}" if rows == of else f"{rows:,} of the {which}"
    return f"Predictions of the {trained.weights.stem} weights on {which}"


def _best(
    trained: TrainedModel, history: list[dict[str, float]]
) -> tuple[dict[str, float], str] | None:
    """The row of the epoch that `best.safetensors` is of, and the value that says so."""
    settings = trained.spec.train.callbacks if trained.spec.train else []
    for each in (setting.callback for setting in settings):
        if isinstance(each, Checkpoint) and each.name == BEST and each.monitor:
            return _extreme(
                history, each.monitor, growing=higher_is_better(each.monitor, each.mode)
            )
    row = best_row(history)
    return (row, "val_loss" if "val_loss" in row else "loss") if row else None


def _extreme(
    history: list[dict[str, float]], monitor: str, *, growing: bool
) -> tuple[dict[str, float], str] | None:
    rows = [row for row in history if monitor in row]
    if not rows:
        return None
    return min(rows, key=lambda row: -row[monitor] if growing else row[monitor]), monitor


def _started(folder: Path) -> str:
    """When a run began, by its directory's name, `2026-11-21T04-13-35`; else by its first file."""
    day, _, time = folder.name.partition("T")
    try:
        found = datetime.strptime(f"{day} {time[:8]}", "%Y-%m-%d %H-%M-%S")
    except ValueError:
        found = datetime.fromtimestamp((folder / RECORD).stat().st_mtime)
    return f"{found:%Y-%m-%d %H:%M}"


def _progress(epochs: int, wanted: int) -> str:
    return counted(epochs, "epoch") if epochs >= wanted else f"{epochs} of {wanted} epochs"


def _ending(run: RunResult) -> str:
    done = counted(len(run.history), "epoch")
    if run.interrupted is not None:
        return f"interrupted after {done}"
    if run.out_of_time:
        return f"out of time after {done}"
    if run.stopped:
        return f"stopped early after {done}: {run.stopped}"
    return done


def _is_another_process() -> bool:
    """Whether torchrun has started this process, and another one writes for all."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1 and os.environ.get("RANK", "0") != "0"
