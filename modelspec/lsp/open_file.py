"""A text that is open in the editor, and what is known of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.lsp.hints import hints_of

if TYPE_CHECKING:
    from lsprotocol import types

    from modelspec.lint import Examined
    from modelspec.lsp.hints import Hint
    from modelspec.lsp.text import Text

_SIGN = re.compile(
    r"^\ufeff?[\"']?layers[\"']?\s*:|^# yaml-language-server: \$schema=\S*modelspec", re.MULTILINE
)


@dataclass(eq=False)
class OpenFile:
    """An open text.

    Attributes:
        uri: What the editor calls it.
        path: The file that it is of.
        version: Counted by the editor.
        is_spec: Whether it has looked like a spec since it was opened.
        latest: What was found in the last text that was examined, which may be an older one.
        examined: The version of that.
        good: The same of the last text that had a graph.
        hints: What stands behind the entries of the last good text, at its place in this one.
    """

    uri: str
    path: str
    version: int
    text: Text
    is_spec: bool = False
    latest: Examined | None = None
    examined: int | None = None
    good: Examined | None = None
    hints: list[Hint] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._look()

    def change(self, version: int, changes: list[types.TextDocumentContentChangeEvent]) -> None:
        """Take over what was typed; hints move with their lines."""
        for change in changes:
            self.text, edit = self.text.changed(change)
            self.hints = [moved for each in self.hints if (moved := each.moved(edit))]
        self.version = version
        self._look()

    def take(self, examined: Examined) -> None:
        """Keep what was found in this very text."""
        self.latest, self.examined = examined, self.version
        if examined.graph is not None:
            self.good = examined
            self.hints = self._with_old(list(hints_of(examined, self.text)), examined)

    def _with_old(self, hints: list[Hint], examined: Examined) -> list[Hint]:
        """The hints, and the last ones of entries whose shape an error hides."""
        if examined.document is None or not examined.report.failed:
            return hints
        known = {each.path for each in hints}
        value = examined.document.value
        old = (e for e in self.hints if e.path not in known and value(e.path) is not None)
        return [*hints, *old]

    def _look(self) -> None:
        self.is_spec = self.is_spec or _SIGN.search(self.text.content) is not None
