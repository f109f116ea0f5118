"""What ends a command, and with which code."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from modelspec.cli.exit_codes import exit_code
from modelspec.diagnostics import Diagnostic, Span, SpecError
from tests.cli.running import Run, run_apart


def ends_with(error: BaseException) -> int:
    def run() -> None:
        raise error

    return exit_code(run)


def test_nothing_wrong_is_0() -> None:
    assert exit_code(lambda: None) == 0


def test_findings_are_shown_and_are_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(SpecError([Diagnostic("MS401", "a cycle", Span("x.yaml", 3))])) == 1
    assert "x.yaml:3:1 error[cycle]: a cycle" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(FileNotFoundError(2, "No such file or directory", "x.yaml")) == 2
    assert capsys.readouterr().err == "modelspec: x.yaml: No such file or directory\n"
    assert ends_with(OSError(28, "No space left on device")) == 1


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(KeyboardInterrupt()) == 130
    assert capsys.readouterr().err == "interrupted\n"


def test_a_bug_is_3_and_leaves_a_log_but_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends_with(KeyError("units")) == 3
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert "this is a bug in modelspec, not in your spec: KeyError: 'units'" in said
    path = re.search(r"(/\S+\.log)", said)
    assert path
    log = Path(path[1])
    assert "Traceback" in log.read_text()
    assert "modelspec 0." in log.read_text()
    log.unlink()


def test_a_reader_that_leaves_is_not_an_error() -> None:
    command = f"{sys.executable} -m modelspec schema | head -c 10"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, timeout=60)
    assert done.stdout == b'{\n"$schema'
    assert done.stderr == b""


def test_help_is_0_and_wrong_usage_2(run: Run) -> None:
    for arguments in ((), ("--help",), ("-h",), ("lint", "--help")):
        ran = run(*arguments)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith("Usage: modelspec")
    for arguments in (
        ("--halp",),
        ("lint",),
        ("lint", "no.yaml"),
        ("lint", "--formt", "json", "x"),
    ):
        ran = run(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert "Error: " in ran.err


def test_a_mistyped_word_is_recognised(run: Run, good: str) -> None:
    assert "No such command 'lnt'. Did you mean 'lint'?" in run("lnt").err
    assert "No such option: --strct" in run("lint", "--strct", good).err
    assert "--strict" in run("lint", "--strct", good).err
    assert "`god.yaml` does not exist. Did you mean `good.yaml`?" in run("lint", "god.yaml").err
    assert "no finding `cyle`. Did you mean `cycle`?" in run("lint", "--select", "cyle", good).err


def test_the_version_is_said(run: Run) -> None:
    assert run("--version").out.startswith("modelspec 0.")
    assert run("version").out.startswith("modelspec   0.")


def test_it_runs_as_a_module_too() -> None:
    ran = run_apart("--version")
    assert ran.code == 0
    assert ran.out.startswith("modelspec 0.")
