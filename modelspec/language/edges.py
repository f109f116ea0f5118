"""Edges: `a, b -> c.port -> d`, token by token with its span."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from modelspec.diagnostics import Diagnostic, Fix, Report, Span
from modelspec.diagnostics.patterns import pattern
from modelspec.language.model import Endpoint
from modelspec.source.syntax import bracketed

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.source import Place

_ENDPOINT = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?:\.([A-Za-z_][A-Za-z0-9_]*))?\Z")
_SEPARATOR = re.compile(r"->|,")
_LONE_SIGN = pattern(r"\s[->]\s")
_OTHER_ARROW = pattern(r"-{2,}>|=+>|→|⟶|>>|-\s+>")


class Token(NamedTuple):
    """An endpoint, and where it stands in its edge."""

    endpoint: Endpoint
    start: int
    end: int


Group: TypeAlias = list[Token]


class EdgeError(Exception):
    """What is wrong with an edge, from `start` to `end` in its text."""

    def __init__(self, message: str, start: int, end: int, help: str = "") -> None:
        self.message = message
        self.start = start
        self.end = end
        self.help = help
        super().__init__(message)


def read_endpoint(text: str) -> Endpoint | None:
    """`node` or `node.port`; None where a text is neither."""
    match = _ENDPOINT.match(text)
    return Endpoint(match[1], match[2] or "") if match else None


def parse(text: str) -> list[Group]:
    """The groups of a chain.

    Raises:
        EdgeError: The text is no chain.
    """
    parts = text.split("->")
    if len(parts) == 1:
        raise EdgeError(f"`{text}` is no edge: it has no `->`", 0, len(text), _arrow_help(text))
    groups: list[Group] = []
    start = 0
    for part in parts:
        if "," in part:
            groups.append(_group(part, start, text))
        else:
            groups.append([_token(part, start, text)])
        start += len(part) + 2
    return groups


def _group(part: str, start: int, whole: str) -> Group:
    tokens: Group = []
    for item in part.split(","):
        tokens.append(_token(item, start, whole))
        start += len(item) + 1
    return tokens


def _token(part: str, start: int, whole: str) -> Token:
    text = part.strip()
    if not text:
        raise _missing_endpoint(start, whole)
    start += len(part) - len(part.lstrip())
    match = _ENDPOINT.match(text)
    if match is None:
        raise _bad_endpoint(text, start)
    return Token(Endpoint(match[1], match[2] or ""), start, start + len(text))


def _missing_endpoint(start: int, whole: str) -> EdgeError:
    """Points at the separator before the gap, or at the one behind a gap at the start."""
    separator = _SEPARATOR.search(whole, max(start - 2, 0) if start else 0)
    assert separator is not None
    return EdgeError("a node's name is missing", *separator.span(), "write `a -> b`")


def _bad_endpoint(text: str, start: int) -> EdgeError:
    help = _arrow_help(text) or "a node is `name` or `name.port`; groups are separated by `,`"
    return EdgeError(f"`{text}` is no node of an edge", start, start + len(text), help)


def _arrow_help(text: str) -> str:
    if text.endswith("-"):
        return "write `->`, not `-->`"
    arrow = _OTHER_ARROW.search(text) or _LONE_SIGN.search(text)
    return f"write `->`, not `{arrow[0].strip()}`" if arrow else ""


def problem(text: str, error: EdgeError, place: Place) -> Diagnostic:
    """The finding for a text that is no chain."""
    if "[" in text and "]" in text:
        return bracketed(text, place.within(0, len(text)), place.text)
    span = place.within(error.start, error.end)
    return place.finding("MS308", error.message, span=span, help=error.help)


def ambiguous(groups: list[Group], place: Place) -> Diagnostic | None:
    """The finding for two groups of several nodes side by side, if there are any."""
    for left, right in itertools.pairwise(groups):
        if len(left) > 1 and len(right) > 1:
            names = [", ".join(str(token.endpoint) for token in group) for group in (left, right)]
            return place.finding(
                "MS408",
                f"`{names[0]} -> {names[1]}` does not say which node leads where",
                span=place.within(left[0].start, right[-1].end),
                help="write an edge for each of them",
            )
    return None


def span_maker(place: Place) -> Callable[[int, int], Span]:
    """What gives the span of a part of an edge: cheap where it is written on one line."""
    written = place.document.written(place.path)
    return place.within if written is None else written.span


def split_edges(items: list[object], place: Place, report: Report) -> set[int]:
    """Report edges of a flow list that were cut at their commas (MS106).

    Returns:
        The indices of the items that are pieces of such an edge.
    """
    texts = [item if isinstance(item, str) else "" for item in items]
    loose = [i for i, text in enumerate(texts) if text and "->" not in text]
    if not loose or not any("->" in text for text in texts):
        return set()
    if not place.document.is_flow(place.path):
        return set()
    pieces: set[int] = set()
    for first, last in _runs(texts, loose):
        pieces.update(range(first, last + 1))
        report.add(_split(texts[first : last + 1], first, last, place))
    return pieces


def _runs(texts: list[str], loose: list[int]) -> list[tuple[int, int]]:
    """The first and last item of each cut edge.

    Loose pieces belong to the arrow before them or, where there is none, to the one behind.
    """
    runs: list[tuple[int, int]] = []
    for index in loose:
        if runs and index <= runs[-1][1]:
            continue
        first = index if index == 0 else index - 1
        last = index
        while last + 1 < len(texts) and "->" not in texts[last + 1]:
            last += 1
        if index == 0:
            last = min(last + 1, len(texts) - 1)
            while last + 1 < len(texts) and "->" not in texts[last + 1]:
                last += 1
        runs.append((first, last))
    return runs


def _split(texts: list[str], first: int, last: int, place: Place) -> Diagnostic:
    begin, end = place.at(first).span, place.at(last).span
    span = Span(begin.file, begin.line, begin.column, end.end_line, end.end_column)
    whole = f'"{", ".join(texts)}"'
    return place.finding(
        "MS106",
        f"this edge was cut at its comma: the list holds {', '.join(f'`{t}`' for t in texts)}",
        span=span,
        help=f"quote it: `{whole}`, or write the edges as a list of lines",
        fix=Fix(span, whole, "quote the edge"),
    )
