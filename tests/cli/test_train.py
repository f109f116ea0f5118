import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from modelspec.cli import main
from tests.runner.worlds import STEPS_AN_EPOCH, same_end, write_flowers

CALLBACKS = "[{type: checkpoint, every_steps: 3}]"
LONG = 400
"""Epochs that take seconds: time enough to stop a run in the middle of them."""


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_flowers(tmp_path, CALLBACKS)


def _train(*arguments: str) -> subprocess.Popen[str]:
    """A `modelspec train` of its own process."""
    code = "import sys; from modelspec.cli import main; sys.exit(main())"
    return subprocess.Popen(
        [sys.executable, "-c", code, "train", "spec.yaml", "--device", "cpu", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _wait_for_epochs(folder: Path, process: subprocess.Popen[str], epochs: int) -> Path:
    """The directory of a run that has done some epochs."""
    while process.poll() is None:
        for history in folder.glob("flowers/2*/history.csv"):
            if len(history.read_text().splitlines()) > epochs:
                return history.parent
        time.sleep(0.01)
    raise AssertionError(process.communicate())


def test_a_line_an_epoch_where_nobody_watches(
    spec: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["train", "spec.yaml"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[:10] for line in lines[:3]] == ["epoch 1/3 ", "epoch 2/3 ", "epoch 3/3 "]
    assert "  val_accuracy 0." in lines[0]
    assert lines[0].endswith(" samples/s")
    assert "\x1b" not in "".join(lines)
    assert lines[3].startswith("run      runs/flowers/2")
    assert lines[-1].startswith("next     modelspec eval runs/flowers/")


def test_quiet_says_only_where_the_results_lie(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "spec.yaml", "--quiet", "--name", "petals", "--runs-dir", "out"]) == 0
    words = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert words == ["run", "best", "last", "history", "report", "next"]
    assert (Path("out/petals/latest") / "graph.svg").read_text().endswith("</svg>\n")


def test_a_finding_comes_before_torch_is_loaded(spec: Path) -> None:
    code = (
        "import sys; from modelspec.cli import main; code = main();"
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    for override, finding in (
        ("layers.hidden.unit=3", "unknown-key"),
        ("train.optimizer=adm", "unknown-type"),
        ("train.callbacks=[early_stoping]", "unknown-type"),
        ("train.callbacks=[{type: early_stopping, monitor: val_los}]", "monitor-unknown"),
        ("data.file=flower.npz", "data-file"),
        ("layers.species.units=2", "target-mismatch"),
    ):
        arguments = ["train", "spec.yaml", "--set", override]
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1, done.stderr
        assert f"error[{finding}]" in done.stderr, override


def test_a_device_that_is_not_there_is_a_usage_error(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "spec.yaml", "--device", "gpu"]) == 2
    assert "`gpu` is no device" in capsys.readouterr().err


def test_a_run_that_diverges_says_where(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--set", "train.optimizer=sgd", "--set", "train.learning_rate=1e38"]
    assert main(["train", "spec.yaml", *arguments]) == 1
    errors = capsys.readouterr().err
    assert "the loss of output `species` became " in errors
    assert "what was saved before lies in runs/flowers/2" in errors
    assert "help: lower `train.learning_rate`" in errors


def test_a_folder_that_cannot_be_written_is_said(
    spec: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "spec.yaml", "--runs-dir", "spec.yaml"]) == 1
    assert "the run cannot be saved" in capsys.readouterr().err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_says_how_to_go_on(
    number: signal.Signals, code: int, spec: Path
) -> None:
    process = _train("--set", f"train.epochs={LONG}", "--threads", "1")
    folder = _wait_for_epochs(Path("runs"), process, 2)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == code
    assert errors.splitlines() == [
        f"interrupted, and saved in {folder}",
        f"  go on with: modelspec train spec.yaml --resume {folder} --set train.epochs={LONG}"
        " --device cpu",
    ]
    done = len((folder / "history.csv").read_text().splitlines()) - 1
    assert 2 <= done < LONG
    more = f"train.epochs={done + 2}"
    assert main(["train", "spec.yaml", "-q", "--resume", "flowers", "--set", more]) == 0
    assert main(["train", "spec.yaml", "-q", "--runs-dir", "whole", "--set", more]) == 0
    (whole,) = Path("whole/flowers").glob("2*")
    assert same_end(folder, whole)


def test_a_killed_run_goes_on_as_if_it_had_not_been(spec: Path) -> None:
    process = _train("--set", f"train.epochs={LONG}", "--threads", "1")
    folder = _wait_for_epochs(Path("runs"), process, STEPS_AN_EPOCH)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    done = len((folder / "history.csv").read_text().splitlines()) - 1
    more = f"train.epochs={done + 2}"
    assert main(["train", "spec.yaml", "-q", "--resume", str(folder), "--set", more]) == 0
    assert main(["train", "spec.yaml", "-q", "--runs-dir", "whole", "--set", more]) == 0
    (whole,) = Path("whole/flowers").glob("2*")
    assert same_end(folder, whole)


def test_on_a_terminal_a_bar_moves(spec: Path) -> None:
    import pty

    parent, child = pty.openpty()
    code = "import sys; from modelspec.cli import main; sys.exit(main(['train', 'spec.yaml']))"
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=child,
        stderr=subprocess.STDOUT,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "120"},
    )
    os.close(child)
    shown = b""
    try:
        while piece := os.read(parent, 4096):
            shown += piece
    except OSError:  # how Linux says that the other end has closed
        pass
    os.close(parent)
    assert process.wait() == 0
    text = shown.decode()
    assert "epoch 1/3" in text
    assert "━" in text
    assert text.count("val_loss") == 3
    assert text.rindex("\x1b[?25h") > text.rindex("━")
