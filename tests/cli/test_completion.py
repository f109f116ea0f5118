"""What a shell completes."""

from pathlib import Path

import pytest

from modelspec.cli import main

SPEC = "version: 1\nlayers: {}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for file in ("specs/qa.yaml", "specs/deep/unet.yml", "alone.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(SPEC)
    (tmp_path / "other.yaml").write_text("jobs: {}\n")
    (tmp_path / "specs" / "notes.txt").write_text("")
    for run in ("runs/digits/2026-01-01T00-00-00", "runs/dates/2026-01-02T00-00-00", "own/qa/1"):
        (tmp_path / run).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("lint a", ["alone.yaml"]),
        ("lint specs/", ["specs/deep/", "specs/qa.yaml"]),
        ("plot spe", ["specs/deep/", "specs/qa.yaml"]),
        ("train specs/d", ["specs/deep/unet.yml"]),
        ("summary o", []),
        ("eval d", ["dates", "digits"]),
        ("predict runs/dig", ["runs/digits/2026-01-01T00-00-00"]),
        ("eval --runs-dir own q", ["qa"]),
        ("export al", ["alone.yaml"]),
        ("serve dig", ["digits"]),
        ("ensemble dig", ["digits"]),
        ("diff alone.yaml dat", ["dates"]),
        ("runs c", ["compare"]),
        ("runs compare d", ["dates", "digits"]),
        ("lint --select MS901", ["MS901"]),
        ("lint --ignore MS401,unknown-k", ["MS401,unknown-key"]),
        ("explain Conv2DT", ["Conv2DTranspose"]),
        ("explain shape-m", ["shape-mismatch"]),
        ("sum", ["summary"]),
    ],
)
def test_a_shell_completes(
    line: str,
    completed: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_MODELSPEC_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"modelspec {line}")
    monkeypatch.setenv("COMP_CWORD", str(len(line.split())))
    assert main([]) == 0
    out = capsys.readouterr().out.split()
    assert sorted(set(out)) == sorted(completed)
