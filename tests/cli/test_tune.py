"""`modelspec tune`: what it says while a study runs, at its end, and how it ends."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from modelspec.cli.live_study import LiveTable
from modelspec.cli.study_watch import PlainLines
from modelspec.tuning.results.lines import objective_text, short_names, time_left, trial_line
from modelspec.tuning.study import held_out as testing
from modelspec.tuning.study import prepare as study_module
from tests.cli.running import Run
from tests.runner.worlds import FLOWERS, write_flowers
from tests.tuning.studies import study, trial
from tests.tuning.teams import FakeTeam

TUNE = """\
    tune:
      search:
        layers.hidden.units: [4, 8]
        train.learning_rate: {float: [0.001, 0.1], log: true}
      objective: val_accuracy
      pruner: none
      trials: 5
      confirm: {top: 2, seeds: 2}
"""
GIVEN = FLOWERS.replace("epochs: 3", "epochs: 9") + TUNE


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    write_flowers(tmp_path, spec=GIVEN)
    return "spec.yaml"


def _measured(values: dict[str, Any], seed: int, epoch: int) -> dict[str, float]:
    rate = values["train.learning_rate"]
    value = 0.9 - abs(rate - 0.01) - (values["layers.hidden.units"] == 4) / 10
    noise = seed % 7 / 1000
    return {"epoch": epoch, "loss": 1.0, "val_loss": 1.0, "val_accuracy": value * epoch / 9 - noise}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Lets trials be trained by nothing."""

    def use(**settings: Any) -> None:
        def team(workers: int, *_: Any) -> FakeTeam:
            return FakeTeam(workers, measure=_measured, **settings)

        monkeypatch.setattr(study_module, "_processes", team)
        monkeypatch.setattr(testing, "measured", lambda *_: {"test_accuracy": 0.875})

    return use


def test_a_line_for_each_trial_then_the_best_and_where_all_lies(
    spec: str, run: Run, fake: Callable[..., None]
) -> None:
    fake()
    done = run("tune", spec)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[0].startswith("trial 1 of 5  val_accuracy 0.")
    assert "(epoch 9)  layers.hidden.units=" in lines[0]
    assert lines[0].endswith("1.0 s  new best")
    assert sum(line.startswith("trial ") and " of 5 " in line for line in lines) == 5
    assert sum(" again, time " in line for line in lines) == 4
    assert "test rows, asked once: test_accuracy 0.8750" in lines
    where = dict(line.split(None, 1) for line in lines[-6:])
    assert list(where) == ["study", "trials", "report", "spec", "best", "next"]
    assert all(Path(where[name]).exists() for name in ("study", "trials", "report", "spec", "best"))
    assert where["next"] == f"modelspec eval {where['best']}"
    assert "confirm" in where["best"]
    assert run("runs").out.count("5 trials") == 1


def test_a_table_that_is_too_wide_is_lines(
    spec: str, run: Run, fake: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words and numbers are not broken to fit."""
    fake()
    monkeypatch.setattr("modelspec.cli.console.console", lambda: Console(width=40, highlight=False))
    lines = run("tune", spec, "--trials", "3").out.splitlines()
    assert sum(line.startswith("trial ") and " of 3 " not in line for line in lines) >= 3
    assert not any("learning_rate" in line and "parameters" in line for line in lines)


def test_quiet_says_where_the_results_lie_and_no_more(
    spec: str, run: Run, fake: Callable[..., None]
) -> None:
    fake()
    done = run("tune", spec, "--quiet", "--name", "mine", "--trials", "3")
    assert done.code == 0
    first = [line.split()[0] for line in done.out.splitlines()]
    assert first[:3] == ["study", "trials", "report"]
    assert first[-2:] == ["best", "next"]
    assert "runs/mine/" in done.out
    assert len(list(Path("runs/mine/latest/trials").iterdir())) == 3


def test_a_dry_run_trains_nothing(spec: str, run: Run) -> None:
    done = run("tune", spec, "--dry-run", "--trials", "7")
    assert done.code == 0
    assert "trials      at most 7 by `tpe`" in done.out
    assert "confirm     the best 2, 2 times each" in done.out
    assert not Path("runs").exists()


def test_failed_trials_are_said_and_the_study_goes_on(
    spec: str, run: Run, fake: Callable[..., None]
) -> None:
    why = {4: "the loss became nan\nat step 3", 8: ""}
    fake(fails=lambda values: why[values["layers.hidden.units"]])
    done = run("tune", spec)
    assert done.code == 0
    assert "failed: the loss became nan  layers.hidden.units=4" in done.out
    assert "failed, trial " in done.err
    assert "at step 3" not in done.out


def test_where_all_fail_the_command_fails(spec: str, run: Run, fake: Callable[..., None]) -> None:
    fake(fails=lambda values: "no room")
    done = run("tune", spec)
    assert done.code == 1
    assert "no trial has come to its end" in done.out
    assert "no room" in done.err
    assert "report" in done.out


def test_what_is_wrong_is_said_once_with_exit_code_1(spec: str, run: Run) -> None:
    done = run("tune", spec, "--set", "tune.objective=val_acuracy")
    assert done.code == 1
    assert done.err.count("is not logged") == 1
    assert run("tune", spec, "--resume", "nothing").code == 1
    done = run("tune", spec, "--set", "tune=null")
    assert done.code == 1
    assert "needs `tune`" in done.err


@pytest.mark.parametrize(
    "words", [("--trials", "0"), ("--workers", "0"), ("--seed", "-1"), ("--device", "nothing")]
)
def test_wrong_usage_is_exit_code_2(spec: str, run: Run, words: tuple[str, ...]) -> None:
    done = run("tune", spec, *words)
    assert done.code == 2
    assert words[0] in done.err
    assert run("tune", "-").code == 2


def test_a_storage_that_is_none_is_exit_code_1(spec: str, run: Run) -> None:
    done = run("tune", spec, "--storage", "ftp://here:secret@there")
    assert done.code == 1
    assert "is no storage" in done.err
    assert "secret" not in done.err


def test_machines_share_a_storage(
    spec: str, run: Run, fake: Callable[..., None], tmp_path: Path
) -> None:
    fake()
    words = ("tune", spec, "--storage", f"sqlite:///{tmp_path}/study.db", "--trials", "3")
    assert run(*words).code == 0
    assert len(list(Path("runs/flowers/latest/trials").iterdir())) == 3


def test_a_study_that_goes_on_says_only_what_is_new(
    spec: str, run: Run, fake: Callable[..., None]
) -> None:
    fake()
    run("tune", spec, "--trials", "3", "--quiet")
    done = run("tune", spec, "--resume", "flowers", "--trials", "5", "--workers", "2")
    assert done.code == 0
    lines = [line for line in done.out.splitlines() if " of 5 " in line]
    assert [line.split()[1] for line in lines] == ["4", "5"]


def test_a_line_says_what_became_of_a_trial() -> None:
    names = ["val_accuracy"]
    complete = trial(7, 0.9625, values={"a.b": 64, "lr": 0.00123456}, seconds=3.14)
    assert (
        trial_line(complete, 50, names, best="new best")
        == "trial 7 of 50  val_accuracy 0.9625 (epoch 2)  a.b=64  lr=0.001235  3.1 s  new best"
    )
    pruned = trial(8, 0.5, status="pruned", why="worse", values={}, seconds=75.0)
    assert trial_line(pruned, None, names) == "trial 8  pruned after epoch 3: worse  1 min 15 s"
    stopped = trial(9, values={}, seconds=0.0)
    assert trial_line(stopped, 9, names) == "trial 9 of 9  interrupted after epoch 0  0.0 s"


def test_short_names_tell_paths_apart() -> None:
    paths = ["train.learning_rate", "layers.a.units", "layers.b.units", "units", "layers.pool.type"]
    assert short_names(paths) == {
        "train.learning_rate": "learning_rate",
        "layers.a.units": "a.units",
        "layers.b.units": "b.units",
        "units": "units",
        "layers.pool.type": "pool.type",
    }


def test_counts_are_whole_and_measures_have_digits() -> None:
    assert objective_text("parameters", 3664.0) == "3,664"
    assert objective_text("val_loss", 3664.0) == "3664.00"


def test_time_left_is_that_of_what_is_done() -> None:
    assert time_left(2, 4, 10.0) == "about 20 s left"
    assert time_left(2, 40, 10.0) == "about 3 min 20 s left"
    assert time_left(0, 4, 10.0) == time_left(3, 0, 10.0) == ""


@pytest.mark.parametrize("width", [30, 80, 200])
def test_the_table_fits_any_terminal(width: int) -> None:
    from io import StringIO

    from rich.console import Console, Group

    watch = LiveTable()
    PlainLines.begin(watch, study(), [trial(n, n / 10) for n in range(1, 8)], 50, 9)
    for number in range(8, 20):
        watch.on_trial_start(trial(number))
    watch.on_epoch(9, 3, {"val_accuracy": 0.5})
    out = StringIO()
    Console(file=out, width=width).print(Group(*watch._parts()))
    lines = out.getvalue().splitlines()
    assert max(map(len, lines)) <= width
    assert "7 of 50" in lines[0] or width == 30
    if width > 30:
        assert "3/9" in out.getvalue()
        assert "filters=" in out.getvalue()
        assert "+4" in out.getvalue()


def test_the_best_so_far_counts_what_was_there_before() -> None:
    watch = PlainLines(quiet=True)
    watch.begin(study(), [trial(1, 0.9)], 3, 9)
    assert watch.progress
    assert watch.progress.end(trial(2, 0.5)) == ""
    assert watch.progress.end(trial(3, 0.95)) == "new best"
    assert watch.progress.left == 0


@pytest.mark.skipif(os.name != "posix", reason="there are no such terminals")
def test_on_a_terminal_a_table_moves_and_ctrl_c_says_how_to_go_on(spec: str) -> None:
    import pty

    parent, child = pty.openpty()
    code = "import sys; from modelspec.cli import main; sys.exit(main(sys.argv[1:]))"
    words = ["tune", spec, "--set", "train.epochs=4000", "--device", "cpu", "--workers", "2"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        stdin=child,
        stdout=child,
        stderr=child,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "100"},
        start_new_session=True,
        preexec_fn=_of_terminal,
    )
    os.close(child)
    shown = b""
    try:
        while piece := os.read(parent, 4096):
            if b"/4000" in piece and b" 0/4000" not in piece and b"\x03" not in shown:
                os.write(parent, b"\x03")
                shown += b"\x03"
            shown += piece
    except OSError:  # how Linux says that the other end has closed
        pass
    os.close(parent)
    assert process.wait() == 130
    text = shown.decode()
    assert "running" in text
    assert "0 of 5 trials" in text
    assert "go on with: modelspec tune spec.yaml --resume runs/flowers/" in text.replace("\r\n", "")
    assert text.rindex("\x1b[?25h") > text.rindex("─")


def _of_terminal() -> None:
    """Make the terminal that of this process, so that Ctrl-C reaches it."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
