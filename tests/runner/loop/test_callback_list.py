from pydantic import PrivateAttr

from modelspec.runner.loop.callback_list import Hooks
from modelspec.training.callback import Callback, Logs, Training
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
    hooks = Hooks([Silent(), Noting()])
    assert len(hooks.epoch_end) == 1
    others = (hooks.train_begin, hooks.epoch_begin, hooks.batch_begin, hooks.batch_end)
    assert not any([*others, hooks.validation_end, hooks.train_end, hooks.close])


def test_states_go_to_callbacks_of_the_same_place_and_type() -> None:
    before, after = Hooks([Silent(), Noting()]), Hooks([Silent(), Noting(), Noting()])
    before.epoch_end[0](FakeRun(), {})
    after.load_state(before.state())
    assert [each["state"] for each in after.state()] == [
        {},
        {"noted": ["epoch end"]},
        {"noted": []},
    ]
    Hooks([Noting(), Silent()]).load_state(before.state())
