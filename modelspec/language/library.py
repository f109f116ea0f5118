"""Blocks from files: which may be read, each read once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeAlias

from modelspec.diagnostics import Report
from modelspec.language.describe_values import shown
from modelspec.language.scope import Block
from modelspec.source import Document, Place, load

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic

LoadedFile: TypeAlias = "tuple[Document | None, Report]"
"""What a file of a block held when it was read, and what was found in it."""


class BlockFiles(dict[str, LoadedFile]):
    """The files of blocks by path, each read when it is first asked for."""

    def __missing__(self, file: str) -> LoadedFile:
        found = Report()
        self[file] = self.read(file, found), found
        return self[file]

    def read(self, file: str, report: Report) -> Document | None:
        """Read a file.

        Raises:
            OSError: It cannot be read.
        """
        return load(file, report)


class Library:
    """The specs that a spec uses as blocks."""

    def __init__(
        self,
        top: Document,
        include_dirs: Sequence[str],
        report: Report,
        files: BlockFiles | None = None,
    ) -> None:
        self._report = report
        self._files = files if files is not None else BlockFiles()
        folder = os.path.realpath(os.path.dirname(top.file) if top.file != "-" else ".")
        self._roots = [folder, *map(os.path.realpath, include_dirs)]
        self._blocks: dict[str, Block] = {}
        self.documents = [top]

    def hold(self, block: Block) -> None:
        """Keep the top spec, so that a file which uses it finds the same one."""
        file = block.place.document.file
        if file != "-":
            self._blocks[os.path.realpath(file)] = block

    def block(self, name: str, path: str, place: Place) -> Block:
        """The block in the file at `path`, written at `place`; a broken one where it is none."""
        here = os.path.dirname(place.document.file) if place.document.file != "-" else ""
        file = os.path.normpath(os.path.join(here, path))
        real = os.path.realpath(file)
        if not any(_inside(real, root) for root in self._roots):
            self._report.add(
                place.finding(
                    "MS104",
                    f"`{path}` is outside of the folder of the spec",
                    help="move the file there, or allow its folder with `--include-dir`",
                )
            )
            return Block(name, None, place, is_file=True)
        if real not in self._blocks:
            self._blocks[real] = self._load(name, file, place)
        return self._blocks[real]

    def _load(self, name: str, file: str, place: Place) -> Block:
        try:
            document, found = self._files[file]
        except OSError as error:
            reason = (error.strerror or "it cannot be read").lower()
            self._report.add(place.finding("MS209", f"`{file}` cannot be read: {reason}"))
            return Block(name, None, place, is_file=True)
        self._report.extend(found)
        if document is None:
            return Block(name, None, place, is_file=True)
        self.documents.append(document)
        root = Place(document)
        if not isinstance(document.data, dict):
            self._report.add(not_a_mapping(root))
            return Block(name, None, root, is_file=True)
        return Block(name, document.data, root, is_file=True)


def not_a_mapping(root: Place) -> Diagnostic:
    """The finding for a file whose data is a list or a text."""
    return root.finding(
        "MS203",
        f"a spec is a mapping, not {shown(root.document.data)}",
        help="it has `inputs`, `layers` and `outputs`",
    )


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)
