"""Files to documents."""

from __future__ import annotations

import sys

from modelspec.diagnostics import Diagnostic, Report, Span
from modelspec.source.document import Document, Override
from modelspec.source.encoding import MAX_BYTES, decode
from modelspec.source.ignores import find_ignores
from modelspec.source.lines import Lines
from modelspec.source.special_files import check_regular
from modelspec.source.tree import Node, stretch


def load(file: str, report: Report) -> Document | None:
    """Read and parse a file; `-` is the standard input.

    Returns:
        The document, or None where it cannot be read as one, which has been reported.

    Raises:
        OSError: There is no such file, it may not be read, or it is a folder, a pipe or a device.
    """
    if file == "-":
        return parse(sys.stdin.buffer.read(MAX_BYTES + 1), file, report)
    check_regular(file)
    with open(file, "rb") as stream:
        return parse(stream.read(MAX_BYTES + 1), file, report)


def parse(content: str | bytes, file: str, report: Report) -> Document | None:
    """Parse the content of a file called `file`.

    Returns:
        The document, or None where it cannot be read as one, which has been reported.
    """
    lines = decode(content, file)
    if isinstance(lines, Diagnostic):
        report.add(lines)
        return None
    composed = _compose(lines, report)
    if composed is None:
        return None
    data, node = composed
    if data is None or node is None:
        report.add(
            Diagnostic(
                "MS211",
                "the file is empty",
                Span(file),
                "a spec has `inputs`, `layers` and `outputs`",
            )
        )
        return None
    return Document(file, lines.text, data, node, lines, find_ignores(lines, node))


def parse_override(text: str, report: Report) -> Override | None:
    """Parse the argument of a `--set`, `path=value`. Its places are those of `text`.

    Returns:
        The override, or None where the value is no YAML, which has been reported.
    """
    file = f"--set {text}"
    before = text.index("=") + 1
    lines = decode(text, file)
    if not isinstance(lines, Diagnostic):
        composed = _compose(Lines(file, " " * before + lines.text[before:]), report)
        if composed is None:
            return None
        node = stretch(before, len(text)) if composed[1] is None else composed[1]
        return Override(lines, composed[0], node, stretch(0, before - 1))
    report.add(lines)
    return None


def _compose(lines: Lines, report: Report) -> tuple[object, Node | None] | None:
    from yaml import YAMLError

    from modelspec.source.composer import RefusedError, compose
    from modelspec.source.syntax import explain

    try:
        return compose(lines, report)
    except RefusedError as refused:
        report.add(refused.diagnostic)
    except YAMLError as error:
        report.add(explain(error, lines))
    return None
