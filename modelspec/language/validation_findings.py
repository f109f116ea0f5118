"""From pydantic's errors about a value to findings, each at the very key or value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from modelspec.diagnostics import Diagnostic, Fix, did_you_mean, name_list
from modelspec.language.advice import advice
from modelspec.language.describe_values import (
    EXPECTED,
    YES_OR_NO,
    expectation,
    quoted,
    shown,
)
from modelspec.language.foreign.keys import foreign_key
from modelspec.language.foreign.values import foreign_choice, instead_of_choice, means_nothing
from modelspec.language.out_of_range import out_of_range
from modelspec.language.owners import owner_class
from modelspec.language.params import mend_param
from modelspec.language.problem import Problem, holds, problem_of
from modelspec.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelspec.source import Path, Place


def findings(
    cls: type[BaseModel],
    error: ValidationError,
    value: object,
    place: Place,
    elsewhere: Callable[[str], str] | None,
) -> Iterator[tuple[Diagnostic, Path]]:
    """What pydantic has against a value, and the path of what each finding is about."""
    problems = [problem_of(each, value) for each in error.errors(include_url=False)]
    finder = _Finder(cls, value, place, elsewhere)
    meant = {finder.meant(problem) for problem in problems if problem.type == "extra_forbidden"}
    groups: dict[tuple[Path, str | None], list[Problem]] = {}
    for problem in problems:
        if not (problem.type == "missing" and problem.key in meant):
            key = None if isinstance(problem.key, int) else problem.key
            groups.setdefault((problem.path, key), []).append(problem)
    for (path, key), group in groups.items():
        if all(_is_of_another_kind(each) for each in group) and any(
            len(other) > len(path) and other[: len(path)] == path for other, _ in groups
        ):
            continue
        at = path if key is None else (*path, key)
        yield finder.finding(group), place.path + at


def _is_of_another_kind(problem: Problem) -> bool:
    """Whether a value is none of what it was to be, so that what is wrong inside says more."""
    chosen = problem.type in ("literal_error", "enum")
    return problem.type in EXPECTED or (chosen and isinstance(problem.value, dict | list))


class _Finder:
    """Words the findings about one value."""

    def __init__(
        self,
        cls: type[BaseModel],
        value: object,
        place: Place,
        elsewhere: Callable[[str], str] | None,
    ) -> None:
        self.cls = cls
        self.place = place
        self.value = value
        self.elsewhere = elsewhere

    def finding(self, group: list[Problem]) -> Diagnostic:
        """The finding for what is wrong with one value.

        Where the value could have been several things, it is for the one it is nearest to.
        """
        problem = next((each for each in group if each.type not in EXPECTED), group[0])
        kind = problem.type
        if kind.startswith("MS"):
            return self._at(problem).finding(
                kind, problem.message, help=str(problem.context.get("help", ""))
            )
        if kind in ("extra_forbidden", "invalid_key"):
            return self._unknown_key(problem)
        if kind == "missing":
            return self._missing(problem)
        if kind in ("literal_error", "enum"):
            switch = any(each.type in ("bool_type", "bool_parsing") for each in group)
            choices = ["true", "false"] * switch + quoted(problem.context["expected"])
            return self._bad_choice(problem, choices)
        if kind in ("union_tag_invalid", "union_tag_not_found"):
            return self._bad_tag(problem)
        if kind in EXPECTED:
            return self._wrong_type(problem, group)
        message, help = out_of_range(self.cls, self._name(problem.path), problem)
        place = self._at(problem)
        return place.finding("MS204", message, help=mend_param(place) or help)

    def _at(self, problem: Problem) -> Place:
        return self.place.at(*problem.path)

    def _owner(self, path: Path) -> str:
        if issubclass(self.cls, Layer) and not path:
            return self.cls.__name__
        whole = (*self.place.path, *path)
        return f"`{whole[-1]}`" if whole else "a spec"

    def _name(self, path: Path) -> str:
        names = [key for key in (*self.place.path, *path) if isinstance(key, str)]
        name = f"`{names[-1]}`" if names else "a spec"
        last = path[-1] if path else None
        return f"item {last + 1} of {name}" if isinstance(last, int) else name

    def _unknown_key(self, problem: Problem) -> Diagnostic:
        key = str(problem.path[-1])
        noun = "an argument" if issubclass(self.cls, Layer) else "a key"
        place = self._at(problem)
        near, fix = self.meant(problem), None
        help = advice(key, place.path[:-1], self._declaration(problem) or self.cls)
        if not help and self.elsewhere and len(problem.path) == 1:
            help = self.elsewhere(key)
        if near and not help:
            help = f"did you mean `{near}`?"
            fix = Fix(place.key_span, near, f"rename to `{near}`")
        message = f"`{key}` is not {noun} of {self._owner(problem.path[:-1])}"
        help = help or self._known_keys(problem)
        return place.finding("MS201", message, help=help, key=True, fix=fix)

    def _known_keys(self, problem: Problem) -> str:
        """The help for a key that no free one is near to."""
        cls, place, owner = self._declaration(problem), self._at(problem), problem.path[:-1]
        if cls is None:
            return ""
        fields = _fields(cls)
        given = _nearest(str(problem.path[-1]), cls, fields)
        if given:
            too = "" if place.path in place.document.overridden else ", which is given too"
            return f"did you mean `{given}`{too}?"
        known = f"{self._owner(owner)} takes {name_list(fields, limit=16)}"
        if "layer" in fields:
            known += "; what is for the layer inside stands with it: `layer: {type: ..., ...}`"
        return known

    def _declaration(self, problem: Problem) -> type[BaseModel] | None:
        """What declares the keys beside the one that a problem is about."""
        return owner_class(self.cls, problem.path[:-1])

    def meant(self, problem: Problem) -> str | None:
        """The argument that an unknown one stands for, of those that are not given."""
        cls = self._declaration(problem)
        if cls is None:
            return None
        owner: Any = self.value
        for step in problem.path[:-1]:
            owner = owner[step]
        free = [name for name in _fields(cls) if not holds(owner, name)]
        return _nearest(str(problem.path[-1]), cls, free)

    def _missing(self, problem: Problem) -> Diagnostic:
        place = self._at(problem)
        if isinstance(problem.key, int):
            count = len(problem.value) if isinstance(problem.value, list) else problem.key
            message = f"{self._name(problem.path)} has {count} items, and needs more"
            return place.finding("MS204", message)
        message = f"{self._owner(problem.path)} needs `{problem.key}`"
        return place.finding("MS202", message, help=f"add `{problem.key}`", key=True)

    def _bad_choice(self, problem: Problem, choices: list[str]) -> Diagnostic:
        place = self._at(problem)
        word = problem.value if isinstance(problem.value, str) else ""
        message = f"{self._name(problem.path)} cannot be {_choice(problem.value)}"
        key = next((step for step in reversed(place.path) if isinstance(step, str)), "")
        help = self._nothing(problem) or instead_of_choice(key, word)
        if help:
            return place.finding("MS206", message, help=help)
        near = foreign_choice(word, choices) or did_you_mean(word, choices)
        if "true" in choices:
            near = YES_OR_NO.get(str(problem.value), near)
        known = name_list(choices, last="or", limit=40)
        help = f"did you mean `{near}`?" if near else f"use {known}"
        help = f"write `{near}`, without quotes" if near and near == word else help
        fix = Fix(place.span, near, f"write `{near}`") if near else None
        return place.finding("MS206", message, help=help, fix=fix)

    def _nothing(self, problem: Problem) -> str:
        """The help for a text that says `None`, as YAML does not; empty for other values."""
        if not means_nothing(problem.value) or not problem.path:
            return ""
        from modelspec.source.document import replaced

        written, key = problem.value, problem.path[-1]
        changed = replaced(self.value, problem.path, None)
        try:
            self.cls.model_validate(changed)
        except ValidationError as error:
            if any(problem_of(each, changed).path == problem.path for each in error.errors()):
                required = [
                    name for name, field in self.cls.model_fields.items() if field.is_required()
                ]
                way = "needs a value" if key in required else "may be left out for its default"
                return f"`{written}` is text here; `{key}` {way}"
        return f"`{written}` is text here: write `null`"

    def _bad_tag(self, problem: Problem) -> Diagnostic:
        tag = quoted(problem.context["discriminator"])[0]
        choices = quoted(problem.context.get("expected_tags", ""))
        place = self._at(problem)
        if problem.type == "union_tag_not_found":
            message = f"{self._name(problem.path)} needs `{tag}`"
            return place.finding("MS202", message, help=f"add `{tag}`", key=True)
        inner = problem._replace(path=(*problem.path, tag), value=problem.context["tag"])
        return self._bad_choice(inner, choices)

    def _wrong_type(self, problem: Problem, group: list[Problem]) -> Diagnostic:
        place = self._at(problem)
        wanted = list(dict.fromkeys(expectation(each.type) for each in group))
        help, fix = self._nothing(problem), None
        if help:
            pass
        elif isinstance(problem.value, str) and _reads_as(problem.value, wanted):
            help = f"write `{problem.value}`, without quotes"
            if place.document.source_text(place.path)[:1] in ("'", '"'):
                fix = Fix(place.span, problem.value, "remove the quotes")
        elif isinstance(problem.value, float) and "an integer" in wanted:
            help = "divide with `//` where the value is computed" * problem.value.is_integer()
        elif (word := YES_OR_NO.get(str(problem.value))) and "true or false" in wanted:
            help, fix = f"write `{word}`", Fix(place.span, word, f"write `{word}`")
        elif isinstance(problem.value, str) and problem.value.startswith("("):
            help = "a list is written in brackets, `[2, 2]`"
        elif set(wanted) <= {"a list", "a mapping"} and isinstance(problem.value, str | int):
            help = f"write `[{problem.value}]`" * ("a list" in wanted)
        help = help or mend_param(place)
        message = f"{self._name(problem.path)} is {' or '.join(wanted)}, not {shown(problem.value)}"
        return place.finding("MS203", message, help=help, fix=fix)


def _nearest(key: str, cls: type[BaseModel], choices: list[str]) -> str | None:
    """The key that another one may have meant, of some of a declaration's."""
    return foreign_key(key, cls, choices) or did_you_mean(key, choices)


def _fields(cls: type[BaseModel]) -> list[str]:
    """The keys that a model takes, its own before those that all layers have."""
    names = [field.alias or name for name, field in cls.model_fields.items()]
    common = Layer.model_fields if issubclass(cls, Layer) else ()
    return sorted(names, key=lambda name: name in common)


def _choice(value: object) -> str:
    return f"`{value}`" if isinstance(value, str) else shown(value)


def _reads_as(text: str, wanted: list[str]) -> bool:
    from modelspec.source.scalars import resolve

    value = resolve(text)
    kinds = {int: "an integer", float: "a number", bool: "true or false"}
    kind = kinds.get(type(value))
    return kind in wanted or (kind == "an integer" and "a number" in wanted)
