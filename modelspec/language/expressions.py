"""Arithmetic in a param's place: `${filters * 4}`. Numbers, names, `+ - * / // % ( )`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from modelspec.diagnostics.patterns import pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Number: TypeAlias = int | float

MAX_LENGTH = 500
MAX_DEPTH = 30
MAX_NUMBER = 2**63

_TOKEN = pattern(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<operator>//|[-+*/%()]))",
    re.ASCII,
)


class Token(NamedTuple):
    """One token, and where it stands in the expression."""

    kind: str
    text: str
    start: int
    end: int


class ExpressionError(Exception):
    """An expression that has no value. `start` and `end` say where in its text."""

    def __init__(self, message: str, start: int, end: int, *, unknown: str = "") -> None:
        self.message = message
        self.start = start
        self.end = end
        self.unknown = unknown
        """The name that is no param, if that is it."""
        super().__init__(message)


def evaluate(text: str, names: Mapping[str, Any]) -> Number:
    """The value of an expression.

    Raises:
        ExpressionError: It is malformed, over a bound, or cannot be computed.
    """
    if len(text) > MAX_LENGTH:
        message = f"an expression is at most {MAX_LENGTH} characters long"
        raise ExpressionError(message, 0, len(text))
    return _Parser(_tokens(text), names).whole()


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"`{text[at]}` has no meaning in an expression", at, at + 1)
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind), match.end(kind)))
        at = match.end()
    found.append(Token("end", "", end, max(end, 1)))
    return found


class _Parser:
    """Recursive descent, bounded in depth."""

    def __init__(self, tokens: list[Token], names: Mapping[str, Any]) -> None:
        self.tokens = tokens
        self.names = names
        self.at = 0
        self.depth = 0

    def whole(self) -> Number:
        value = self._sum()
        if self._now.kind != "end":
            raise self._error(self._now, "expected an operator")
        return value

    @property
    def _now(self) -> Token:
        return self.tokens[self.at]

    def _sum(self) -> Number:
        return self._left_to_right(self._product, ("+", "-"))

    def _product(self) -> Number:
        return self._left_to_right(self._signed, ("*", "/", "//", "%"))

    def _left_to_right(self, operand: Callable[[], Number], operators: tuple[str, ...]) -> Number:
        value = operand()
        while self._now.kind == "operator" and self._now.text in operators:
            operator = self._take()
            value = _apply(operator, value, operand())
        return value

    def _signed(self) -> Number:
        if self._now.text not in ("-", "+"):
            return self._atom()
        negative = self._take().text == "-"
        self._descend()
        value = self._signed()
        self.depth -= 1
        return -value if negative else value

    def _atom(self) -> Number:
        token = self._take()
        if token.kind == "number":
            return _number(token)
        if token.kind == "name":
            return self._named(token)
        if token.text != "(":
            raise self._error(token, "expected a number, a param or `(`")
        self._descend()
        value = self._sum()
        self.depth -= 1
        closing = self._take()
        if closing.text != ")":
            raise self._error(closing, "expected `)`")
        return value

    def _named(self, token: Token) -> Number:
        if token.text not in self.names:
            raise ExpressionError(
                f"`{token.text}` is not in `params`", token.start, token.end, unknown=token.text
            )
        value = self.names[token.text]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ExpressionError(f"`{token.text}` is not a number", token.start, token.end)
        return value

    def _take(self) -> Token:
        token = self._now
        if token.kind != "end":
            self.at += 1
        return token

    def _descend(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError("the expression is nested too deep", 0, self.tokens[-1].end)

    def _error(self, token: Token, wanted: str) -> ExpressionError:
        got = f"not `{token.text}`" if token.text else "and the expression ends"
        return ExpressionError(f"{wanted}, {got}", token.start, token.end)


def _number(token: Token) -> Number:
    value = int(token.text) if token.text.isdigit() else float(token.text)
    return _bounded(value, token)


def _apply(operator: Token, left: Number, right: Number) -> Number:
    if operator.text in ("/", "//", "%") and right == 0:
        raise ExpressionError("divides by zero", operator.start, operator.end)
    match operator.text:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case "/":
            value = left / right
        case "//":
            value = left // right
        case _:
            value = left % right
    return _bounded(value, operator)


def _bounded(value: Number, token: Token) -> Number:
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise ExpressionError("the numbers grow too large", token.start, token.end)
    return value
