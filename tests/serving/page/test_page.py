"""The page with a form: its structure, and that no name breaks out of its place."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from modelspec.serving.columns import Column
from modelspec.serving.page.fields import MOST_OPTIONS, nested
from modelspec.serving.page.files import page_files
from modelspec.serving.page.hints import hint

HOSTILE = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</textarea></script><b>",
    "&amp;",
    "größe 🦀 \u202e",
    "a" * 5_000,
    "__proto__",
    "}]`${x}",
)
PICTURE = "data:image/png;base64,AAAA"
_VOID = {"img", "input", "link", "meta", "wbr"}


class _Page(HTMLParser):
    """Elements in order, and the text inside each of those that have an id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        self.elements.append((tag, found))
        if tag not in _VOID:
            self._open.append((tag, found))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((self._open[-1][1].get("id", self._open[-1][0]), data))

    def all(self, tag: str) -> list[dict[str, str]]:
        return [found for name, found in self.elements if name == tag]

    def text(self, place: str) -> str:
        return "".join(text for where, text in self.texts if where == place)


def _description(*columns: Column, outputs: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    plain = [{"name": "price", "kind": "number", "columns": {"price": "number"}}]
    return {
        "name": "churn",
        "modelspec": "1.2.3",
        "columns": [each.as_data() for each in columns],
        "outputs": outputs or plain,
        "threshold": bool(outputs and "threshold" in outputs[0]),
        "example": None,
        "limits": {"rows": 64, "body": 1_000_000},
    }


def _every_kind(name: str = "") -> list[Column]:
    about: list[dict[str, Any]] = [
        {"kind": "number", "example": 3.5, "minimum": 1.0, "maximum": 9.0},
        {"kind": "number", "example": "5%", "formats": ("percent",)},
        {"kind": "array", "shape": (8, 8, 1), "least": (8, 8, 1)},
        {"kind": "array", "shape": (None,), "least": (3,), "integer": True, "maximum": 99},
        {"kind": "array", "shape": (224, 224, 3), "least": (224, 224, 3)},
        {"kind": "sequence", "example": [1.0, 2.0], "length": 9, "separator": ";"},
        {"kind": "category", "classes": ("a", "b", name), "unknown": "ignore", "example": "b"},
        {"kind": "category", "classes": ("no", name or "yes"), "unknown": "error", "example": "no"},
        {"kind": "category", "classes": tuple(map(str, range(MOST_OPTIONS + 1))), "example": "1"},
        {"kind": "classes", "classes": ("x", name or "y"), "separator": ",", "example": "x"},
        {"kind": "text", "example": f"one\n{name}", "length": 30, "tokenizer": "word"},
        {"kind": "date", "example": "2024-03-25"},
        {"kind": "date", "example": "25.03.2024", "formats": ("%d.%m.%Y",)},
        {"kind": "image", "size": (32, 48), "channels": 3, "example": PICTURE},
    ]
    return [
        Column(
            **{
                "name": f"{'optional ' * optional}{number}{name}",
                "inputs": (f"input {optional:d}{name}",),
                "required": not optional,
                "missing": "the mean, `2`" if optional else "",
                **each,
            }
        )
        for optional in (False, True)
        for number, each in enumerate(about)
    ]


def _page(*columns: Column, outputs: list[dict[str, Any]] | None = None) -> _Page:
    return _Page(page_files(_description(*columns, outputs=outputs))["/"].content.decode())


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out_of_its_place(name: str) -> None:
    calm, hostile = _page(*_every_kind("calm")), _page(*_every_kind(name))
    assert [tag for tag, _ in hostile.elements] == [tag for tag, _ in calm.elements]
    assert [set(found) for _, found in hostile.elements] == [set(each) for _, each in calm.elements]
    told = json.loads(hostile.text("about"))["columns"]
    assert [each["name"] for each in told] == [each.name for each in _every_kind(name)]
    values = {found.get("value") for found in hostile.all("option")}
    assert name in values


def test_a_hostile_title_and_output_are_text() -> None:
    outputs = [{"name": HOSTILE[0], "kind": "values", "columns": {HOSTILE[2]: "number"}}]
    about = _description(Column(name="a", kind="number", inputs=("a",)), outputs=outputs)
    about["name"] = HOSTILE[1]
    page = _Page(page_files(about)["/"].content.decode())
    assert page.text("title") == page.text("h1") == HOSTILE[1]
    assert json.loads(page.text("about"))["outputs"] == outputs
    assert len(page.all("script")) == 2
    assert not page.all("img")


def test_every_field_has_a_label_and_what_is_told_of_it() -> None:
    page = _page(*_every_kind())
    ids = [found["id"] for _, found in page.elements if "id" in found]
    assert len(ids) == len(set(ids))
    labelled = {found["for"] for found in page.all("label") if "for" in found}
    assert labelled <= set(ids)
    for tag in ("input", "select", "textarea"):
        for found in page.all(tag):
            one_of_some = found.get("type") in ("radio", "checkbox")
            assert one_of_some or found["id"] in labelled or found.get("aria-label"), found
    for _, found in page.elements:
        for key in ("aria-describedby", "aria-labelledby", "list"):
            assert set(found.get(key, "").split()) <= set(ids), found
    assert {f"f{at}-{part}" for at in range(28) for part in ("field", "problem")} <= set(ids)


def test_nothing_is_inline_and_every_address_is_relative() -> None:
    files = page_files(_description(*_every_kind()))
    page = _Page(files["/"].content.decode())
    for tag, found in page.elements:
        assert not [key for key in found if key == "style" or key.startswith("on")], tag
    scripts = [found for found in page.all("script") if found["type"] != "application/json"]
    assert scripts == [{"type": "module", "src": "page.js"}]
    for path, file in files.items():
        text = file.content.decode()
        assert not re.search(r"https?://|//cdn|@import|\burl\(", text), path
        for name in re.findall(r' from "\./([^"]+)"', text):
            assert f"/{name}" in files, (path, name)
    links = [found["href"] for found in page.all("a")]
    assert links == ["docs", "openapi.json", "metrics", "#"]
    assert {"page.css", "page.js"} <= {path.removeprefix("/") for path in files}


def test_the_script_finds_what_it_looks_for() -> None:
    outputs = [{"name": "y", "kind": "category", "threshold": [0.25], "columns": {"y": "string"}}]
    files = page_files(_description(*_every_kind(), outputs=outputs))
    page = _Page(files["/"].content.decode())
    ids = {found["id"] for _, found in page.elements if "id" in found}
    assert set(re.findall(r'byId\("([^"]+)"\)', files["/page.js"].content.decode())) <= ids
    assert "empty: 0.25, as trained" in page.text("threshold-told")


def test_the_example_stands_in_the_form() -> None:
    page = _page(*_every_kind())
    inputs = {found["id"]: found for found in page.all("input") if "id" in found}
    assert inputs["f0"]["value"] == "3.5"
    assert page.text("f0-hint") == "1 to 9 in training"
    assert page.text("f14-hint") == "1 to 9 in training · empty: the mean, 2"
    chosen = [found["value"] for found in page.all("option") if "selected" in found]
    assert chosen == ["b", "b"]
    picked = [found["value"] for found in page.all("input") if "checked" in found]
    assert picked == ["no", "x", "no", "x"]
    assert page.text("f10").removeprefix("\n") == "one\n"
    assert json.loads(page.text("f3")) == [0, 0, 0]
    assert page.text("f4").strip() == ""
    assert inputs["f11"]["type"] == "date"
    assert inputs["f12"]["type"] == "text"
    assert page.all("img")[0]["src"] == PICTURE


def test_classes_can_be_others_or_none_where_the_model_knows_them() -> None:
    page = _page(*_every_kind())
    assert [found["data-is"] for found in page.all("option") if "data-is" in found] == [
        "other",
        "nothing",
        "other",
    ]
    assert [found["data-is"] for found in page.all("input") if "data-is" in found] == ["nothing"]
    assert len(page.all("datalist")) == 2


def test_a_class_that_would_be_refused_is_not_offered() -> None:
    about: dict[str, Any] = {"name": "a", "kind": "category", "classes": ("x", "y", "z")}
    strict = _page(Column(**about, inputs=("a",), unknown="error", example="x"))
    assert [found["value"] for found in strict.all("option")] == ["x", "y", "z"]
    assert not strict.all("input")
    open_ = _page(Column(**about, inputs=("a",), unknown="other", example="x"))
    assert [found["id"] for found in open_.all("input")] == ["f0-other"]


def test_many_columns_and_many_classes() -> None:
    many = tuple(f"class {number}" for number in range(5_000))
    columns = [
        Column(name=f"c{number}", kind="number", inputs=("numbers",), example=0.5)
        for number in range(300)
    ]
    page = _page(
        Column(name="town", kind="category", inputs=("town",), classes=many, example=many[0]),
        *columns,
    )
    assert sum("list" in found for found in page.all("input")) == 1
    assert len(page.all("option")) == 5_000
    assert len(json.loads(page.text("about"))["columns"]) == 301
    assert "class 4999" not in page.text("about")
    assert page.text("legend") == "numbers"


def test_hints_name_shapes() -> None:
    array = Column(name="a", kind="array", shape=(None, 4), least=(3, 4), integer=True)
    assert hint(array.as_data()) == "nested lists, 3 or more × 4 whole numbers"
    vector = Column(name="a", kind="array", shape=(None,), least=(3,), minimum=0.0, maximum=9.0)
    assert hint(vector.as_data()) == "a list of 3 or more numbers, 0 to 9"
    steps = Column(name="a", kind="sequence", shape=(4,), shortest=3, length=9)
    assert hint(steps.as_data()) == (
        "a list of 4 numbers a step, at least 3 steps; what is longer than 9 steps is cut"
    )


def test_nested_lists_have_a_line_each() -> None:
    value = [[[1.0, 2.5]], [[0.0, -1.0]]]
    text = nested(value)
    assert json.loads(text) == value
    assert text == "[[[1, 2.5]],\n [[0, -1]]]"
