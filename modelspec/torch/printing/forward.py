"""A recorded graph as the `forward` of a class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from modelspec.torch.printing.sources import is_inlined

if TYPE_CHECKING:
    from torch import fx

    from modelspec.torch.printing.sources import Sources

_FREED = re.compile(r";  (?:\w+ = )+None\b.*$", re.MULTILINE)
"""What `torch.fx` adds so that values are freed early."""
_SLICE = re.compile(r"\bslice\(([^,()]+), ([^,()]+), ([^,()]+)\)")
_INDEX = re.compile(r"\[\(?((?:slice\([^()]*\)|[^][()])*)\)?\]")
"""What stands in brackets: an index, if there is a slice in it."""


def forward_lines(graph: fx.Graph, sources: Sources) -> list[str]:
    """The lines of the method.

    Args:
        graph: What is recorded; names that the file needs otherwise are changed in it.
        sources: Takes in the functions that are called.

    Raises:
        NoSourceError: The source of one cannot stand in a file.
    """
    for node in graph.nodes:
        if node.op == "call_function" and is_inlined(_home(node.target)):
            sources.add(node.target)
    _rename(graph, sources.names)
    generated = graph.python_code("self")
    text = _FREED.sub("", generated.src.strip().replace("'", '"'))
    text = text.replace("torch.nn.functional.", "nn.functional.")
    for name, value in generated.globals.items():
        text = _with_short_name(text, name, value)
    return [f"    {_tidy(line)}" for line in text.splitlines() if line.strip()]


def _home(function: Any) -> str:
    return getattr(function, "__module__", None) or "builtins"


def _rename(graph: fx.Graph, taken: set[str]) -> None:
    """Give other names to values that would hide what the file calls."""
    for node in graph.nodes:
        if node.op == "placeholder" and node.target in taken:
            node.target = f"{node.target}_"
        if node.name in taken:
            node._rename(f"{node.name}_")


def _with_short_name(text: str, name: str, value: Any) -> str:
    if isinstance(value, float):  # `inf`
        return re.sub(rf"\b{name}\b", f'float("{value}")', text)
    if not callable(value) or not is_inlined(_home(value)):
        return text
    return re.sub(rf"\b{name}\b", value.__name__, text)


def _tidy(line: str) -> str:
    """`out = softmax(x, dim=-1)` in the place of `dim = -1`."""
    target, equals, value = line.partition(" = ")
    return target + equals + _INDEX.sub(_index, value.replace(" = ", "="))


def _index(match: re.Match[str]) -> str:
    """`[:, 1:]` in the place of `[(slice(None, None, None), slice(1, None, None))]`."""
    inside = match.group(1)
    if "slice(" not in inside:
        return match.group()
    return f"[{_SLICE.sub(_slice, inside).replace('Ellipsis', '...')}]"


def _slice(match: re.Match[str]) -> str:
    start, stop, step = ("" if bound == "None" else bound for bound in match.groups())
    return f"{start}:{stop}:{step}" if step else f"{start}:{stop}"
