"""`--set path=value`: values put in place of a file's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Report, Span, did_you_mean, name_list
from modelspec.language.describe_values import shown
from modelspec.language.foreign.keys import foreign_key
from modelspec.language.sections import SpecSection
from modelspec.source import Document, parse_override
from modelspec.source.document import replaced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.source import Path

_OF_NAMES = ("inputs", "layers", "outputs", "shared", "blocks", "params")
"""Sections whose keys are names, which an override does not invent."""
_MOST_DIGITS = 10
"""What has more is no index of a list."""


def override(document: Document, settings: Sequence[str], report: Report) -> Document:
    """The document with `--set` applied; what cannot be applied is reported and left out."""
    for text in settings:
        document = _apply(document, text, report)
    return document


def _apply(document: Document, text: str, report: Report) -> Document:
    dotted, equals, _ = text.partition("=")
    parts = _joined(document.data, dotted.split("."))
    if not equals or not all(part.strip() == part and part for part in parts):
        message = f"`{text}` is no override"
        help = "write `--set path=value`, such as `--set train.epochs=3`"
        report.add(Diagnostic("MS203", message, _span(text, 0, len(dotted)), help))
        return document
    setting = parse_override(text, report)
    if setting is None:
        return document
    path = _path(document, parts, text, report)
    if path is None:
        return document
    return _expanded(document, path).with_override(path, setting)


def _joined(data: Any, parts: list[str]) -> list[str]:
    """The parts as keys: those of `tune.search` are paths, with dots inside."""
    if parts[:2] != ["tune", "search"]:
        return parts
    found, rest = parts[:2], parts[2:]
    inside = data
    for part in found:
        inside = inside.get(part) if isinstance(inside, dict) else None
    while rest and (inside is None or isinstance(inside, dict)):
        lengths = range(len(rest), 0, -1)
        known = (count for count in lengths if inside and ".".join(rest[:count]) in inside)
        count = next(known, len(rest))
        key, rest = ".".join(rest[:count]), rest[count:]
        found.append(key)
        inside = inside.get(key) if inside else None
    return found + rest


def _span(text: str, start: int, end: int) -> Span:
    return Span(f"--set {text}", 1, start + 1, 1, max(end, start + 1) + 1)


def _path(document: Document, parts: list[str], text: str, report: Report) -> Path | None:
    """The parts as keys and indices, or None where there is no such place."""
    path: list[str | int] = []
    data: Any = document.data
    start = 0
    for depth, part in enumerate(parts):
        key = _key(data, part)
        problem = _problem(data, part, key, path, last=depth == len(parts) - 1)
        if problem is not None:
            code, message, help = problem
            span = _span(text, start, start + len(part))._replace(end_column=start + len(part) + 1)
            report.add(Diagnostic(code, message, span, help, ".".join(parts)))
            return None
        data = _inside(data, key, path)
        path.append(key)
        start += len(part) + 1
    return tuple(path)


def _key(data: Any, part: str) -> str | int:
    if isinstance(data, list) and part.isdecimal() and len(part) < _MOST_DIGITS:
        return int(part)
    return part


def _inside(data: Any, key: str | int, path: list[str | int]) -> Any:
    if isinstance(data, dict):
        return data.get(key, {})
    if isinstance(data, list) and isinstance(key, int):
        return data[key]
    return _long_form(data, path).get(str(key), {}) if data is not None else {}


def _problem(
    data: Any, part: str, key: str | int, path: list[str | int], *, last: bool
) -> tuple[str, str, str] | None:
    """What keeps an override from reaching a key: code, message, help."""
    where = ".".join(map(str, path)) or "the spec"
    if isinstance(data, list) and (isinstance(key, int) or not _long_form(data, path)):
        if isinstance(key, int) and key < len(data):
            return None
        return (
            "MS201",
            f"`{where}` is a list of {len(data)}; there is no `{part}`",
            (f"its items are 0 to {len(data) - 1}" if data else ""),
        )
    if isinstance(data, dict) or data is None or _long_form(data, path):
        known = data if isinstance(data, dict) else {}
        if key in known:
            return None
        if not path:
            return _unknown_section(part)
        if len(path) == 1 and path[0] in _OF_NAMES and (not last or path[0] == "params"):
            near = did_you_mean(part, map(str, known))
            code = "MS207" if path[0] == "params" else "MS201"
            names = f"it has {name_list(map(str, known))}" if known else ""
            return (
                code,
                f"`{part}` is not in `{where}`",
                (f"did you mean `{near}`?" if near else names),
            )
        return None
    help = f"set `{where}` itself, to a mapping that has `{part}`"
    return "MS203", f"`{where}` is {shown(data)}, which has nothing inside", help


def _unknown_section(part: str) -> tuple[str, str, str] | None:
    if part in SpecSection.model_fields:
        return None
    from modelspec.language.elsewhere import elsewhere

    near = (
        foreign_key(part, SpecSection, SpecSection.model_fields)
        or elsewhere(part)
        or did_you_mean(part, SpecSection.model_fields)
    )
    names = f"a spec has {name_list(SpecSection.model_fields, limit=16)}"
    help = f"did you mean `{near}`?" if near else names
    return "MS201", f"`{part}` is not a key of a spec", help


def _long_form(data: Any, path: list[str | int]) -> dict[str, Any]:
    """What a short form is short for; empty of what is none."""
    section = path[0] if path else ""
    if isinstance(data, str):
        if section == "outputs" and len(path) == 2:
            return {"loss": data}
        if section in ("layers", "shared") and (len(path) == 2 or path[-1] == "layer"):
            return {"type": data}
        if section == "train" and len(path) > 1:
            return {"type": data}
    if isinstance(data, list) and section == "inputs" and len(path) == 2:
        return {"shape": data}
    return {}


def _expanded(document: Document, path: Path) -> Document:
    """The document with the short form that an override reaches into written out."""
    for length in range(1, len(path)):
        outer = list(path[:length])
        written = document.value(tuple(outer))
        long = _long_form(written, outer)
        if long and not (isinstance(written, list) and isinstance(path[length], int)):
            return replace(document, data=replaced(document.data, path[:length], long))
    return document
