"""The lines of a file around a span, with carets under it."""

from collections.abc import Iterator

from modelspec.diagnostics.diagnostic import Span
from modelspec.diagnostics.render.style import Style, cells, width
from modelspec.diagnostics.sources import Sources

GUTTER = 5
SHOWN_LINES = 4
"""A span over more lines is shown by its first two and its last."""


def frame(
    span: Span, caption: str, sources: Sources, style: Style, *, mark: str = "^", ink: str = "red"
) -> Iterator[str]:
    """The lines of a frame: each line of the span with marks under it, then the caption.

    Yields nothing where the file's text is not at hand.
    """
    numbers = range(span.line, max(span.end_line, span.line) + 1)
    if len(numbers) > 1 and span.end_column <= 1:
        numbers = numbers[:-1]
    shown = list(numbers) if len(numbers) <= SHOWN_LINES else [*numbers[:2], numbers[-1]]
    for number in shown:
        line = sources.line(span.file, number)
        if line is None:
            continue
        if len(shown) < len(numbers) and number == shown[-1]:
            yield style.paint(f"{'...':>{GUTTER}} |", "blue")
        start = span.column - 1 if number == span.line else len(line) - len(line.lstrip())
        end = span.end_column - 1 if number == span.end_line else len(line)
        code, marks = _cut(line, start, end, style.width - GUTTER - 3, mark)
        yield (style.paint(f"{number:>{GUTTER}} |", "blue") + f" {code}").rstrip()
        last = number == shown[-1]
        yield _under(marks, caption if last else "", style, ink)


def row_below(span: Span, caption: str, above: Span, sources: Sources, style: Style) -> str | None:
    """The row that marks a second place in the line that the frame of `above` shows.

    None where it stands in another line, or where that line is too long to be shown whole.
    """
    line = sources.line(span.file, span.line)
    alone = span.line == span.end_line == above.line == above.end_line
    if line is None or not alone or span.file != above.file:
        return None
    room = style.width - GUTTER - 3
    if len(line) > room or width("".join(cells(line))) > room:
        return None
    _, marks = _cut(line, span.column - 1, span.end_column - 1, room, "-")
    return _under(marks, caption, style, "cyan")


def _under(marks: str, caption: str, style: Style, ink: str) -> str:
    indent = marks[: len(marks) - len(marks.lstrip())]
    said = style.paint(f"{marks.lstrip()} {caption}".rstrip(), ink)
    return style.paint(f"{'':{GUTTER}} |", "blue") + f" {indent}{said}"


def _cut(line: str, start: int, end: int, room: int, mark: str) -> tuple[str, str]:
    """What is shown of a line, and the row of marks below it; a long line is cut around them."""
    room = max(room, 20)
    start = min(max(start, 0), len(line))
    before = max(0, start - room) if len(line) > 4 * room else 0
    near = line[before : before + 4 * room]
    shown = cells(near)
    start -= before
    end = max(min(end - before, len(shown)), start)
    first, last = _window(shown, start, end, room)
    head = "…" if before or first else ""
    tail = "…" if before + len(near) < len(line) or last < len(shown) else ""
    code = head + "".join(shown[first:last]) + tail
    indent = width(head + "".join(shown[first:start]))
    length = width("".join(shown[start : min(end, last)]))
    return code, " " * indent + mark * max(length, 1)


def _window(shown: list[str], start: int, end: int, room: int) -> tuple[int, int]:
    """The stretch of a line that fits into `room` columns and holds the start of the span."""
    if width("".join(shown)) <= room:
        return 0, len(shown)
    room -= 2
    lead = max(room - width("".join(shown[start:end])), room // 3) // 2
    first = start
    while first > 0 and width("".join(shown[first - 1 : start])) <= lead:
        first -= 1
    last, used = first, 0
    while last < len(shown) and used + width(shown[last]) <= room:
        used += width(shown[last])
        last += 1
    return first, last
