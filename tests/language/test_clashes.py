"""Callbacks that cannot be in one run."""

import pytest

from modelspec import source
from modelspec.diagnostics import Report
from modelspec.language.train import read_train
from modelspec.runner.run import directory as run_directory
from modelspec.source import Place
from modelspec.training.callback import RUN_FILES


def _findings(text: str) -> list[tuple[str, int, str]]:
    report = Report()
    document = source.parse(f"train: {text}", "spec.yaml", report)
    assert document
    settings = read_train(document.data["train"], Place(document, ("train",)), report)
    assert (settings is None) == bool(len(report))
    return [(each.code, each.span.column, each.message) for each in report]


@pytest.mark.parametrize(
    ("callbacks", "column", "message"),
    [
        ("[csv_logger, csv_logger]", 33, "`history.csv` in the run directory is already written"),
        ("[{type: csv_logger, filename: run.json}]", 40, "by the run itself"),
        ("[{type: csv_logger, filename: validations-history.csv}, csv_logger]", 76, "callbacks.0"),
        ("[gradient_norms, {type: csv_logger, filename: gradient_norms.csv}]", 56, "callbacks.0"),
        ("[{type: csv_logger, filename: gradient_norms.csv}, gradient_norms]", 71, "callbacks.0"),
        ("[checkpoint, {type: checkpoint, monitor: loss}]", 33, "`best.safetensors`"),
        ("[{type: checkpoint, name: last}]", 40, "`last.safetensors`"),
        ("[ema, ema]", 26, "only one"),
        ("[tensorboard, {type: tensorboard, update_freq: 2}]", 34, "only one"),
    ],
)
def test_two_that_would_write_the_same_are_a_finding(
    callbacks: str, column: int, message: str
) -> None:
    ((code, where, said),) = _findings(f"{{callbacks: {callbacks}}}")
    assert (code, where) == ("MS206", column)
    assert message in said


@pytest.mark.parametrize(
    "callbacks",
    [
        "[csv_logger, {type: csv_logger, filename: other.tsv, separator: ;}]",
        "[checkpoint, {type: checkpoint, name: accurate, monitor: val_accuracy}]",
        "[early_stopping, {type: early_stopping, monitor: loss}, ema, tensorboard, gradient_norms]",
    ],
)
def test_those_with_names_of_their_own_are_not(callbacks: str) -> None:
    assert not _findings(f"{{callbacks: {callbacks}}}")


@pytest.mark.parametrize(
    "rate",
    [
        "warmup_steps: 3",
        "learning_rate: {type: cosine_decay, initial_learning_rate: 1.0, decay_steps: 2}",
    ],
)
def test_a_schedule_and_a_callback_that_sets_the_rate_are_a_finding(rate: str) -> None:
    ((code, _, message),) = _findings(f"{{{rate}, callbacks: [reduce_lr_on_plateau]}}")
    assert code == "MS206"
    assert "follows a schedule" in message
    assert not _findings("{learning_rate: 0.1, callbacks: [reduce_lr_on_plateau]}")


@pytest.mark.parametrize("separator", ["\\n", "\\r", "7", "x", ".", "-", "'", ";;", ""])
def test_a_separator_stands_in_no_value(separator: str) -> None:
    ((code, _, message),) = _findings(
        f'{{callbacks: [{{type: csv_logger, separator: "{separator}"}}]}}'
    )
    assert code == "MS204"
    assert "a separator is one character" in message


def test_the_files_of_a_run_are_known() -> None:
    of_run = run_directory
    assert set(RUN_FILES) == {
        of_run.SPEC, of_run.RECORD, of_run.ENVIRONMENT, of_run.PREPROCESSING, of_run.DIAGRAM,
        of_run.SOURCES, of_run.CHECKPOINTS, f"{of_run.LAST}.safetensors", "report.html",
    }  # fmt: skip
