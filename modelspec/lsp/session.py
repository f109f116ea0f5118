"""The open texts, and when they are examined."""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from modelspec.language.library import BlockFiles
from modelspec.lint import examine
from modelspec.lsp.findings import Located
from modelspec.lsp.open_file import OpenFile
from modelspec.lsp.text import Text
from modelspec.lsp.uris import path_of
from modelspec.source import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lsprotocol import types

    from modelspec.diagnostics import Report
    from modelspec.lint import Examined
    from modelspec.source import Document

DELAY = 0.1
"""Seconds without a key stroke after which a text is examined."""


class EditedFiles(BlockFiles):
    """The files of blocks, as they stand in the editor where they are open there."""

    def __init__(self, edited: Mapping[str, str]) -> None:
        super().__init__()
        self._edited = edited

    def read(self, file: str, report: Report) -> Document | None:
        """Read a file.

        Raises:
            OSError: It is not open, and cannot be read.
        """
        text = self._edited.get(os.path.realpath(file))
        return super().read(file, report) if text is None else parse(text, file, report)


class Session:
    """What one editor has open. All methods are called on the event loop.

    Args:
        publish: Tells the editor of a file's findings: its address, the version, the findings.
        refresh: Tells it that hints have changed.
        failed: Is told of what is a bug of modelspec's; the next text is examined all the same.
        page: Gives the address of a rule's page.
        include_dirs: Folders that blocks may be read from, beside a spec's own.
        plugins: Plugins whose layers may be used.
    """

    def __init__(
        self,
        publish: Callable[[str, int | None, list[types.Diagnostic]], None],
        refresh: Callable[[], None],
        failed: Callable[[BaseException], None],
        page: Callable[[str], str | None],
        include_dirs: Sequence[str] = (),
        plugins: Sequence[str] = (),
    ) -> None:
        self.files: dict[str, OpenFile] = {}
        self.encoding = "utf-16"
        self._publish = publish
        self._refresh = refresh
        self._failed = failed
        self._page = page
        self._include_dirs = include_dirs
        self._plugins = plugins
        self._found: dict[str, dict[str, list[types.Diagnostic]]] = {}
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "examine")

    def open(self, uri: str, version: int, content: str) -> None:
        """Take a text that was opened, and examine it at once."""
        text = Text(content, self.encoding)
        self.files[uri] = OpenFile(uri, path_of(uri), version, text)
        self._examine_after(uri, 0)
        self._examine_users(uri)

    def change(
        self, uri: str, version: int, changes: list[types.TextDocumentContentChangeEvent]
    ) -> None:
        """Take what was typed; what an older version was to be examined for is dropped."""
        self.files[uri].change(version, changes)
        self._examine_after(uri, DELAY)
        self._examine_users(uri)

    def close(self, uri: str) -> None:
        """Forget a text: its findings go, and specs that use its file read that from the disk."""
        if timer := self._timers.pop(uri, None):
            timer.cancel()
        self._examine_users(uri)
        del self.files[uri]
        self._show(uri, {})

    def examine_all(self) -> None:
        """Examine all texts again: a file beside them has changed."""
        for uri in self.files:
            self._examine_after(uri, DELAY)

    async def up_to_date(self, uri: str) -> OpenFile | None:
        """The file, its very text examined; None of no spec, or where one typed meanwhile."""
        file = self.files.get(uri)
        if file is None or not file.is_spec:
            return None
        if file.examined != file.version:
            if timer := self._timers.pop(uri, None):
                timer.cancel()
            await self._examine(uri)
        return file if file.examined == file.version else None

    def _examine_after(self, uri: str, seconds: float) -> None:
        if timer := self._timers.get(uri):
            timer.cancel()
        if self.files[uri].is_spec:
            loop = asyncio.get_running_loop()
            self._timers[uri] = loop.call_later(seconds, self._start, uri)

    def _examine_users(self, uri: str) -> None:
        """Examine the open specs that use a file as a block."""
        path = os.path.realpath(self.files[uri].path)
        for other, file in self.files.items():
            spec = file.good.spec if file.good else None
            used = spec.documents if spec else ()
            if other != uri and any(os.path.realpath(each.file) == path for each in used):
                self._examine_after(other, DELAY)

    def _start(self, uri: str) -> None:
        self._timers.pop(uri, None)
        task = asyncio.get_running_loop().create_task(self._examine(uri))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._failed(error)

    async def _examine(self, uri: str) -> None:
        """Examine a text in the one thread that does; drop what is of an older version."""
        async with self._turn:
            file = self.files.get(uri)
            if file is None or uri in self._timers:
                return
            version, text = file.version, file.text
            edited = {os.path.realpath(e.path): e.text.content for e in self.files.values()}
            loop = asyncio.get_running_loop()
            examined = await loop.run_in_executor(
                self._thread, self.examined, file.path, text.content, edited
            )
            if self.files.get(uri) is not file or file.version != version:
                return
            file.take(examined)
            self._show(uri, Located(file, examined, self._page).by_uri)
        self._refresh()

    def examined(self, path: str, content: str, edited: Mapping[str, str]) -> Examined:
        """What is found in a text, as this editor's options have it.

        Args:
            path: Its file.
            content: The text.
            edited: The texts of all open files, by their real paths.
        """
        return examine(
            path,
            text=content,
            include_dirs=self._include_dirs,
            plugins=self._plugins,
            files=EditedFiles(edited),
        )

    def _show(self, uri: str, found: dict[str, list[types.Diagnostic]]) -> None:
        """Tell of what one spec has, and of what it had; findings in a block may be of several."""
        touched = {*self._found.pop(uri, {}), *found}
        if found:
            self._found[uri] = found
        for address in sorted(touched):
            merged: list[types.Diagnostic] = []
            for each in self._found.values():
                merged += [one for one in each.get(address, ()) if one not in merged]
            file = self.files.get(address)
            self._publish(address, file.version if file else None, merged)
