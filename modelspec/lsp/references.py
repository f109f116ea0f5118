"""Definition, references and rename of nodes, shared layers, blocks and params."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from lsprotocol import types

from modelspec.lsp.names import occurrences
from modelspec.lsp.text import Text
from modelspec.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from modelspec.diagnostics import Span
    from modelspec.lint import Examined
    from modelspec.lsp.names import Name, Occurrence
    from modelspec.lsp.open_file import OpenFile
    from modelspec.source import Document

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SAME_NAMES = {"node": ("inputs", "layers"), "shared": ("shared",), "block": ("blocks",)}


class RenameError(Exception):
    """Why a name cannot be changed."""


class References:
    """The names of all texts that are open, and of the files that they use, as they stand.

    Args:
        files: The open texts, each examined as it is.
        examine: Examines a text: its path, its content, and the texts of all files by real path.
    """

    def __init__(
        self,
        files: Iterable[OpenFile],
        examine: Callable[[str, str, Mapping[str, str]], Examined],
    ) -> None:
        self._examine = examine
        self.files = {each.path: each for each in files}
        documents: dict[str, Document] = {}
        for file in self.files.values():
            found = file.latest
            if found is None or found.document is None:
                continue
            for each in (*(found.spec.documents if found.spec else ()), found.document):
                documents.setdefault(each.file, each)
        for path, file in self.files.items():
            if file.latest and file.latest.document:
                documents[path] = file.latest.document
        self.documents = documents
        self.texts = {
            path: self.files[path].text if path in self.files else Text(each.text)
            for path, each in documents.items()
        }
        self.found = occurrences(tuple(documents.values()))

    def at(self, file: OpenFile, position: types.Position) -> Occurrence | None:
        """The name at a position."""
        offset = file.text.offset(position)
        for each in self.found:
            if each.span.file == file.path:
                start, end = file.text.bounds(each.span)
                if start <= offset <= end:
                    return each
        return None

    def definition(self, file: OpenFile, position: types.Position) -> list[types.Location]:
        """Where the name at a position is declared; of the path of a block, that file."""
        meant = self.at(file, position)
        if meant is not None:
            return [self._location(each) for each in self._all(meant.meant) if each.defines]
        return self._block_file(file, position)

    def references(
        self, file: OpenFile, position: types.Position, *, declaration: bool
    ) -> list[types.Location]:
        """Where the name at a position stands."""
        meant = self.at(file, position)
        found = self._all(meant.meant) if meant else ()
        return [self._location(each) for each in found if declaration or not each.defines]

    def rename(
        self, file: OpenFile, position: types.Position, name: str
    ) -> types.WorkspaceEdit | None:
        """The edits that give what is at a position another name; None where no name is.

        Raises:
            RenameError: The name would not do, or something would no longer be found.
        """
        meant = self.at(file, position)
        if meant is None:
            return None
        self._check(meant.meant, name)
        spans: dict[str, set[Span]] = {}
        for each in self._all(meant.meant):
            spans.setdefault(each.span.file, set()).add(each.span)
        self._prove(spans, name)
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(
                        self._uri(path), self.files[path].version if path in self.files else None
                    ),
                    [types.TextEdit(self.texts[path].of_span(span), name) for span in sorted(held)],
                )
                for path, held in sorted(spans.items())
            ]
        )

    def _all(self, meant: Name) -> list[Occurrence]:
        return [each for each in self.found if each.meant == meant]

    def _location(self, found: Occurrence) -> types.Location:
        path = found.span.file
        return types.Location(self._uri(path), self.texts[path].of_span(found.span))

    def _uri(self, path: str) -> str:
        return self.files[path].uri if path in self.files else uri_of(path)

    def _block_file(self, file: OpenFile, position: types.Position) -> list[types.Location]:
        """The file of the block whose path is at a position."""
        document = self.documents.get(file.path)
        blocks = document.value(("blocks",)) if document else None
        offset = file.text.offset(position)
        for name, path in blocks.items() if isinstance(blocks, dict) else ():
            if document is None or not isinstance(path, str):
                continue
            start, end = file.text.bounds(document.span(("blocks", name)))
            target = os.path.normpath(os.path.join(os.path.dirname(file.path), path))
            if start <= offset <= end and os.path.isfile(target):
                begin = types.Position(0, 0)
                return [types.Location(uri_of(target), types.Range(begin, begin))]
        return []

    def _check(self, meant: Name, name: str) -> None:
        """See that a name is one, that nothing else has it, and that no data goes by the old one.

        Raises:
            RenameError: It is not so.
        """
        if not _IDENTIFIER.fullmatch(name):
            raise RenameError(f"`{name}` is no name: letters, digits and `_`, no digit first")
        document = self.documents[meant.file]
        for section in _SAME_NAMES.get(meant.kind, ("params",)):
            if name in (document.value((*meant.model, section)) or ()):
                raise RenameError(f"there is a `{name}` in `{section}` already")
        data = document.value(("data",)) if not meant.model and meant.kind == "node" else None
        if isinstance(data, dict) and meant.name not in (data.get("features") or ()):
            ends = (document.value((part,)) or () for part in ("inputs", "outputs"))
            if any(meant.name in each for each in ends):
                raise RenameError(
                    f"a column of the data is found by the name `{meant.name}`: "
                    f"write it under `data.features` first, `{meant.name}: {meant.name}`"
                )

    def _prove(self, spans: dict[str, set[Span]], name: str) -> None:
        """Examine the texts as they will be.

        Raises:
            RenameError: There would be an error that is not there.
        """
        edited = {
            os.path.realpath(path): _replaced(self.texts[path], held, name)
            for path, held in spans.items()
        }
        now = {os.path.realpath(path): text.content for path, text in self.texts.items()}
        for path, file in self.files.items():
            if file.latest is None:
                continue
            after = {**now, **edited}
            found = self._examine(path, after[os.path.realpath(path)], after)
            if len(found.report.errors) > len(file.latest.report.errors):
                old = {each.message for each in file.latest.report.errors}
                new = [each for each in found.report.errors if each.message not in old]
                error = (new or found.report.errors)[0]
                raise RenameError(f"it would be an error, {error.code}: {error.message}")


def _replaced(text: Text, spans: set[Span], name: str) -> str:
    content = text.content
    for span in sorted(spans, reverse=True):
        start, end = text.bounds(span)
        content = content[:start] + name + content[end:]
    return content
