import pytest

from modelspec.runner.progress import bar
from modelspec.runner.progress.bar import ProgressBar
from modelspec.runner.progress.epoch_line import epoch_text, number_text, values_text
from modelspec.runner.progress.lines import ProgressLines
from tests.training.callbacks.fake_run import FakeRun


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0.0000"),
        (0.12345, "0.1235"),
        (12.345, "12.35"),
        (1e-5, "1.00e-05"),
        (123456.0, "123456"),
        (12345678.0, "1.23e+07"),
        (-0.5, "-0.5000"),
        (float("nan"), "nan"),
    ],
)
def test_numbers_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


def test_an_epoch_is_a_line() -> None:
    assert values_text({"loss": 0.5, "val_loss": 0.25}) == "loss 0.5000  val_loss 0.2500"
    assert epoch_text(3, 10, {"loss": 0.5}, "9 samples/s") == (
        "epoch  3/10  loss 0.5000  9 samples/s"
    )


def test_lines_do_not_listen_to_batches() -> None:
    assert "on_batch_end" not in vars(ProgressLines)


def test_running_values_are_read_only_when_they_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Run(FakeRun):
        looks = 0

        def logs(self) -> dict[str, float]:
            self.looks += 1
            return {"loss": 1.0}

    now = 0.0
    monkeypatch.setattr(bar.time, "monotonic", lambda: now)
    run, shown = Run(), ProgressBar()
    shown.on_train_begin(run)
    shown.on_epoch_begin(run)
    for _ in range(1000):
        now += 0.001
        shown.on_batch_end(run)
    shown.close()
    assert 9 <= run.looks <= 10


def test_closing_what_was_never_shown_does_nothing() -> None:
    ProgressBar().close()
