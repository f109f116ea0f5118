"""A study that is killed at any moment and gone on with is the one that was not."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from modelspec.language.tune import Choice, Confirm, FloatRange, IntRange, Limits
from modelspec.runner.run import atomic_write
from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proposing.distributions import Coding
from modelspec.tuning.proposing.grid import GridProposer
from modelspec.tuning.proposing.local import LocalProposer
from modelspec.tuning.proposing.pruning import Pruning
from modelspec.tuning.proposing.view import View
from modelspec.tuning.record import Study, write_study
from modelspec.tuning.results.study_results import read_results
from modelspec.tuning.space.axes import SearchSpace
from modelspec.tuning.space.candidates import Candidate
from modelspec.tuning.study.folder import read_known
from modelspec.tuning.trials.confirm import Confirming
from modelspec.tuning.trials.job_factory import Jobs
from modelspec.tuning.trials.loop import TrialLoop
from modelspec.tuning.trials.watcher import Unwatched

from ..teams import EPOCHS, FakeTeam, Killed, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LIMITS = Limits(parameters=500)


def space(rule: str) -> SearchSpace:
    rate: Any = FloatRange.model_validate({"float": [1e-4, 1e-1], "log": True})
    if rule == "grid":
        rate = Choice((0.001, 0.01, 0.1), {})
    momentum = IntRange.model_validate({"int": [0, 4]})
    return SearchSpace(
        {
            "n": IntRange.model_validate({"int": [1, 64], "log": rule != "grid"}),
            "lr": rate,
            "kind": Choice(("a", {"b": 1}, "wrong"), {1: {"m": momentum}}),
        }
    )


def examine(values: dict[str, Any]) -> Any:
    parameters = 10 * values["n"]
    over = {"parameters": parameters / 500 - 1} if parameters > 500 else {}
    wrong = values["kind"] == "wrong"
    candidate = Candidate(values=values, parameters=parameters, flops=None, over=over)
    if wrong:
        object.__setattr__(candidate, "errors", [type("E", (), {"code": "MS1", "message": "no"})])
    return candidate


def fails(values: dict[str, Any]) -> str:
    return "no room" if part(values["n"], values["lr"]) < 0.25 else ""


class Runs:
    """Runs one study to its end, with as many kills as there are ticks given for."""

    def __init__(
        self,
        folder: Path,
        rule: str = "tpe",
        *,
        workers: int = 2,
        trials: int = 14,
        several: bool = False,
        pruner: str = "hyperband",
    ) -> None:
        self.folder, self.rule, self.workers, self.trials = folder, rule, workers, trials
        self.pruner: Any = pruner
        names = ("val_loss", "parameters") if several else ("val_loss",)
        self.objectives = Objectives(names, (False,) * len(names))
        self.study = Study(
            name="s",
            spec="s.yaml",
            seed=3,
            window=1 if workers == 1 else 2 * workers,
            population=4,
            objective=list(names),
            higher=[False] * len(names),
        )
        folder.mkdir(exist_ok=True)
        write_study(folder, self.study)

    def proposer(self) -> Any:
        found: Any = space(self.rule)
        if self.rule == "grid":
            return GridProposer(found, examine)
        coding = Coding(found)
        return LocalProposer(
            coding,
            View(coding, self.objectives, LIMITS),
            examine,
            rule=self.rule,  # type: ignore[arg-type]
            seed=self.study.seed,
            window=self.study.window,
            population=4,
            pruned=self.pruner != "none",
        )

    def process(self, team: FakeTeam, stop: Any = lambda: False) -> TrialLoop:
        """What one process does until it ends, or is killed."""
        jobs = Jobs(self.folder, self.study, "val_loss")
        common: tuple[Any, ...] = (jobs, team, Unwatched(), stop)
        loop = TrialLoop(
            self.folder,
            self.study,
            self.objectives,
            read_known(self.folder),
            self.proposer(),
            Pruning(self.pruner, self.objectives, EPOCHS),
            *common,
        )
        loop.run(self.trials)
        if not loop.interrupted:
            trials = [each.trial for each in loop.known]
            confirming = Confirming(self.folder, self.study, self.objectives, trials, *common)
            confirming.run(Confirm(top=2, seeds=2))
        return loop

    def came_to(self) -> list[Any]:
        """All that is to be the same, which the time that it took is not."""
        results = read_results(self.folder)
        found = [asdict(each) | {"seconds": 0} for each in results.trials]
        found += [asdict(each) for each in results.confirmations]
        return [*found, results.best and results.best.number]


def until_the_end(runs: Runs, kills: list[int], seed: int) -> int:
    """Run a study, killed after each of these numbers of ticks. Gives how many kills there were."""
    random, done = Random(seed), 0
    for left in [*kills, None]:
        with killed_after(left) as tick:
            try:
                runs.process(FakeTeam(runs.workers, random.randrange, tick, fails))
            except Killed:
                done += 1
            else:
                break
    return done


@contextmanager
def killed_after(left: int | None) -> Iterator[Callable[[], None]]:
    """A tick that kills after so many, also before and after each file that is written."""
    ticks = count()
    write = atomic_write.write_file

    def tick() -> None:
        if left is not None and next(ticks) >= left:
            raise Killed

    def write_and_tick(*args: Any, **named: Any) -> None:
        tick()
        write(*args, **named | {"durable": False})
        tick()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(atomic_write, "write_file", write_and_tick)
        yield tick


@pytest.mark.parametrize(
    ("rule", "several"),
    [
        ("random", False),
        ("tpe", False),
        ("tpe", True),
        ("nsga2", True),
        ("cmaes", False),
        ("grid", False),
    ],
)
def test_kills_change_nothing(rule: str, several: bool, tmp_path: Path) -> None:
    plain = Runs(tmp_path / "plain", rule, several=several)
    until_the_end(plain, [], seed=0)
    wanted = plain.came_to()
    assert {each["status"] for each in wanted[:-1]} >= {"complete"}

    @profile(max_examples=5, deadline=None, database=None)
    @given(st.lists(st.integers(0, 120), max_size=12), st.integers(0, 999))
    def same(kills: list[int], seed: int) -> None:
        with TemporaryDirectory() as folder:
            runs = Runs(Path(folder), rule, several=several)
            until_the_end(runs, kills, seed)
            assert runs.came_to() == wanted

    same()
