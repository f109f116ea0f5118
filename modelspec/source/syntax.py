"""The parser's complaints in a person's words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Fix, Related, Span
from modelspec.diagnostics.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml import YAMLError
    from yaml.error import Mark

    from modelspec.source.lines import Lines

_PROBLEMS = {
    "did not find expected node content": (
        "expected a value",
        "give one, or quote what stands here if it is text",
    ),
    "did not find expected '-' indicator": (
        "expected `- ` and the list's next item",
        "let all items of the list begin in the same column",
    ),
    "did not find expected key": (
        "expected a key",
        "let all keys of the mapping begin in the same column, and quote texts with `:` or quotes",
    ),
    "did not find expected ',' or ']'": ("expected `,` or `]`", "close the list that is open"),
    "did not find expected ',' or '}'": ("expected `,` or `}`", "close the mapping that is open"),
    "did not find expected <document start>": (
        "expected the end of the file",
        "let all top-level keys begin in the first column",
    ),
    "could not find expected ':'": (
        "expected `:` after this key",
        "write `key: value`, on one line",
    ),
    "block sequence entries are not allowed in this context": (
        "a list's item cannot begin here",
        "put the `-` on a line of its own, below the key",
    ),
    "mapping keys are not allowed in this context": ("a key cannot begin here", ""),
    "mapping values are not allowed in this context": (
        "a second `:` on this line",
        "quote the text that holds the `:`, or put the key on a line of its own",
    ),
    "found a tab character where an indentation space is expected": (
        "a tab in the indentation",
        "indent with spaces",
    ),
    "found a tab character that violates indentation": (
        "a tab in the indentation",
        "indent with spaces",
    ),
    "found unexpected end of stream": ("the file ends inside a quoted text", "close the quote"),
    "found unexpected document indicator": (
        "a document ends inside a quoted text",
        "close the quote",
    ),
    "found unknown escape character": (
        "an unknown escape in a double-quoted text",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "did not find expected hexdecimal number": (
        "an escape without its hexadecimal digits",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "found invalid Unicode character escape code": (
        "an escape of no character",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    "found unexpected ':'": ("an unexpected `:`", "quote the text that holds it"),
    "did not find expected alphabetic or numeric character": (
        "expected a name after `&` or `*`",
        "quote texts that begin with `&` or `*`",
    ),
}
_SECOND_COLON = "mapping values are not allowed in this context"
_CONTEXTS = {
    "directive": ("a line that begins with `%` speaks to YAML itself", "remove it, or quote it"),
    "tag": ("this is no tag", "quote texts that begin with `!`"),
    "block scalar": ("this cannot stand after `|` or `>`", "begin the text on the next line"),
}
LONGEST_LINE = 2000
"""How much of a line is searched for what was meant: the search is not linear."""

_BRACKETED = pattern(
    r"(?:\[[^\[\]]*\]|[\w.$]+)(?:[ \t]*->[ \t]*(?:\[[^\[\]]*\]|[\w.$]+(?:[ \t]*,[ \t]*[\w.$]+)*))+"
)

_BARE_EXPRESSION = pattern(r"(?<![\"'$\w])\$\{[^{}\"'\r\n]*\}")


def explain(error: YAMLError, lines: Lines) -> Diagnostic:
    """The finding for a parser's error."""
    place: Mark | None = getattr(error, "problem_mark", None)
    context: Mark | None = getattr(error, "context_mark", None)
    problem = str(getattr(error, "problem", None) or error)
    if place is None:
        index = getattr(error, "position", 0)
        return Diagnostic("MS101", f"this is not YAML: {problem}", _token(lines, index))
    numbers = {place.line, context.line if context else place.line}
    for explanation in (_bracketed_edge, _bare_expression):
        diagnostic = explanation(lines, numbers)
        if diagnostic is not None:
            return diagnostic
    span = _token(lines, place.index)
    message, help = _words(problem, str(getattr(error, "context", "")), lines, place.index)
    related: tuple[Related, ...] = ()
    if context is not None and context.line != place.line:
        related = (Related(_token(lines, context.index), _context(error)),)
    return Diagnostic("MS101", message, span, help, related=related)


def _bracketed_edge(lines: Lines, numbers: set[int]) -> Diagnostic | None:
    """The finding for `[a, b] -> c`, if one of the lines (from 0) is such a thing."""
    for found in _matches(_BRACKETED, lines, numbers):
        if "[" in found[0]:
            return bracketed(found[0], lines.between(*found.span()))
    return None


def _bare_expression(lines: Lines, numbers: set[int]) -> Diagnostic | None:
    """The finding for `{units: ${width * 4}}`, whose inner braces YAML takes for its own."""
    for found in _matches(_BARE_EXPRESSION, lines, numbers):
        span = lines.between(*found.span())
        return Diagnostic(
            "MS101",
            f"`{found[0]}` needs quotes inside of braces or brackets",
            span,
            f'write `"{found[0]}"`',
            fix=Fix(span, f'"{found[0]}"', "quote the expression"),
        )
    return None


def _matches(pattern: re.Pattern[str], lines: Lines, numbers: set[int]) -> Iterator[re.Match[str]]:
    starts = [*lines.starts, len(lines.text)]
    for number in sorted(numbers):
        if number < len(starts) - 1:
            end = min(starts[number + 1], starts[number] + LONGEST_LINE)
            yield from pattern.finditer(lines.text, starts[number], end)


def bracketed(edge: str, span: Span, path: str = "") -> Diagnostic:
    """The finding for an edge with brackets around a group."""
    plain = re.sub(r"\[\s*([^\]]*?)\s*\]", r"\1", edge)
    return Diagnostic(
        "MS103",
        f"`{edge}`: a group of nodes is written without brackets",
        span,
        f"write `{plain}`",
        path,
        fix=Fix(span, plain, "remove the brackets"),
    )


def _words(problem: str, context: str, lines: Lines, index: int) -> tuple[str, str]:
    """The message and the help."""
    text = lines.text
    if problem == "found character that cannot start any token":
        character = text[index : index + 1]
        if character == "\t":
            return "a tab in the indentation", "indent with spaces"
        return f"a text cannot begin with `{character}`", "quote it"
    before = text[index - lines.position(index)[1] + 1 : index]
    if problem == _SECOND_COLON and ":" not in before:
        return "a key inside of a text", "is it, or the line above it, indented wrongly?"
    if problem in _PROBLEMS:
        message, help = _PROBLEMS[problem]
        ends = index >= len(text.rstrip()) and problem.startswith("did not find expected ',' or")
        return f"the file ends, {message}" if ends else message, help
    known = (words for word, words in _CONTEXTS.items() if word in context)
    return next(known, (f"this is not YAML: {problem}", ""))


def _context(error: YAMLError) -> str:
    context = str(getattr(error, "context", None) or "it")
    what = context.removeprefix("while parsing ").removeprefix("while scanning ")
    return f"{what.removeprefix('a ').removeprefix('an ')} begins here"


def _token(lines: Lines, index: int) -> Span:
    """The token at an index; of the end of a file, the end of its last line with text."""
    text = lines.text
    if index >= len(text.rstrip()):
        index = len(text.rstrip())
        return lines.between(index, index)._replace(end_column=lines.position(index)[1] + 1)
    found = re.compile(r"[\w.$]+|.", re.DOTALL).match(text, index)
    start, end = found.span() if found else (index, index + 1)
    return lines.between(start, end)
