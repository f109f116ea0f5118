"""A study that goes on: what may have changed, what is refused, and what ends it early."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

import modelspec
from modelspec.diagnostics import SpecError
from modelspec.runner.run.errors import SaveError
from modelspec.tuning import record
from modelspec.tuning.errors import TuneError
from modelspec.tuning.record import read_study, read_trial, trial_folder
from modelspec.tuning.results.study_results import read_results

from ..teams import FakeTeam, part
from .killing import write_study

if TYPE_CHECKING:
    from pathlib import Path


def measured(values: dict[str, Any], seed: int, epoch: int) -> dict[str, float]:
    """Better where there are about 20 units."""
    far = abs(math.log(values["params.units"] / 20))
    return {"epoch": float(epoch), "loss": far, "val_loss": far + 3 / epoch + part(seed, epoch)}


class Told:
    """Keeps what a study says."""

    def __init__(self) -> None:
        self.messages: list[str] = []

    def on_message(self, text: str) -> None:
        self.messages.append(text)

    def __getattr__(self, name: str) -> Any:
        return lambda *told: None


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(
        "modelspec.tuning.study.held_out.measured", lambda *given: {"test_loss": 1.0}
    )
    spec = write_study(tmp_path, epochs=9)
    return changed(spec, ("{int: [2, 64], log: true}", "{int: [3, 59], step: 7}"))


def tune(spec: Path, team: FakeTeam | None = None, **settings: Any) -> tuple[Any, list[str]]:
    told = Told()
    job = modelspec.prepare_study(
        str(spec),
        runs_dir=str(spec.parent / "runs"),
        team=lambda: team or FakeTeam(1, measure=measured),
        watch=told,
        **settings,
    )
    return job.run(), told.messages


def changed(spec: Path, *changes: tuple[str, str]) -> Path:
    text = spec.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    spec.write_text(text)
    return spec


def test_choices_may_be_added_and_ranges_narrowed(spec: Path) -> None:
    first, _ = tune(spec, trials=6)
    before = [each.values for each in first.trials]
    changed(
        spec,
        ("{int: [3, 59], step: 7}", "{int: [10, 38], step: 7}"),
        ("[adam, {", "[adam, rmsprop, {"),
        ("top: 2", "top: 1"),
    )
    out = sum(not 10 <= each["params.units"] <= 38 for each in before)
    assert out
    second, told = tune(spec, resume=str(first.folder), trials=30)
    assert [each.values for each in second.trials[:6]] == before
    assert len(second.trials) == 30
    assert all(10 <= each.values["params.units"] <= 38 for each in second.trials[6:])
    assert "rmsprop" in [each.values["train.optimizer"] for each in second.trials]
    assert any(f"{out} of 6 trials" in each for each in told)
    assert read_results(first.folder).space is not None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("units: 3, ", "units: 3, use_bias: false, "), "use_bias"),
        (("epochs: 9", "epochs: 8"), "`train.epochs` was 9, is 8"),
        (("objective: val_loss", "objective: val_accuracy"), "`tune.objective` was val_loss"),
        (("sampler: tpe", "sampler: random"), "`tune.sampler` was tpe, is random"),
        (("parameters: 400", "parameters: 500"), "parameters` was 400, is 500"),
        (("    layers.drop.rate: [0.0, 0.2, 0.5]\n", ""), "`layers.drop.rate` is gone"),
        (("layers.drop.rate: [0.0, 0.2, 0.5]", "train.batch_size: [8, 16]"), "is new"),
        (("layers.drop.rate: [0.0, 0.2, 0.5]", "layers.drop.rate: {float: [0.1, 0.5]}"), "kind"),
    ],
)
def test_another_study_is_refused(change: tuple[str, str], said: str, spec: Path) -> None:
    first, _ = tune(spec, trials=1)
    with pytest.raises(SpecError) as raised:
        tune(changed(spec, change), resume=str(first.folder))
    (finding,) = raised.value.diagnostics
    assert (finding.code, said in finding.message) == ("MS807", True), finding.message


def test_other_rows_are_refused(spec: Path) -> None:
    first, _ = tune(spec, trials=1)
    import numpy as np

    with np.load(spec.parent / "irises.npz") as rows:
        np.savez(spec.parent / "irises.npz", petals=rows["petals"] + 1, species=rows["species"])
    with pytest.raises(SpecError, match="data of"):
        tune(spec, resume=str(first.folder))


def test_a_damaged_or_missing_record_is_named(spec: Path) -> None:
    first, _ = tune(spec, trials=3)
    folder = trial_folder(first.folder, 2)
    (folder / record.TRIAL).write_text("{")
    with pytest.raises(SpecError, match="cannot read it"):
        tune(spec, resume=str(first.folder))
    (folder / record.TRIAL).unlink()
    with pytest.raises(SpecError, match="trial 2 is missing"):
        tune(spec, resume=str(first.folder))
    with pytest.raises(TuneError, match="seed 0, not 7"):
        tune(spec, resume=str(first.folder), seed=7)


def test_more_trials_follow(spec: Path) -> None:
    straight, _ = tune(spec, trials=7)
    first, _ = tune(spec, trials=4)
    assert read_study(first.folder).trials == 4
    again, _ = tune(spec, resume=str(first.folder), trials=7)
    wanted = [(each.values, each.objectives, each.status) for each in straight.trials]
    assert [(each.values, each.objectives, each.status) for each in again.trials] == wanted


def test_a_grid_ends_by_itself(spec: Path) -> None:
    changed(
        spec,
        ("params.units: {int: [3, 59], step: 7}", "params.units: [4, 8]"),
        ("    train.learning_rate: {float: [1.0e-4, 1.0e-1], log: true}\n", ""),
        ("sampler: tpe\n  trials: 6", "sampler: grid"),
    )
    done, told = tune(spec)
    assert len(done.trials) == 2 * 2 * 3
    assert "every combination" in done.why
    assert any("every combination" in each for each in told)


def test_failures_with_one_reason_end_a_study_and_it_can_go_on(spec: Path) -> None:
    def full(values: dict[str, Any]) -> str:
        return f"the run cannot be saved: No space left: {values['params.units']}"

    done, told = tune(spec, FakeTeam(1, measure=measured, fails=full), trials=20)
    assert [each.status for each in done.trials] == ["failed"] * 5
    assert done.best is None
    assert any("5 trials in a row have failed: the run cannot be saved" in each for each in told)
    again, _ = tune(spec, resume=str(done.folder), trials=8)
    assert [each.status for each in again.trials[:5]] == ["failed"] * 5
    assert again.best is not None


def test_one_that_fails_leaves_the_others_alone(spec: Path) -> None:
    def odd(values: dict[str, Any]) -> str:
        return "died" if values["params.units"] % 2 else ""

    done, _ = tune(spec, FakeTeam(2, measure=measured, fails=odd), trials=8, workers=2)
    statuses = {each.values["params.units"] % 2: each.status for each in done.trials}
    assert statuses[1] == "failed"
    assert statuses[0] != "failed"


@pytest.mark.parametrize(
    ("row", "said"),
    [({"loss": 1.0}, "`val_loss` is not logged"), ({"val_loss": math.nan}, "finite number at no")],
)
def test_a_trial_without_its_objective_has_failed(
    row: dict[str, float], said: str, spec: Path
) -> None:
    team = FakeTeam(1, measure=lambda values, seed, epoch: {"epoch": float(epoch)} | row)
    done, _ = tune(spec, team, trials=1)
    assert done.trials[0].status == "failed"
    assert said in done.trials[0].why


def test_what_the_test_rows_say_is_asked_once(spec: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Path] = []

    def ask(run: Path, device: str, plugins: Any) -> dict[str, float]:
        asked.append(run)
        return {"test_loss": 2.0}

    monkeypatch.setattr("modelspec.tuning.study.held_out.measured", ask)
    done, _ = tune(spec, trials=4)
    tune(spec, resume=str(done.folder), trials=4)
    assert asked == [done.results.best_run]
    assert done.results.test == {"test_loss": 2.0}
    changed(spec, ("confirm: {top: 2, seeds: 2}", "confirm: none"))
    alone, _ = tune(spec, trials=4)
    assert alone.best
    assert asked[1:] == [trial_folder(alone.folder, alone.best.number)]
    assert read_trial(asked[1]).test == alone.results.test == {"test_loss": 2.0}


def test_a_full_disk_of_the_study_itself_says_how_to_go_on(
    spec: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(folder: Path, trial: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("modelspec.tuning.trials.loop.write_trial", full)
    with pytest.raises(SaveError, match=r"No space left on device.*--resume"):
        tune(spec, trials=4)
