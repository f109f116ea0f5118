"""Words for numbers and lengths out of their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.describe_values import shown

if TYPE_CHECKING:
    from pydantic import BaseModel

    from modelspec.language.problem import Problem

_BOUNDS = {
    "greater_than": "above {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than": "below {lt:g}",
    "less_than_equal": "at most {le:g}",
    "multiple_of": "a multiple of {multiple_of:g}",
    "finite_number": "a finite number",
}


def out_of_range(cls: type[BaseModel], name: str, problem: Problem) -> tuple[str, str]:
    """The message and the help for a value that is out of its range.

    Args:
        cls: The declaration that the value is an argument of.
        name: What the message calls it.
        problem: What is wrong with it.
    """
    context, help = problem.context, ""
    if problem.type in _BOUNDS:
        bound = _interval(cls, problem) or _BOUNDS[problem.type].format(**context)
        message = f"{name} is {shown(problem.value)}, and must be {bound}"
    elif problem.type in ("too_short", "too_long"):
        least = problem.type == "too_short"
        bound = f"least {context['min_length']}" if least else f"most {context['max_length']}"
        message = f"{name} has {context['actual_length']} items, and takes at {bound}"
        help = "add what is missing" * least
    elif "error" in context:
        message = str(context["error"])
    else:
        complaint = problem.message[:1].lower() + problem.message[1:]
        message = f"{name} is {shown(problem.value)}: {complaint}"
    return message, help


def _interval(cls: type[BaseModel], problem: Problem) -> str:
    """`in [0, 1)`, where an argument has a bound on either side."""
    field = cls.model_fields.get(str(problem.path[0])) if problem.path else None
    found = {
        kind: getattr(bound, kind)
        for bound in (field.metadata if field and len(problem.path) == 1 else ())
        for kind in ("ge", "gt", "le", "lt")
        if getattr(bound, kind, None) is not None
    }
    if len(found) != 2 or {"ge", "gt"} <= found.keys() or {"le", "lt"} <= found.keys():
        return ""
    low = f"[{found['ge']:g}" if "ge" in found else f"({found['gt']:g}"
    high = f"{found['le']:g}]" if "le" in found else f"{found['lt']:g})"
    return f"in {low}, {high}"
