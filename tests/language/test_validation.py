"""pydantic's errors as findings."""

from enum import Enum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from modelspec.diagnostics import Diagnostic, Report
from modelspec.language.validation import validated
from modelspec.source import Place, parse
from tests.source.marks import unmark


class Color(Enum):
    RED = "red"
    BLUE = "blue"


class Cat(BaseModel):
    kind: Literal["cat"]


class Dog(BaseModel):
    kind: Literal["dog"]
    age: int = 0


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    depth: int


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    size: int | list[int] = 1
    mode: Literal["fast", "slow"] | int = "fast"
    color: Annotated[Color, Field(strict=False)] = Color.RED
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] = Cat(kind="cat")
    inner: Inner = Inner(depth=1)
    share: Annotated[float, Field(gt=0, le=1)] = 0.5
    even: Annotated[int, Field(multiple_of=2)] = 2
    names: Annotated[list[str], Field(min_length=1)] = ["a"]
    special: str = ""
    finite: Annotated[float, Field(allow_inf_nan=False)] = 0.0
    pattern: Annotated[str, Field(pattern="^a+$")] = "a"

    @field_validator("special")
    @classmethod
    def _special(cls, value: str) -> str:
        if value == "bad":
            raise PydanticCustomError("MS206", "`special` may not be `bad`", {"help": "be good"})
        if value == "odd":
            raise ValueError("`special` is odd")
        return value

    @model_validator(mode="after")
    def _whole(self) -> "Section":
        if self.even == 4:
            raise PydanticCustomError("MS204", "`even` and the rest do not go together")
        return self


def findings(marked: str, cls: type[BaseModel] = Section) -> tuple[list[Diagnostic], list[Any]]:
    text, spans = unmark(f"own: {marked}")
    report = Report()
    document = parse(text, "spec.yaml", report)
    assert document is not None
    place = Place(document, ("own",))
    made = validated(cls, document.data["own"], place, report)
    assert (made is None) == bool(len(report))
    return list(report), spans


@pytest.mark.parametrize(
    ("section", "code", "words"),
    [
        ("{size: «three»}", "MS203", '`size` is an integer or a list, not the text "three"'),
        ("{size: «'3'»}", "MS203", "write `3`, without quotes"),
        ("{size: [1, «a»]}", "MS203", "item 2 of `size` is an integer"),
        ("{mode: «fst»}", "MS206", "did you mean `fast`?"),
        ("{color: «read»}", "MS206", "did you mean `red`?"),
        ("{pet: {kind: «dgo»}}", "MS206", "did you mean `dog`?"),
        ("{«pet»: {age: 3}}", "MS202", "`pet` needs `kind`"),
        ("{pet: {kind: dog, age: «old»}}", "MS203", "`age` is an integer"),
        ("{inner: {depth: 1, «deep»: 2}}", "MS201", "`deep` is not a key of `inner`"),
        ("{«inner»: {}}", "MS202", "`inner` needs `depth`"),
        ("{inner: «3»}", "MS203", "`inner` is a mapping"),
        ("{share: «0»}", "MS204", "must be in (0, 1]"),
        ("{share: «.nan»}", "MS204", ""),
        ("{even: «3»}", "MS204", "a multiple of 2"),
        ("{names: «[]»}", "MS204", "takes at least 1"),
        ("{names: [a, «3»]}", "MS203", "item 2 of `names` is text, not 3"),
        ("{special: «bad»}", "MS206", "be good"),
        ("{special: «odd»}", "MS204", "`special` is odd"),
        ("{finite: «.inf»}", "MS204", "a finite number"),
        ("{pattern: «b»}", "MS204", "pattern"),
        ("{«siez»: 3}", "MS201", "did you mean `size`?"),
        ("{«3»: 3}", "MS201", "`3` is not a key of `own`"),
        ("«{even: 4}»", "MS204", "do not go together"),
        ("«[1]»", "MS203", "`own` is a mapping, not a list"),
    ],
)
def test_findings(section: str, code: str, words: str) -> None:
    found, spans = findings(section)
    assert [each.code for each in found] == [code], found
    assert words in f"{found[0].message} {found[0].help}"
    assert found[0].span == spans[0]


def test_a_mistyped_key_is_not_missing_too() -> None:
    found, _ = findings("{dept: 3}", Inner)
    assert [each.code for each in found] == ["MS201"]


def test_several_at_once() -> None:
    found, _ = findings("{size: a, share: 3, siez: 1, names: [1, 2]}")
    assert [each.code for each in found] == ["MS203", "MS204", "MS201", "MS203", "MS203"]


def test_broken_keys_are_passed_over() -> None:
    report = Report()
    document = parse("size: 1", "spec.yaml", report)
    assert document is not None
    place = Place(document)
    value = {"size": object(), "share": 3}
    assert validated(Section, value, place, report, broken=["size"]) is None
    assert [found.code for found in report] == ["MS204"]
    assert validated(Section, {"even": 2}, place, Report(), broken=["size"]) is None
    assert len(report) == 1
