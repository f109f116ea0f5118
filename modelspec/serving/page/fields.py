"""A field of the form: its label, what is typed or chosen, and what may stand there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from modelspec.report.markup import Html, element
from modelspec.serving.page.hints import hint

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_OPTIONS = 60
"""More classes are typed, with suggestions."""
_WIDE = frozenset({"text", "array", "sequence", "image", "classes"})


def field(number: int, column: dict[str, Any]) -> Html:
    """The field of a column.

    Args:
        number: Its place; ids are made of it, since a name may be anything.
        column: What `Column.as_data` gives.
    """
    key = f"f{number}"
    said = hint(column)
    told = element("p", said, class_="hint", id=f"{key}-hint") if said else None
    problem = element("p", class_="problem", id=f"{key}-problem", hidden="")
    described = " ".join([*([f"{key}-hint"] if said else []), f"{key}-problem"])
    kind = "field wide" if column["kind"] in _WIDE else "field"
    inside = _CONTROLS[column["kind"]](key, column, described)
    if _is_group(column):
        return element(
            "fieldset",
            element("legend", column["name"]),
            inside,
            told,
            problem,
            class_=kind,
            id=f"{key}-field",
            aria_describedby=described,
        )
    label = element("label", column["name"], for_=key)
    return element("div", label, inside, told, problem, class_=kind, id=f"{key}-field")


def _is_group(column: dict[str, Any]) -> bool:
    """Whether a field is several buttons."""
    count = len(column.get("classes", ()))
    return _is_switch(column) or (column["kind"] == "classes" and 0 < count <= MOST_OPTIONS)


def _is_switch(column: dict[str, Any]) -> bool:
    """Whether one of two is chosen: yes or no."""
    return (
        column["kind"] == "category"
        and len(column.get("classes", ())) == 2
        and column.get("unknown") == "error"
    )


def _number(key: str, column: dict[str, Any], described: str) -> Html:
    mode = "text" if column.get("formats") else "decimal"
    return _line(key, _shown(column["example"]), described, inputmode=mode)


def _date(key: str, column: dict[str, Any], described: str) -> Html:
    example = _shown(column["example"])
    plain = not column.get("formats") and "T" not in example
    return _line(key, example, described, type="date" if plain else "text")


def _line(key: str, value: str, described: str, **more: str) -> Html:
    return element("input", id=key, value=value, aria_describedby=described, **more)


def _category(key: str, column: dict[str, Any], described: str) -> Html:
    classes, example = column.get("classes", ()), _shown(column["example"])
    if _is_switch(column):
        return _switch(key, column, example)
    if not 0 < len(classes) <= MOST_OPTIONS:
        options = [element("option", value=each) for each in classes]
        return element(
            "div",
            _line(key, example, described, list=f"{key}-list"),
            element("datalist", *options, id=f"{key}-list"),
        )
    options = [
        element("option", each, value=each, selected="" if each == example else None)
        for each in classes
    ]
    if not column["required"]:
        options.insert(0, element("option", "(no value)", value="", data_is="nothing"))
    other = None
    if column.get("unknown") != "error":
        options.append(element("option", "another …", value="", data_is="other"))
        said = f"another class of {column['name']}"
        other = _line(f"{key}-other", "", described, hidden="", aria_label=said)
    chosen = element("select", *options, id=key, aria_describedby=described)
    return element("div", chosen, other)


def _switch(key: str, column: dict[str, Any], example: str) -> Html:
    labels = [_choice(key, each, each == example, "radio") for each in column["classes"]]
    if not column["required"]:
        labels.append(_choice(key, "(no value)", False, "radio", "nothing"))
    return element("div", *labels, class_="choices")


def _choice(key: str, said: str, chosen: bool, kind: str, is_: str | None = None) -> Html:
    button = element(
        "input",
        type=kind,
        name=key,
        value=said,
        checked="" if chosen else None,
        data_is=is_,
    )
    return element("label", button, element("span", said))


def _classes(key: str, column: dict[str, Any], described: str) -> Html:
    if not _is_group(column):
        return _line(key, _shown(column["example"]), described)
    example = _shown(column["example"]).split(column["separator"])
    labels = [_choice(key, each, each in example, "checkbox") for each in column["classes"]]
    return element("div", *labels, class_="choices")


def _text(key: str, column: dict[str, Any], described: str) -> Html:
    rows = 2 if column.get("tokenizer") == "character" else 4
    return _area(key, _shown(column["example"]), described, rows)


def _area(key: str, value: str, described: str, rows: int, **more: str) -> Html:
    # a line break right behind the tag is no part of the text
    text = f"\n{value}"
    return element("textarea", text, id=key, rows=rows, aria_describedby=described, **more)


def _sequence(key: str, column: dict[str, Any], described: str) -> Html:
    text = json.dumps(column["example"])
    return _area(key, text, described, 3, class_="code", spellcheck="false")


def _array(key: str, column: dict[str, Any], described: str) -> Html:
    text = "" if column["example"] is None else nested(column["example"], column.get("integer"))
    area = _area(
        key, text, described, min(10, 2 + text.count("\n")), class_="code", spellcheck="false"
    )
    return element("div", area, _array_tools(key, column), class_="array")


def _array_tools(key: str, column: dict[str, Any]) -> Html:
    tools = [element("button", "Zeros", type="button", data_fill="zeros")]
    if is_picture(column["shape"]) and not column.get("integer"):
        white = f"{column.get('maximum', 1):g}"
        tools += [
            element("label", "From a picture", for_=f"{key}-file"),
            element("input", id=f"{key}-file", type="file", accept="image/*"),
            element("label", "white is", for_=f"{key}-white"),
            element("input", id=f"{key}-white", inputmode="decimal", value=white, class_="short"),
            element("canvas", id=f"{key}-canvas", role="img", aria_label="the array", hidden=""),
        ]
    return element("div", *tools, class_="tools")


def is_picture(shape: list[int | None]) -> bool:
    """Whether an array can be made of a picture: `[height, width]` with or without channels."""
    sides = shape[:2]
    known = len(sides) == 2 and all(side is not None and 1 < side <= 1024 for side in sides)
    return known and (len(shape) == 2 or (len(shape) == 3 and shape[2] in (1, 3)))


def nested(value: Any, integer: bool | None = False, depth: int = 0) -> str:
    """Nested lists as JSON, with a line for each innermost list."""
    if not isinstance(value, list):
        return json.dumps(int(value) if integer or value == int(value) else value)
    if not value or not isinstance(value[0], list) or _is_single(value[0]):
        return "[" + ", ".join(nested(each, integer) for each in value) + "]"
    rows = f",\n{' ' * (depth + 1)}".join(nested(each, integer, depth + 1) for each in value)
    return f"[{rows}]"


def _is_single(value: list[Any]) -> bool:
    """Whether a list is one number: a picture in grey has many, and no line for each."""
    return len(value) == 1 and not isinstance(value[0], list)


def _image(key: str, column: dict[str, Any], described: str) -> Html:
    return element(
        "div",
        element("img", id=f"{key}-picture", src=column["example"], alt="the picture that is sent"),
        element(
            "div",
            element("input", id=key, type="file", accept="image/*", aria_describedby=described),
            element("p", "or drop one here; the example is a grey square", class_="hint"),
            element("p", class_="hint", id=f"{key}-file", role="status"),
            element("button", "Make it smaller", type="button", data_shrink=key, hidden=""),
        ),
        class_="drop",
    )


def _shown(example: Any) -> str:
    """An example as it is typed."""
    if isinstance(example, float) and example.is_integer():
        return str(int(example))
    return "" if example is None else str(example)


_CONTROLS: dict[str, Callable[[str, dict[str, Any], str], Html]] = {
    "number": _number,
    "array": _array,
    "sequence": _sequence,
    "category": _category,
    "classes": _classes,
    "text": _text,
    "date": _date,
    "image": _image,
}
