from pydantic import PrivateAttr

from modelspec.runner.loop.callback_list import CallbackList
from modelspec.training.callback import Callback, Logs, Training
from modelspec.training.callbacks.checkpoint import Checkpoint
from tests.training.callbacks.fake_run import FakeRun


class Noting(Callback):
    _noted: list[str] = PrivateAttr(default_factory=list)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        self._noted.append("epoch end")

    def state(self) -> dict[str, object]:
        return {"noted": list(self._noted)}

    def load_state(self, state: dict[str, list[str]]) -> None:
        self._noted.extend(state["noted"])


class Silent(Callback):
    pass


def test_a_hook_that_is_not_overridden_is_not_there() -> None:
    callbacks = CallbackList([Silent(), Noting()])
    assert len(callbacks.epoch_end) == 1
    others = (
        callbacks.train_begin,
        callbacks.epoch_begin,
        callbacks.batch_begin,
        callbacks.batch_end,
    )
    assert not any([*others, callbacks.validation_end, callbacks.train_end, callbacks.close])


class Idle(Callback):
    wanted: bool = False

    def sees_batches(self) -> bool:
        return self.wanted

    def on_batch_end(self, run: Training) -> None:
        pass


class Busy(Idle):
    def on_batch_end(self, run: Training) -> None:
        pass


def test_a_callback_that_has_nothing_to_do_after_batches_is_not_called() -> None:
    assert not CallbackList([Idle()]).batch_end
    assert (
        len(CallbackList([Idle(wanted=True), Checkpoint(), Checkpoint(every_steps=2)]).batch_end)
        == 2
    )


def test_a_hook_is_not_left_out_by_what_its_class_inherits() -> None:
    assert len(CallbackList([Busy()]).batch_end) == 1


def test_states_go_to_callbacks_of_the_same_place_and_type() -> None:
    before, after = CallbackList([Silent(), Noting()]), CallbackList([Silent(), Noting(), Noting()])
    before.epoch_end[0](FakeRun(), {})
    after.load_state(before.state())
    assert [each["state"] for each in after.state()] == [
        {},
        {"noted": ["epoch end"]},
        {"noted": []},
    ]
    CallbackList([Noting(), Silent()]).load_state(before.state())
