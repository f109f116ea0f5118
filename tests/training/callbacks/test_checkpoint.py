from modelspec.training.callbacks.checkpoint import Checkpoint
from tests.training.callbacks.fake_run import FakeRun


def test_the_best_weights_are_saved_whenever_they_are() -> None:
    run = FakeRun()
    run.follow(Checkpoint(every_epochs=100), val_loss=[3.0, 2.0, 2.5, 1.0])
    assert run.asked == ["save best 1", "save best 2", "save best 4"]


def test_without_validation_the_training_loss_decides() -> None:
    run = FakeRun()
    run.follow(Checkpoint(every_epochs=100), loss=[3.0, 3.5, 2.5])
    assert run.asked == ["save best 1", "save best 3"]


def test_a_metric_that_grows_is_known_by_its_name() -> None:
    run = FakeRun()
    run.follow(Checkpoint(monitor="val_accuracy", every_epochs=100), val_accuracy=[0.2, 0.1, 0.3])
    assert run.asked == ["save best 1", "save best 3"]


def test_states_come_every_so_many_epochs() -> None:
    run = FakeRun()
    run.follow(Checkpoint(every_epochs=2), loss=[1.0, 1.0, 1.0, 1.0, 1.0])
    assert run.asked == ["save best 1", "save state 2", "save state 4"]


def test_states_come_with_the_best_only_if_asked_for() -> None:
    run = FakeRun()
    run.follow(Checkpoint(save_best_only=True), loss=[1.0, 2.0, 0.5])
    assert run.asked == ["save best 1", "save state 1", "save best 3", "save state 3"]


def test_states_come_in_the_middle_of_an_epoch() -> None:
    run, callback = FakeRun(), Checkpoint(every_steps=3)
    for run.step in range(1, 8):
        callback.on_batch_end(run)
    assert len(run.asked) == 2


def test_by_default_states_are_seconds_apart() -> None:
    run, callback = FakeRun(), Checkpoint()
    callback.on_train_begin(run)
    run.follow(callback, loss=[1.0] * 20)
    assert run.asked == ["save best 1"]


def test_the_best_value_outlives_a_resume() -> None:
    run, before, after = FakeRun(), Checkpoint(every_epochs=100), Checkpoint(every_epochs=100)
    run.follow(before, loss=[1.0])
    after.load_state(before.state())
    run.follow(after, loss=[2.0])
    assert run.asked == ["save best 1"]
