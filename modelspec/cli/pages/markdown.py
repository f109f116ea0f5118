"""Pieces that the pages are made of."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from inspect import cleandoc
from textwrap import dedent
from typing import Any

from modelspec.schema import field_docs
from modelspec.schema.declaration import declared

LONG_CHOICE = 8
"""A choice of more names stands below the table of arguments, not in it."""

_SECTION = re.compile(r"^(Example|Examples):\n((?:[ ]{4}.*\n?|\n)+)", re.MULTILINE)


def heading(text: str, level: int) -> str:
    """A heading."""
    return f"{'#' * level} {text}\n"


def prose(declaration: type) -> str:
    """A docstring, its examples no longer indented."""
    text = cleandoc(declaration.__doc__ or "")
    return _SECTION.sub(lambda match: f"{match[1]}:\n\n{dedent(match[2])}", text).rstrip() + "\n"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [header, ["---"] * len(header), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def arguments(declaration: type[Any], without: Collection[str] = ()) -> str:
    """The table of a declaration's arguments; empty if it has none.

    The required ones come first, and its own before those of its bases.

    Args:
        declaration: A pydantic model.
        without: Arguments that are left out.
    """
    schema = declared(declaration)
    docs = field_docs(declaration)
    required = schema.get("required", [])
    bases = declaration.__mro__

    def place(field: tuple[str, object]) -> tuple[bool, int]:
        names = {field[0], f"{field[0]}_"}  # an alias stands for a name with an underscore
        depth = next(
            i for i, b in enumerate(bases) if names & set(getattr(b, "__annotations__", ()))
        )
        return field[0] not in required, depth

    shown = {key: field for key, field in schema["properties"].items() if key not in without}
    fields = sorted(shown.items(), key=place)
    rows = [
        (
            f"`{name}`",
            type_text(field),
            "required" if name in required else f"`{_yaml(field.get('default'))}`",
            docs.get(name) or docs.get(f"{name}_", ""),
        )
        for name, field in fields
    ]
    if not rows:
        return ""
    return table(("Argument", "Type", "Default", "Meaning"), rows) + _long_choices(dict(fields))


def type_text(schema: dict[str, Any]) -> str:
    """What an argument takes, in words: `integer >= 1`, `relu or tanh`."""
    if "holds" in schema:
        return str(schema["holds"])
    options = [o for o in schema.get("anyOf", [schema]) if "$ref" not in o] or [{}]
    return " or ".join(dict.fromkeys(_option_text(option) for option in options))


def _option_text(option: dict[str, Any]) -> str:
    values = option.get("enum", [option["const"]] if "const" in option else [])
    if len(values) > LONG_CHOICE:
        return "name"
    if values:
        return ", ".join(f"`{_yaml(value)}`" for value in values)
    if option.get("type") == "array":
        return _array_text(option)
    bounds = [
        f" {sign} {option[key]:g}"
        for key, sign in (
            ("minimum", ">="),
            ("exclusiveMinimum", ">"),
            ("maximum", "<="),
            ("exclusiveMaximum", "<"),
        )
        if key in option
    ]
    return f"{option.get('type', 'any')}{','.join(bounds)}"


def _array_text(option: dict[str, Any]) -> str:
    items: dict[str, Any] = option.get("items") or next(iter(option.get("prefixItems", [])), {})
    count = option.get("minItems") if option.get("minItems") == option.get("maxItems") else None
    return f"list of {count or ''} {type_text(items)}".replace("  ", " ")


def _long_choices(fields: dict[str, dict[str, Any]]) -> str:
    """The choices too long for the table, each once, with the arguments that have it."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name, field in fields.items():
        for option in field.get("anyOf", [field]):
            values = option.get("enum", [])
            if len(values) > LONG_CHOICE:
                found.setdefault(tuple(values), []).append(f"`{name}`")
    return "".join(
        f"\n{', '.join(names)}: {', '.join(f'`{value}`' for value in values)}.\n"
        for values, names in found.items()
    )


def _yaml(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
