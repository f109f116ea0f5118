"""The pages of rules as files, which editors open when a finding's code is clicked."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class RulePages:
    """Pages in a folder of their own, each written when a finding first needs it.

    Args:
        explain: Gives the pages on a topic, as Markdown.
    """

    def __init__(self, explain: Callable[[str], Sequence[str]]) -> None:
        self._explain = explain
        self._folder = tempfile.TemporaryDirectory(prefix="modelspec-rules-")
        self._written: dict[str, str | None] = {}

    def uri(self, code: str) -> str | None:
        """The address of a rule's page."""
        if code not in self._written:
            file = Path(self._folder.name) / f"{code}.md"
            file.write_text("\n".join(self._explain(code)), encoding="utf-8")
            self._written[code] = uri_of(str(file))
        return self._written[code]

    def close(self) -> None:
        """Remove them."""
        self._folder.cleanup()
