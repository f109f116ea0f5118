"""`$filters` and `${filters * 4}`: params in the place of values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Fix, Report, did_you_mean, name_list
from modelspec.diagnostics.patterns import pattern
from modelspec.language.expressions import ExpressionError, evaluate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.source import Place

BROKEN: Any = object()
"""Stands for a value whose param is unknown, which has been reported."""

_MOST_COMPARED = 200
"""Among more params than these, none is suggested: each unknown one is compared with all."""

_NAME = pattern(r"\$([A-Za-z_][A-Za-z0-9_]*)\Z")


def has_params(value: object) -> bool:
    """Whether a param stands anywhere in a value."""
    if isinstance(value, str):
        return value.startswith("$")
    if isinstance(value, dict):
        return any(map(has_params, value.values()))
    return isinstance(value, list) and any(map(has_params, value))


def substitute(value: Any, params: Mapping[str, Any], place: Place, report: Report) -> Any:
    """A value with its params replaced.

    Returns:
        A copy where there was something to replace; `BROKEN` in place of what cannot be.
    """
    if not has_params(value):
        return value
    if isinstance(value, str):
        return _scalar(value, params, place, report)
    if isinstance(value, dict):
        return {
            key: substitute(inner, params, place.at(key), report) for key, inner in value.items()
        }
    return [substitute(inner, params, place.at(i), report) for i, inner in enumerate(value)]


def is_broken(value: Any) -> bool:
    """Whether a substituted value holds something broken."""
    if isinstance(value, dict):
        return any(map(is_broken, value.values()))
    if isinstance(value, list):
        return any(map(is_broken, value))
    return value is BROKEN


def mend_param(place: Place) -> str:
    """The help for a wrong value that a param stands for; empty where none does."""
    written = place.document.value(place.path)
    if not isinstance(written, str) or not written.startswith("$") or written.startswith("$$"):
        return ""
    return f"`{written}` stands for it: change the param, where it is given"


def _scalar(text: str, params: Mapping[str, Any], place: Place, report: Report) -> Any:
    if text.startswith("$$"):
        return text[1:]
    name = _NAME.match(text)
    if name is None:
        return _expression(text, params, place, report)
    if name[1] in params:
        return params[name[1]]
    _unknown(name[1], 1, params, place, report)
    return BROKEN


def _expression(text: str, params: Mapping[str, Any], place: Place, report: Report) -> Any:
    if not (text.startswith("${") and text.endswith("}")):
        message = f"`{text}` is neither `$name` nor `${{expression}}`"
        help = f"a param stands for a whole value; write `${text}` for a text that begins with `$`"
        report.add(place.finding("MS208", message, help=help))
        return BROKEN
    try:
        return evaluate(text[2:-1], params)
    except ExpressionError as error:
        if error.unknown:
            _unknown(error.unknown, error.start + 2, params, place, report)
        elif all(params.get(name) is not BROKEN for name in re.findall(r"[A-Za-z_]\w*", text)):
            span = place.within(error.start + 2, max(error.end, error.start + 1) + 2)
            message = f"`{text}` cannot be computed: {error.message}"
            help = "use numbers, params and `+ - * / // % ( )`"
            report.add(place.finding("MS208", message, span=span, help=help))
    return BROKEN


def _unknown(
    name: str, start: int, params: Mapping[str, Any], place: Place, report: Report
) -> None:
    near = did_you_mean(name, params) if len(params) <= _MOST_COMPARED else None
    span = place.within(start, start + len(name))
    if near:
        help = f"did you mean `{near}`?"
    elif params:
        help = f"`params` has {name_list(params)}"
    else:
        help = f"add it under `params`, or write `$${name}` for the text `${name}`"
    report.add(
        place.finding(
            "MS207",
            f"`{name}` is not in `params`",
            span=span,
            help=help,
            fix=Fix(span, near, f"write `{near}`") if near else None,
        )
    )
