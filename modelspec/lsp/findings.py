"""Findings as diagnostics of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from modelspec.diagnostics import Severity
from modelspec.lsp.text import Text
from modelspec.lsp.uris import uri_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.diagnostics import Diagnostic, Span
    from modelspec.lint import Examined
    from modelspec.lsp.open_file import OpenFile

SOURCE = "modelspec"
_LEVELS = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFO: types.DiagnosticSeverity.Information,
}
_UNUSED = frozenset({"unused-shared", "unused-ignore", "dead-layer", "unused-input"})
"""Findings of what could go: editors show it pale."""


class Located:
    """The findings of one spec as diagnostics, under the addresses of the files that they are in.

    Args:
        file: The spec that was examined.
        examined: What was found.
        page: Gives the address of a rule's page; None where there is none.
    """

    def __init__(
        self, file: OpenFile, examined: Examined, page: Callable[[str], str | None]
    ) -> None:
        self._page = page
        self._sources = examined.sources()
        self._texts = {file.path: file.text}
        self._uris = {file.path: file.uri}
        self._encoding = file.text.encoding
        self.by_uri: dict[str, list[types.Diagnostic]] = {file.uri: []}
        for found in examined.report:
            self.by_uri.setdefault(self._uri(found.span), []).append(self._diagnostic(found))

    def _diagnostic(self, found: Diagnostic) -> types.Diagnostic:
        href = self._page(found.code)
        message = found.message if not found.help else f"{found.message}\nhelp: {found.help}"
        tags = [types.DiagnosticTag.Unnecessary] if found.name in _UNUSED else None
        return types.Diagnostic(
            range=self._range(found.span),
            message=message,
            severity=_LEVELS[found.severity],
            code=found.code,
            code_description=types.CodeDescription(href) if href else None,
            source=SOURCE,
            tags=tags,
            related_information=[
                types.DiagnosticRelatedInformation(
                    types.Location(self._uri(each.span), self._range(each.span)), each.message
                )
                for each in found.related
            ],
        )

    def _uri(self, span: Span) -> str:
        return self._uris.get(span.file) or uri_of(span.file)

    def _range(self, span: Span) -> types.Range:
        text = self._texts.get(span.file)
        if text is None:
            text = Text(self._sources.text(span.file), self._encoding)
            self._texts[span.file] = text
        return text.of_span(span)
