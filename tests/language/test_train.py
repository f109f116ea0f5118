"""The `train` section."""

import pytest

from modelspec import source
from modelspec.diagnostics import Report
from modelspec.language.train import TrainSettings, read_train
from modelspec.source import Place
from modelspec.training.callbacks.early_stopping import EarlyStopping
from modelspec.training.optimizers.adam.adam import Adam
from modelspec.training.optimizers.descent import SGD
from modelspec.training.schedules.warmup import Warmup


def _read(text: str) -> tuple[TrainSettings | None, list[tuple[str, int, int, str, str]]]:
    """The settings, and code, line, column, message and help of each finding."""
    report = Report()
    document = source.parse(text, "spec.yaml", report)
    assert document
    settings = read_train(document.data["train"], Place(document, ("train",)), report)
    findings = [(d.code, d.span.line, d.span.column, d.message, d.help) for d in report]
    return settings, findings


def test_an_empty_section_has_defaults() -> None:
    settings, findings = _read("train: {}")
    assert not findings
    assert settings
    assert settings.optimizer == Adam()
    assert (settings.epochs, settings.batch_size, settings.seed) == (1, 32, 0)
    assert settings.shuffle
    assert settings.callbacks == ()


def test_everything_is_read() -> None:
    settings, findings = _read(
        """\
train:
  optimizer: {type: sgd, momentum: 0.9, learning_rate: 1.0}
  learning_rate: 1e-3
  epochs: 7
  batch_size: 64
  seed: 5
  shuffle: false
  callbacks:
    - checkpoint
    - {type: early_stopping, patience: 3}
"""
    )
    assert not findings
    assert settings
    assert settings.optimizer == SGD(momentum=0.9, learning_rate=1e-3)
    assert (settings.epochs, settings.batch_size, settings.seed) == (7, 64, 5)
    assert not settings.shuffle
    last = settings.callbacks[-1]
    assert last.callback == EarlyStopping(patience=3)
    assert last.place.at("patience").text == "train.callbacks.1.patience"


@pytest.mark.parametrize(
    ("text", "code", "column", "message", "help"),
    [
        ("{epoch: 3}", "MS201", 9, "`epoch` is not a key", "did you mean `epochs`?"),
        ("{optimizer: adm}", "MS205", 20, "there is no optimizer `adm`", "did you mean `adam`?"),
        ("{optimizer: {type: adm}}", "MS205", 27, "there is no optimizer `adm`", "`adam`?"),
        ("{optimizer: {momentum: 1}}", "MS202", 20, "the optimizer needs a `type`", "`sgd`"),
        ("{optimizer: {type: sgd, momentun: 1}}", "MS201", 32, "`momentun`", "`momentum`?"),
        ("{optimizer: {type: 3}}", "MS203", 27, "the `type` of the optimizer is a name", ""),
        ("{callbacks: [early_stoping]}", "MS205", 21, "no callback `early_stoping`", "stopping`?"),
        ("{callbacks: [{type: checkpoint, mode: up}]}", "MS206", 46, "`up`", "`auto`, `min` or"),
        ("{callbacks: [{type: csv_logger, filename: ../x}]}", "MS204", 50, "a file name here", ""),
        ("{epochs: 0}", "MS204", 17, "`epochs` is 0", ""),
        ("{seed: -1}", "MS204", 15, "`seed` is -1", ""),
        ("{batch_size: 3.5}", "MS203", 21, "`batch_size` is an integer", ""),
        ("{learning_rate: fast}", "MS203", 24, "`learning_rate` is a number", ""),
        ("[]", "MS203", 8, "", ""),
    ],
)
def test_what_is_wrong_is_said_at_the_token(
    text: str, code: str, column: int, message: str, help: str
) -> None:
    settings, findings = _read(f"train: {text}")
    assert settings is None
    ((found, line, found_column, found_message, found_help),) = findings
    assert (found, line, found_column) == (code, 1, column)
    assert message in found_message
    assert help in found_help


def test_all_parts_are_looked_at() -> None:
    _, findings = _read("train: {epochs: 0, optimizer: adm, callbacks: [history, checkpoint, x]}")
    assert [code for code, *_ in findings] == ["MS204", "MS205", "MS205", "MS205"]


def test_what_is_short_is_filled_into_the_optimizer() -> None:
    settings, findings = _read(
        "train: {optimizer: sgd, learning_rate: 0.5, gradient_clip: 2, accumulate: 3}"
    )
    assert not findings
    assert settings
    assert settings.optimizer == SGD(
        learning_rate=0.5, global_clipnorm=2, gradient_accumulation_steps=3
    )


@pytest.mark.parametrize(
    ("written", "argument"),
    [
        ("gradient_clip: 2, optimizer: {type: sgd, clipvalue: 1.0}", "clipvalue"),
        (
            "accumulate: 2, optimizer: {type: sgd, gradient_accumulation_steps: 4}",
            "gradient_accumulation_steps",
        ),
    ],
)
def test_what_is_short_is_not_said_twice(written: str, argument: str) -> None:
    settings, findings = _read(f"train: {{{written}}}")
    assert settings is None
    [(code, _, column, message, _)] = findings
    assert (code, column) == ("MS206", 9)
    assert message.endswith(f"is set, and so is the optimizer's `{argument}`")


def test_a_warm_up_leads_to_the_rate_or_the_schedule() -> None:
    settings, _ = _read("train: {warmup_steps: 4, learning_rate: 0.8}")
    assert settings
    assert isinstance(settings.optimizer.learning_rate, Warmup)
    assert [settings.optimizer.learning_rate.rate(step) for step in (0, 3, 9)] == [0.2, 0.8, 0.8]
    settings, _ = _read(
        "train: {warmup_steps: 4,"
        " learning_rate: {type: cosine_decay, initial_learning_rate: 1.0, decay_steps: 10}}"
    )
    assert settings
    assert isinstance(settings.optimizer.learning_rate, Warmup)
    assert settings.optimizer.learning_rate.rate(14) == 0.0


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("90s", 90), ("30m", 1800), ("1h 30m", 5400), ("1.5h", 5400), ("2d1s", 172801)],
)
def test_a_time_limit_is_written_as_people_do(written: str, seconds: float) -> None:
    settings, findings = _read(f"train: {{time_limit: {written}}}")
    assert not findings
    assert settings
    assert settings.time_limit == seconds


@pytest.mark.parametrize("written", ["soon", "0s", "5", "1h30", "-1s"])
def test_what_is_no_time_limit_is_a_finding(written: str) -> None:
    settings, findings = _read(f"train: {{time_limit: '{written}'}}")
    assert settings is None
    assert [finding[0] for finding in findings] == ["MS204"]
