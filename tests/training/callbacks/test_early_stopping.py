"""The expected epochs are those of `keras.callbacks.EarlyStopping` 3 on the same values."""

import pytest

from modelspec.training.callbacks.early_stopping import EarlyStopping
from tests.training.callbacks.fake_run import FakeRun

FALLING_THEN_RISING = [5.0, 4.0, 3.0, 3.5, 3.2, 3.1, 3.0, 2.9, 2.8, 2.8]


@pytest.mark.parametrize(
    ("arguments", "values", "stopped_after"),
    [
        ({}, FALLING_THEN_RISING, 4),
        ({"patience": 1}, FALLING_THEN_RISING, 4),
        ({"patience": 2}, FALLING_THEN_RISING, 5),
        ({"patience": 4}, FALLING_THEN_RISING, 7),
        ({"patience": 5}, FALLING_THEN_RISING, None),
        ({"min_delta": 1.0}, FALLING_THEN_RISING, 2),
        ({"min_delta": 0.99}, FALLING_THEN_RISING, 4),
        ({"mode": "max"}, FALLING_THEN_RISING, 2),
        ({"start_from_epoch": 5}, FALLING_THEN_RISING, 10),
        ({"baseline": 1.0, "patience": 3}, FALLING_THEN_RISING, 4),
        ({"baseline": 4.5, "patience": 3}, FALLING_THEN_RISING, 6),
        ({}, [1.0, 2.0], 2),
    ],
)
def test_it_stops_when_keras_does(
    arguments: dict[str, object], values: list[float], stopped_after: int | None
) -> None:
    assert FakeRun().follow(EarlyStopping(**arguments), val_loss=values) == stopped_after


def test_a_metric_that_grows_is_known_by_its_name() -> None:
    callback = EarlyStopping(monitor="val_gender_accuracy")
    assert FakeRun().follow(callback, val_gender_accuracy=[0.1, 0.2, 0.3, 0.2]) == 4


def test_it_keeps_the_best_weights_and_goes_back_to_them() -> None:
    run = FakeRun()
    callback = EarlyStopping(restore_best_weights=True)
    run.follow(callback, val_loss=[3.0, 2.0, 2.5])
    callback.on_train_end(run)
    assert run.asked[-3:] == ["keep 1", "keep 2", "restore"]


def test_without_restoring_it_leaves_the_weights_alone() -> None:
    run = FakeRun()
    callback = EarlyStopping()
    run.follow(callback, val_loss=[3.0, 2.0, 2.5])
    callback.on_train_end(run)
    assert run.asked == []


def test_its_state_goes_on_where_it_was() -> None:
    before, run = EarlyStopping(patience=3), FakeRun()
    run.follow(before, val_loss=[3.0, 2.0, 2.5, 2.4])
    after = EarlyStopping(patience=3)
    after.load_state(before.state())
    assert run.follow(after, val_loss=[2.3, 2.2]) == 5


def test_the_reason_says_what_and_since_when() -> None:
    run = FakeRun()
    run.follow(EarlyStopping(), val_loss=[3.0, 2.0, 2.5])
    assert run.stopped == "`val_loss` has not improved since epoch 2 (2)"
