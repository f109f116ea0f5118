"""Where what is compared comes from."""

import subprocess
from pathlib import Path

import pytest

from modelspec.comparison import compare
from modelspec.comparison.sides import GitError, Options, read_side

TOP = """
inputs: {x: [8]}
layers: {deep: res, label: {type: Dense, units: 3}}
blocks: {res: parts/res.yaml}
edges: [x -> deep -> label]
outputs: {label: mse}
"""
PART = "inputs: [x]\nlayers: {fc: {type: Dense, units: 8}}\noutputs: [fc]\n"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one commit, and a change of a block's file behind it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "specs" / "parts").mkdir(parents=True)
    (tmp_path / "specs" / "top.yaml").write_text(TOP)
    (tmp_path / "specs" / "parts" / "res.yaml").write_text(PART)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *command], check=True)
    (tmp_path / "specs" / "parts" / "res.yaml").write_text(PART.replace("units: 8", "units: 9"))
    return tmp_path


@pytest.mark.parametrize("revision", ["git:HEAD", "git:HEAD:specs/top.yaml"])
def test_a_revision_has_its_own_files_of_blocks(repository: Path, revision: str) -> None:
    before = read_side(revision, Options(), "specs/top.yaml")
    after = read_side("specs/top.yaml", Options())
    assert before.spec
    assert before.graph
    assert after.spec
    assert after.graph
    found = compare((before.spec, before.graph), (after.spec, after.graph))
    (cause,) = found.causes
    assert cause.path == "blocks.res.layers.fc.units"
    assert (cause.before, cause.after) == (8, 9)
    assert [each.node for each in found.consequences if each.what == "shape"] == ["deep", "deep/fc"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("git:nowhere:specs/top.yaml", "nowhere"),
        ("git:HEAD:specs/none.yaml", "none.yaml"),
        ("git:HEAD", "git:REVISION:FILE"),
        ("git:--help:specs/top.yaml", "no revision"),
        ("git::specs/top.yaml", "no revision"),
        ("git:HEAD:none/none.yaml", "none"),
    ],
)
def test_what_git_does_not_have_is_said(repository: Path, text: str, said: str) -> None:
    with pytest.raises(GitError, match=said):
        read_side(text, Options())


def test_a_block_that_a_revision_has_not_is_a_finding(repository: Path) -> None:
    (repository / "specs" / "top.yaml").write_text(TOP.replace("parts/res", "parts/new"))
    (repository / "specs" / "parts" / "new.yaml").write_text(PART)
    subprocess.run(["git", "add", "specs/top.yaml"], check=True)
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run(["git", *who, "commit", "-qm", "second"], check=True)
    found = read_side("git:HEAD:specs/top.yaml", Options())
    assert [error.code for error in found.report.errors] == ["MS209"]


def test_a_copy_belongs_where_it_is_said_to(repository: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.write_text(TOP)
    found = read_side(str(copy), Options(file="specs/top.yaml"))
    assert not found.report.failed
