"""Parser events to plain data and the tree of its places, in one pass without recursion.

PyYAML's own composer recurses for every level of nesting, and reads scalars by YAML 1.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

from modelspec.diagnostics import Diagnostic, Related, Report, did_you_mean
from modelspec.diagnostics.patterns import pattern
from modelspec.source.scalars import SUSPECT_START, other_reading, resolve
from modelspec.source.tree import Branch, Node, Stretch, bounds, stretch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelspec.source.lines import Lines

MAX_DEPTH = 100
"""Levels of nesting, aliases expanded."""
MAX_ALIASED = 1_000_000
"""Values that aliases stand for, all together."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_CORE = "tag:yaml.org,2002:"
_TAGS = {
    "mapping": (f"{_CORE}map",),
    "list": (f"{_CORE}seq",),
    "scalar": tuple(_CORE + name for name in ("str", "int", "float", "bool", "null")),
}
_TAG = pattern(r"!(?:<[^>]*>|[^\s,\[\]{}]*)")
_NO_KEY: Any = object()
_DROPPED: Any = object()
_MERGE: Any = object()


class RefusedError(Exception):
    """The text cannot be read any further."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic.message)


class Composed(NamedTuple):
    """A document's data, and where it stands; `node` is None of an empty one."""

    data: Any
    node: Node | None


class _Anchored(NamedTuple):
    data: Any
    node: Node
    size: int
    height: int


class _Frame:
    """A collection that is still open."""

    __slots__ = ("anchor", "before", "branch", "data", "height", "key", "merged", "start")

    def __init__(self, event: NodeEvent, *, mapping: bool, before: int) -> None:
        self.branch = Branch({} if mapping else None)
        self.data: Any = {} if mapping else []
        self.key: Any = _NO_KEY
        self.anchor: str | None = event.anchor
        self.start = _where(event) >> 32
        self.before = before
        self.height = 0
        self.merged: list[tuple[Any, Node]] = []


def compose(lines: Lines, report: Report) -> Composed:
    """The one document of a text.

    Raises:
        RefusedError: It is no YAML, or over a bound.
        yaml.YAMLError: The parser's own complaint.
    """
    return _Composer(lines, report).run()


def _where(event: Event) -> Stretch:
    """An event's stretch. The parsers give every event its marks."""
    return event.start_mark.index << 32 | event.end_mark.index  # type: ignore[union-attr]


def _children(branch: Branch) -> Iterable[Node]:
    children = branch.children
    return children.values() if isinstance(children, dict) else children


class _Composer:
    def __init__(self, lines: Lines, report: Report) -> None:
        self.lines = lines
        self.report = report
        self.frames: list[_Frame] = []
        self.anchors: dict[str, _Anchored | None] = {}
        self.root: Composed | None = None
        self.values = 0
        self.aliased = 0

    def run(self) -> Composed:
        events: Iterator[Event] = yaml.parse(self.lines.text, Loader=_LOADER)
        for event in events:
            if isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, CollectionEndEvent):
                self._close(event)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                self._open(event)
            elif isinstance(event, AliasEvent):
                self._alias(event)
            elif isinstance(event, DocumentStartEvent) and self.root is not None:
                raise self._refusal(
                    "MS101",
                    "a second document begins here, and a spec is one",
                    event,
                    help="remove the `---`, or put what follows into a file of its own",
                )
        return self.root or Composed(None, None)

    def _scalar(self, event: ScalarEvent) -> None:
        self.values += 1
        text = event.value
        value: Any = text
        node = _where(event)
        plain = event.implicit[0]
        if event.tag is not None:
            self._check_tag(event, "scalar")
            plain = not event.style and event.tag not in ("!", f"{_CORE}str")
        if plain and text[:1] in SUSPECT_START:
            value = resolve(text)
            if not event.tag and other_reading(text) is not None:
                self._warn_of_other_readers(event, text, value)
        if event.anchor is not None:
            self.anchors[event.anchor] = _Anchored(value, node, 1, 0)
        self._attach(value, node, text if plain else None)

    def _open(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        mapping = isinstance(event, MappingStartEvent)
        self._check_tag(event, "mapping" if mapping else "list")
        if len(self.frames) >= MAX_DEPTH:
            raise self._too_deep(event)
        self.values += 1
        frame = _Frame(event, mapping=mapping, before=self.values - 1)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = None
        self.frames.append(frame)

    def _close(self, event: CollectionEndEvent) -> None:
        frame = self.frames.pop()
        frame.branch.where = stretch(frame.start, bounds(_where(event))[1])
        for data, node in frame.merged:
            self._merge(frame, data, node)
        if frame.anchor is not None:
            self.anchors[frame.anchor] = _Anchored(
                frame.data, frame.branch, self.values - frame.before, frame.height + 1
            )
        self._attach(frame.data, frame.branch, None, frame.height + 1)

    def _alias(self, event: AliasEvent) -> None:
        name = str(event.anchor)
        if name not in self.anchors:
            near = did_you_mean(name, self.anchors)
            raise self._refusal(
                "MS101",
                f"`*{name}` stands for an anchor `&{name}` that is nowhere before it",
                event,
                help=f"did you mean `*{near}`?" if near else "",
            )
        anchored = self.anchors[name]
        if anchored is None:
            raise self._refusal("MS104", f"`*{name}` stands inside of what it stands for", event)
        self.aliased += anchored.size
        self.values += anchored.size
        if self.aliased > MAX_ALIASED:
            raise self._refusal(
                "MS104",
                f"the aliases of this file stand for over {MAX_ALIASED:,} values",
                event,
                help="write the values out, or make the repeated part a block",
            )
        if len(self.frames) + anchored.height > MAX_DEPTH:
            raise self._too_deep(event)
        self._attach(anchored.data, anchored.node, None, anchored.height)

    def _attach(self, value: Any, node: Node, plain: str | None, height: int = 0) -> None:
        """Put a finished value where it belongs. `plain` is a plain scalar's text."""
        if not self.frames:
            self.root = Composed(value, node)
            return
        frame = self.frames[-1]
        if height > frame.height:
            frame.height = height
        if frame.branch.keys is None:
            frame.data.append(value)
            frame.branch.children.append(node)  # type: ignore[union-attr]
        elif frame.key is _NO_KEY:
            frame.key = self._key(frame, value, node, plain)
        else:
            if frame.key is _MERGE:
                frame.merged.append((value, node))
            elif frame.key is not _DROPPED:
                frame.data[frame.key] = value
                frame.branch.children[frame.key] = node
            frame.key = _NO_KEY

    def _key(self, frame: _Frame, value: Any, node: Node, plain: str | None) -> Any:
        keys = frame.branch.keys
        assert keys is not None
        if isinstance(node, Branch):
            kind = "list" if node.keys is None else "mapping"
            self._find("MS203", f"a key is text, not a {kind}", node)
            return _DROPPED
        if plain == "<<":
            return _MERGE
        if not isinstance(value, str):
            value = plain if plain is not None else str(value)
        if value in keys:
            span = self.lines.span(keys[value])
            self._find(
                "MS102",
                f"`{value}` is already defined at {span.line}:{span.column}",
                node,
                help="give one of the two another name, or remove it",
                related=(Related(span, "first defined here"),),
            )
            return _DROPPED
        keys[value] = node
        return value

    def _merge(self, frame: _Frame, data: Any, node: Node) -> None:
        """YAML 1.1's `<<: *defaults`: the entries that the mapping does not have itself."""
        if isinstance(data, list) and isinstance(node, Branch):
            pairs = list(zip(data, _children(node), strict=True))
        else:
            pairs = [(data, node)]
        for source, branch in pairs:
            if not isinstance(source, dict) or not isinstance(branch, Branch):
                self._find("MS203", "`<<` takes a mapping, or a list of them", branch)
                continue
            assert branch.keys is not None
            assert frame.branch.keys is not None
            for key in source.keys() - frame.data.keys():
                frame.branch.keys[key] = branch.keys[key]
            for key, value in source.items():
                frame.data.setdefault(key, value)
                frame.branch.children.setdefault(key, branch.children[key])  # type: ignore[union-attr]

    def _check_tag(self, event: NodeEvent, kind: str) -> None:
        tag = event.tag  # type: ignore[attr-defined]
        if tag is None or tag == "!" or tag in _TAGS[kind]:
            return
        shown = tag.replace(_CORE, "!!") if tag.startswith(_CORE) else tag
        start, _ = bounds(_where(event))
        written = _TAG.search(self.lines.text, start)
        span = self.lines.between(*(written.span() if written else (start, start + 1)))
        help = "remove the tag; a spec holds plain text, numbers, lists and mappings"
        message = f"tag `{shown}` is not allowed"
        self.report.add(Diagnostic("MS104", message, span, help, self._path()))

    def _warn_of_other_readers(self, event: ScalarEvent, text: str, value: Any) -> None:
        other = other_reading(text)
        kind = "text" if isinstance(value, str) else f"the number {value}"
        others = other if other in ("text", "a date") else f"`{other}`"
        self._find(
            "MS105",
            f"`{text}` is {kind} here and {others} to readers of YAML 1.1",
            _where(event),
            help=f'quote it: `"{text}"`' if kind == "text" else f"write `{value}`",
        )

    def _too_deep(self, event: NodeEvent) -> RefusedError:
        return self._refusal(
            "MS104",
            f"values are nested over {MAX_DEPTH} levels deep",
            event,
            help="give the inner part a name of its own under `blocks`",
        )

    def _refusal(self, code: str, message: str, event: Event, *, help: str = "") -> RefusedError:
        span = self.lines.span(_where(event))
        return RefusedError(Diagnostic(code, message, span, help, self._path()))

    def _find(
        self,
        code: str,
        message: str,
        node: Node,
        *,
        help: str = "",
        related: tuple[Related, ...] = (),
    ) -> None:
        span = self.lines.of(node)
        self.report.add(Diagnostic(code, message, span, help, self._path(), related=related))

    def _path(self) -> str:
        parts: list[str] = []
        for frame in self.frames:
            if frame.branch.keys is None:
                parts.append(str(len(frame.data)))
            elif isinstance(frame.key, str):
                parts.append(str(frame.key))
        return ".".join(parts)
