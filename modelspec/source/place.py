"""A place in a spec: a document and the way down to one of its values."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Fix, Related, Span

if TYPE_CHECKING:
    from modelspec.source.document import Document
    from modelspec.source.tree import Path


class Place(NamedTuple):
    """Where something was written. Costs nothing until its span is asked for."""

    document: Document
    path: Path = ()

    def at(self, *keys: str | int) -> Place:
        """The place of a value inside this one."""
        return Place(self.document, self.path + keys)

    @property
    def span(self) -> Span:
        """The value's span; of a mapping or a list, its first token's."""
        return self.document.span(self.path)

    @property
    def key_span(self) -> Span:
        """The span of the key that holds the value; the value's own for a list's items."""
        return self.document.key_span(self.path)

    def within(self, start: int, end: int) -> Span:
        """The span of `text[start:end]` of a scalar's text."""
        return self.document.scalar_span(self.path, start, end)

    @property
    def text(self) -> str:
        """The dotted path, `layers.fc1.units`."""
        return ".".join(map(str, self.path))

    def finding(
        self,
        code: str,
        message: str,
        *,
        help: str = "",
        key: bool = False,
        span: Span | None = None,
        caption: str = "",
        related: tuple[Related, ...] = (),
        fix: Fix | None = None,
    ) -> Diagnostic:
        """A finding at this place: at its value, at its key (`key=True`), or at `span`."""
        where = span or (self.key_span if key else self.span)
        return Diagnostic(code, message, where, help, self.text, caption, related, fix)
