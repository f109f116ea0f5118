"""What is compared: a spec's file, a run, or a file of another revision in Git."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec import lint
from modelspec.language.library import BlockFiles
from modelspec.runner.run import directory
from modelspec.source import parse

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.lint import Examined
    from modelspec.source import Document

GIT = "git:"


class GitError(Exception):
    """Git cannot show a file of a revision."""


@dataclass(frozen=True, slots=True)
class Options:
    """How specs are read.

    Attributes:
        overrides: `path=value` texts, as of `--set`.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        plugins: Installed packages whose layers may be used.
        runs: The folder of all runs.
        file: Where the spec belongs, if what is read is a copy of it: what the paths of its
            blocks are relative to.
    """

    overrides: tuple[str, ...] = ()
    include_dirs: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    runs: Path = Path("runs")
    file: str = ""


def read_side(text: str, options: Options, other: str = "") -> Examined:
    """Read what a command line names.

    Args:
        text: A spec's file; a run's directory or name; `git:REVISION:FILE`, or `git:REVISION` for
            the file of the other side.
        options: How.
        other: What the other side names.

    Raises:
        SpecError: There is no such run.
        GitError: Git cannot show the file.
        OSError: The file cannot be read.
    """
    if text.startswith(GIT):
        revision, _, file = text.removeprefix(GIT).partition(":")
        file = file or _file_of(other)
        return _examine_revision(revision, file, options)
    if text == "-" or os.path.isfile(text):
        if options.file and text != "-":
            content = Path(text).read_bytes()
            return _examine(options.file, content, options)
        return _examine(text, None, options)
    folder = directory.find(text, options.runs)
    return _examine(str(folder / directory.SPEC), None, options)


def _file_of(other: str) -> str:
    if other and not other.startswith(GIT) and os.path.isfile(other):
        return other
    raise GitError("`git:REVISION` needs a file: write `git:REVISION:FILE`")


def _examine(file: str, text: bytes | None, options: Options) -> Examined:
    return lint.examine(
        file,
        text=text,
        overrides=options.overrides,
        include_dirs=options.include_dirs,
        plugins=options.plugins,
    )


def _examine_revision(revision: str, file: str, options: Options) -> Examined:
    from modelspec.diagnostics import Report
    from modelspec.lint.examine import Examined, examine_document

    found = Report()
    document = parse(_show(revision, file), file, found)
    if document is None:
        return Examined(file, None, None, None, found)
    return examine_document(
        document,
        found,
        overrides=options.overrides,
        include_dirs=options.include_dirs,
        plugins=options.plugins,
        files=_Revision(revision),
    )


class _Revision(BlockFiles):
    """The files of blocks as they were in a revision."""

    def __init__(self, revision: str) -> None:
        super().__init__()
        self._revision = revision

    def read(self, file: str, report: Report) -> Document | None:
        try:
            return parse(_show(self._revision, file), file, report)
        except GitError as error:
            raise FileNotFoundError(2, str(error), file) from error


def _show(revision: str, file: str) -> bytes:
    """A file as it was in a revision.

    Raises:
        GitError: There is no such file or revision, or no Git.
    """
    folder, name = os.path.split(os.path.abspath(file))
    if not revision or revision.startswith("-"):
        raise GitError(f"`{revision}` is no revision")
    while not os.path.isdir(folder):
        folder, gone = os.path.split(folder)
        name = os.path.join(gone, name)
    command = ["git", "-C", folder, "cat-file", "blob", f"{revision}:./{name}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except OSError as error:
        raise GitError(f"git cannot be run: {(error.strerror or '').lower()}") from error
    if done.returncode:
        reason = done.stderr.decode(errors="replace").strip().splitlines()
        said = reason[-1].removeprefix("fatal: ") if reason else "git failed"
        raise GitError(f"`{revision}` has no `{file}`: {said}")
    return done.stdout
