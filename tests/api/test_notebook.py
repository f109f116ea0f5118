"""What a notebook shows: nothing that could break out of its place."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

import modelspec
from modelspec.api.searching import watched
from modelspec.runner.progress.notebook import in_notebook
from modelspec.tuning.record import Confirmation, Study, Trial
from tests.runner.worlds import write_flowers

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.trials.watcher import StudyWatcher


def test_a_spec_is_its_diagram_and_a_summary_a_table() -> None:
    spec = modelspec.load("specs/residual.yaml")
    assert spec._repr_html_().startswith('<img src="data:image/svg+xml;base64,')
    shown = spec.summary()._repr_html_()
    assert shown.count("<tr>") == 1 + len(spec.summary().rows)
    assert f"{spec.summary().parameters:,} parameters" in shown


def test_findings_are_a_list_and_a_table(tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text("name: x\ninputs: {a: [4]}\nlayers: {'<b>': {type: Dens, units: 2}}\n")
    found = modelspec.check(str(path))
    assert isinstance(found, list)
    assert found == list(found)
    assert "<b>" not in found._repr_html_()
    assert found._repr_html_().count("<tr") == 1 + len(found)
    assert all(each.code in found._repr_html_() for each in found)
    clean = modelspec.check("specs/residual.yaml")
    assert clean == []
    assert "no findings" in clean._repr_html_()


def test_a_run_is_its_last_epochs_and_the_best_one(tmp_path: Path) -> None:
    spec = modelspec.load(str(write_flowers(tmp_path))).set("train.epochs", 13)
    run = spec.fit(runs_dir=str(tmp_path / "runs"), quiet=True)
    shown = run._repr_html_()
    assert shown.count("(best)") == 1
    assert shown.count("<tr>") in (11, 12)
    assert "val_loss" in shown
    assert str(run.folder) in shown


@pytest.mark.parametrize("quiet", [True, False])
def test_progress_is_a_line_an_epoch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], quiet: bool
) -> None:
    spec = modelspec.load(str(write_flowers(tmp_path))).set("train.epochs", 2)
    spec.fit(runs_dir=str(tmp_path / "runs"), quiet=quiet)
    told = capsys.readouterr()
    assert (told.out + told.err).count("val_loss") == (0 if quiet else 2)


class _Kernel:
    """What a notebook has of IPython: `shown` is what each update put under the cell."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shown: list[dict[str, str]] = []
        ipython, display = ModuleType("IPython"), ModuleType("IPython.display")
        ipython.get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
        display.display = self.display  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "IPython", ipython)
        monkeypatch.setitem(sys.modules, "IPython.display", display)

    def display(self, data: dict[str, str], *, raw: bool, display_id: bool) -> _Kernel:
        assert (raw, display_id, self.shown) == (True, True, [])
        self.shown.append(data)
        return self

    def update(self, data: dict[str, str], *, raw: bool) -> None:
        assert raw
        self.shown.append(data)


def test_progress_in_a_notebook_is_one_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kernel = _Kernel(monkeypatch)
    monkeypatch.setattr("modelspec.runner.progress.notebook.SECONDS_BETWEEN_LOOKS", 0)
    spec = modelspec.load(str(write_flowers(tmp_path))).set("train.epochs", 2)
    run = spec.fit(runs_dir=str(tmp_path / "runs"), device="cpu")
    told = capsys.readouterr()
    assert "epoch" not in told.out + told.err
    pages = [each["text/html"] for each in kernel.shown]
    assert pages[0].startswith('<div>epoch 1/2 <progress value="0"')
    assert any(" loss " in each and "<table" not in each for each in pages)
    assert "<tr>" in pages[-1]
    (done, of), *_ = re.findall(r'value="(\d+)" max="(\d+)"', pages[-1])
    assert done == of
    assert [each.count("<tr>") for each in pages][-1] == 1 + len(run.history)
    assert kernel.shown[-1]["text/plain"].startswith("epoch 2/2")
    assert "samples/s" in kernel.shown[-1]["text/plain"]
    shown = run.history._repr_html_()
    assert shown.count("<tr>") == 1 + 2
    assert shown.count("(best)") == 1
    spec.fit(runs_dir=str(tmp_path / "runs"), quiet=True)
    assert len(kernel.shown) == len(pages)


def test_a_notebook_that_is_none() -> None:
    assert not in_notebook()


def test_a_study_in_a_notebook_is_one_output(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = _Kernel(monkeypatch)
    study = Study(name="s", spec="s.yaml", trials=3, objective=["val_loss"], higher=[False])

    class Job:
        pruning = SimpleNamespace(epochs=4)

        def __init__(self, watch: StudyWatcher) -> None:
            self.study, self.watch = study, watch

        def run(self) -> StudyWatcher:
            for number, loss in ((1, 0.5), (2, 0.25)):
                trial = Trial(number=number, values={"params.<b>": number}, seed=0, parameters=1)
                self.watch.on_trial_start(trial)
                self.watch.on_epoch(number, 1, {"val_loss": loss})
                if number == 1:
                    ended = replace(trial, status="complete", objectives={"val_loss": loss})
                    self.watch.on_trial_end(ended)
            self.watch.on_message("<i>")
            return self.watch

    run = watched(lambda *, watch, say: Job(watch))  # type: ignore[arg-type, return-value]
    watch: Any = run()
    monkeypatch.setattr("modelspec.runner.progress.notebook.SECONDS_BETWEEN_LOOKS", 0)
    watch.on_epoch(2, 3, {"val_loss": 0.125})
    watch.on_confirm(Confirmation(trial=1, repeat=2, seed=1, status="complete"))
    assert kernel.shown[0] == {
        "text/html": '<div>0 of 3 trials <progress value="0" max="3"></progress> </div>',
        "text/plain": "0 of 3 trials",
    }
    last = kernel.shown[-1]["text/html"]
    assert last.startswith('<div>1 of 3 trials <progress value="1" max="3"></progress> trial 1 ag')
    assert "<td" in last
    told = re.sub(" +", " ", re.sub("<[^>]*>", " ", last.partition("<tbody>")[2]))
    assert told.startswith(" 1 (best) 0.5000 1 0 ")
    assert " 2 0.1250 2 3 " in told
    assert told.rstrip().endswith("running")
    assert "<b>" not in last
