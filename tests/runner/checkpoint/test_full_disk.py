"""A disk that takes no more: the system refuses a write, as it does when there is no room."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import PrivateAttr

from modelspec.runner import assemble
from modelspec.runner.run.errors import TrainingError
from modelspec.training.callback import Callback, Logs, Training
from tests.runner.worlds import run, same_end, write_flowers

SAVING = "[{type: checkpoint, every_epochs: 1}]"


class NoRoom(Callback):
    """Lets no file grow beyond so many bytes from the end of an epoch on."""

    epoch: int
    """The epoch."""
    most: int
    """The bytes."""
    _before: tuple[int, int] = PrivateAttr((0, 0))

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        if run.epoch == self.epoch:
            self._before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.most, self._before[1]))

    def close(self) -> None:
        if any(self._before):
            resource.setrlimit(resource.RLIMIT_FSIZE, self._before)


@pytest.fixture(params=[100, 700, 3000])
def no_room(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    plain = assemble._callbacks
    full = NoRoom(epoch=2, most=request.param)
    monkeypatch.setattr(assemble, "_callbacks", lambda *given: [full, *plain(*given)])
    yield
    monkeypatch.undo()


def test_the_run_ends_with_an_error_and_can_go_on(
    tmp_path: Path, no_room: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = write_flowers(tmp_path, SAVING)
    with pytest.raises(TrainingError, match="the run cannot be saved: File too large") as caught:
        run(spec)
    monkeypatch.undo()
    folder = caught.value.folder
    assert folder
    assert [path.name for path in (folder / "checkpoints").iterdir()] == ["000001"]
    assert not list(folder.rglob(".unfinished-*.safetensors"))
    whole = run(spec, runs=tmp_path / "whole")
    done = run(spec, resume=folder)
    assert whole.folder
    assert done.resumed_after == 1
    assert same_end(folder, whole.folder)
