"""A parsed file: plain data, and the place of every key and value in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.diagnostics import Span
from modelspec.source.offsets import offsets
from modelspec.source.tree import Branch, Node, Stretch, bounds, child

if TYPE_CHECKING:
    from modelspec.source.lines import Lines
    from modelspec.source.tree import Path


class Ignore(NamedTuple):
    """One code of a `# modelspec: ignore[MS601]` comment."""

    code: str
    span: Span


class _Found(NamedTuple):
    """The value at a path, or the nearest around it."""

    lines: Lines
    node: Node
    key: Stretch | None
    complete: bool


class Override(NamedTuple):
    """A `--set path=value`: the value, and its places in a file of that name."""

    lines: Lines
    data: Any
    node: Node
    key: Stretch


class Written(NamedTuple):
    """A scalar of one line, written as it reads: its text begins at `line:column` of `file`."""

    file: str
    line: int
    column: int

    def span(self, start: int, end: int) -> Span:
        """The span of `text[start:end]`."""
        return Span(self.file, self.line, self.column + start, self.line, self.column + end)


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """A parsed file.

    Attributes:
        file: Its name, as the user gave it; `-` is the standard input.
        text: What it holds, without a byte order mark.
        data: Plain dicts, lists and scalars, as YAML 1.2 reads them; keys are text, as written.
        ignores: The codes that comments silence, by line.
        overridden: What `--set` put in place of values of the file, by path.
    """

    file: str
    text: str = field(repr=False)
    data: Any = field(repr=False)
    root: Node = field(repr=False)
    lines: Lines = field(repr=False)
    ignores: dict[int, tuple[Ignore, ...]] = field(default_factory=dict, repr=False)
    overridden: dict[Path, Override] = field(default_factory=dict, repr=False)

    def span(self, path: Path) -> Span:
        """What to underline for a value; of a path that is not there, what is nearest to it."""
        found = self._find(path)
        if found.complete:
            span = found.lines.of(found.node)
            if found.key is None or (span.line, span.column) != (span.end_line, span.end_column):
                return span
        return _key_span(found)

    def key_span(self, path: Path) -> Span:
        """The span of the key that holds a value; of a list's item, the item's."""
        return _key_span(self._find(path))

    def scalar_span(self, path: Path, start: int, end: int) -> Span:
        """The span of `text[start:end]` of a scalar's text."""
        found = self._find(path)
        if not found.complete or isinstance(found.node, Branch):
            return self.span(path)
        source = found.lines.text
        begin, stop = bounds(found.lines.content(found.node))
        value = self.value(path)
        text = value if isinstance(value, str) else source[begin:stop]
        where = offsets(source, begin, stop, text)
        return found.lines.between(where[min(start, len(text))], where[min(end, len(text))])

    def written(self, path: Path) -> Written | None:
        """Where a scalar's text stands, if it is written as it reads, on one line.

        It is what makes the spans of ten thousand edges cheap.
        """
        found = self._find(path)
        if not found.complete or isinstance(found.node, Branch):
            return None
        begin, stop = bounds(found.node)
        if found.lines.text[begin:stop] != self.value(path):
            return None
        return Written(found.lines.file, *found.lines.position(begin))

    def is_flow(self, path: Path) -> bool:
        """Whether a value is written in brackets or braces."""
        found = self._find(path)
        if not found.complete or isinstance(found.node, int):
            return False
        begin, _ = bounds(found.lines.content(found.node.where))
        return found.lines.text[begin] in "[{"

    def source_text(self, path: Path) -> str:
        """A scalar as it is written, quotes and all; empty for what is not a scalar."""
        found = self._find(path)
        if not found.complete or isinstance(found.node, Branch):
            return ""
        begin, stop = bounds(found.lines.content(found.node))
        return found.lines.text[begin:stop]

    def value(self, path: Path) -> Any:
        """The data at a path; None where there is none."""
        data = self.data
        for key in path:
            try:
                data = data[key]
            except (KeyError, IndexError, TypeError):
                return None
        return data

    def with_override(self, path: Path, override: Override) -> Document:
        """The document with one value replaced; mappings on the way to it are made if missing.

        Raises:
            KeyError: The path leads through something that is neither a mapping nor a list,
                or beyond the end of a list. The first argument is how much of the path is there.
        """
        kept = {old: place for old, place in self.overridden.items() if old[: len(path)] != path}
        data = replaced(self.data, path, override.data)
        return replace(self, data=data, overridden=kept | {path: override})

    def _find(self, path: Path) -> _Found:
        found, rest = self._start(path)
        for key in rest:
            inner = child(found.node, key)
            if inner is None or not isinstance(found.node, Branch):
                return self._made_for_an_override(path) or found._replace(complete=False)
            keys = found.node.keys
            found = _Found(found.lines, inner, None if keys is None else keys[str(key)], True)
        return found

    def _start(self, path: Path) -> tuple[_Found, Path]:
        if self.overridden:
            for length in range(len(path), 0, -1):
                override = self.overridden.get(path[:length])
                if override is not None:
                    return _whole(override), path[length:]
        return _Found(self.lines, self.root, None, True), path

    def _made_for_an_override(self, path: Path) -> _Found | None:
        for overridden, override in self.overridden.items():
            if overridden[: len(path)] == path:
                return _whole(override)._replace(complete=False)
        return None


def _whole(override: Override) -> _Found:
    return _Found(override.lines, override.node, override.key, True)


def replaced(data: Any, path: Path, value: Any, depth: int = 0) -> Any:
    """A copy of `data` with another value at `path`, sharing what lies beside the path."""
    if depth == len(path):
        return value
    key = path[depth]
    if data is None:
        data = {}
    if isinstance(data, dict):
        return data | {key: replaced(data.get(key), path, value, depth + 1)}
    if isinstance(data, list) and isinstance(key, int) and 0 <= key < len(data):
        changed = list(data)
        changed[key] = replaced(data[key], path, value, depth + 1)
        return changed
    raise KeyError(depth)


def _key_span(found: _Found) -> Span:
    if found.key is None:
        return found.lines.of(found.node)
    return found.lines.span(found.lines.content(found.key))
