"""Texts with marks around the place that a finding must be at: `units: «"64"»`."""

from modelspec.diagnostics import Span


def unmark(text: str, file: str = "spec.yaml") -> tuple[str, list[Span]]:
    """The text without its marks, and the span of each marked part, in order."""
    spans: list[Span] = []
    plain = ""
    for index, part in enumerate(text.split("«")):
        if index == 0:
            plain += part
            continue
        inner, _, rest = part.partition("»")
        start, end = position(plain), position(plain + inner)
        spans.append(Span(file, *start, *end))
        plain += inner + rest
    return plain, spans


def position(before: str) -> tuple[int, int]:
    """The line and column behind a text."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def cut(text: str, span: Span) -> str:
    """What stands at a span."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)
