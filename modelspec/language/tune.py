"""The `tune` section: what is searched over, for what, and within which limits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from modelspec.language.describe_values import shown
from modelspec.language.validation import validated
from modelspec.language.yaml_writer import flow
from modelspec.source import Place

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.diagnostics import Diagnostic, Report

Count: TypeAlias = Annotated[int, Field(gt=0)]
Number: TypeAlias = Annotated[float, Field(allow_inf_nan=False)]
MAX_TRIED = 200
"""So many values of a search are put in place and read; a larger one is looked at in part."""
MAX_DEPTH = 8
"""How deep choices may hang on choices."""


class _Tuned(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Limits(_Tuned):
    """What no candidate may be over: it is never started."""

    parameters: Count | None = None
    """How many parameters a candidate has at most."""
    flops: Count | None = None
    """How many FLOPs a sample takes at most."""


class Confirm(_Tuned):
    """How the best candidates are trained again before one is called the best."""

    top: Count = 3
    """How many of the best."""
    seeds: Count = 3
    """How many times each, with a seed of its own."""


class TuneSection(_Tuned):
    """What is searched over, for what, and within which limits."""

    search: Annotated[dict[str, Any], Field(min_length=1)]
    """By path, as for `--set`: a list of values, `{int: [LOW, HIGH]}`, `{float: [LOW, HIGH]}`, or
    a mapping from each value to what is searched too where it is taken."""
    objective: (
        Annotated[str, Field(min_length=1)]
        | Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]
    ) = "val_loss"
    """What is to become best: a name that a run logs, `parameters` or `flops`; or several."""
    limits: Limits = Limits()
    """What no candidate may be over."""
    sampler: Literal["tpe", "random", "grid", "nsga2", "cmaes", "gp"] = "tpe"
    """How candidates are chosen."""
    trials: Count = 50
    """How many candidates are trained."""
    pruner: Literal["hyperband", "median", "none"] = "hyperband"
    """How hopeless trials are ended early."""
    confirm: Confirm | Literal["none"] = Confirm()
    """How the best are trained again; `none` takes the best trial at its word."""
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    """What the candidates are drawn from, and the seed of each trial."""
    invalid: Literal["refuse", "skip"] = "refuse"
    """What to do about combinations that are no sound model: refuse to begin, or leave them out."""


class _Range(_Tuned):
    log: bool = False
    """Whether values are drawn evenly by their logarithm."""

    @model_validator(mode="after")
    def _is_one(self) -> _Range:
        low, high = self.bounds
        kind = "int" if isinstance(self, IntRange) else "float"
        if low >= high:
            raise PydanticCustomError("MS204", f"`{kind}` goes from {low:g} to {high:g}", _FROM_LOW)
        if self.log and low <= 0:
            raise PydanticCustomError("MS204", f"there is no logarithm of {low:g}", _FROM_ABOVE)
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value."""
        raise NotImplementedError

    @property
    def count(self) -> int | None:
        """How many values there are; None where they have no end."""
        raise NotImplementedError


_FROM_LOW = {"help": "write the lower bound first, `[1, 8]`"}
_FROM_ABOVE = {"help": "leave `log` out, or begin above 0"}


class IntRange(_Range):
    """Integers from a range, both ends with it."""

    int_: Annotated[list[int], Field(alias="int", min_length=2, max_length=2)]
    """The least and the greatest."""
    step: Count = 1
    """Only the least and every so many after it."""

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the greatest value."""
        return self.int_[0], self.int_[1]

    @property
    def count(self) -> int:
        """How many values there are."""
        return (self.int_[1] - self.int_[0]) // self.step + 1

    def value(self, index: int) -> int:
        """One of the values, the least being 0."""
        return self.int_[0] + index * self.step


class FloatRange(_Range):
    """Numbers from a range."""

    float_: Annotated[list[Number], Field(alias="float", min_length=2, max_length=2)]
    """The least and the greatest."""
    step: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    """Only the least and every so much after it; without it, any number between them."""

    @model_validator(mode="after")
    def _steps_are_even(self) -> FloatRange:
        if self.log and self.step is not None:
            message = "`step` is one distance all along, and `log` is for ever larger ones"
            raise PydanticCustomError("MS206", message, {"help": "leave one of them out"})
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the greatest value."""
        return float(self.float_[0]), float(self.float_[1])

    @property
    def count(self) -> int | None:
        """How many values there are; None where they have no end."""
        if self.step is None:
            return None
        low, high = self.bounds
        return int((Decimal(repr(high)) - Decimal(repr(low))) / Decimal(repr(self.step))) + 1

    def value(self, index: int) -> float:
        """One of the values of a range with a step, the least being 0.

        The sum is that of the numbers as they are written: 0.1 and two steps of 0.1 are 0.3.
        """
        assert self.step is not None
        return float(Decimal(repr(self.bounds[0])) + index * Decimal(repr(self.step)))


RANGES: dict[str, type[IntRange] | type[FloatRange]] = {"int": IntRange, "float": FloatRange}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values.

    Attributes:
        values: What is chosen from.
        inner: What is searched over too where a value is taken, by its place in `values`.
    """

    values: tuple[Any, ...]
    inner: dict[int, dict[str, Space]]

    @property
    def count(self) -> int:
        """How many values there are."""
        return len(self.values)

    def value(self, index: int) -> Any:
        """One of the values."""
        return self.values[index]


Space: TypeAlias = "IntRange | FloatRange | Choice"


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """A sound `tune` section.

    Attributes:
        search: What each path is searched over.
    """

    section: TuneSection
    search: dict[str, Space]
    place: Place


Try: TypeAlias = "Callable[[dict[str, Any], str], Diagnostic | None]"
"""Reads the spec with values in place, by path; gives what is wrong with that of one path."""


def read_tune(value: object, place: Place, report: Report, try_values: Try) -> TuneSettings | None:
    """Read a `tune` section.

    Args:
        value: What stands there.
        place: Where it stands.
        report: Gets the findings.
        try_values: Reads the spec with values in place.

    Returns:
        None where any part is broken; all parts are looked at all the same.
    """
    before = len(report)
    section = validated(TuneSection, value, place, report)
    written = value.get("search") if isinstance(value, dict) else None
    reader = _SearchReader(report, try_values)
    search = reader.read(written if isinstance(written, dict) else {}, place.at("search"), {})
    if section is None or len(report) > before:
        return None
    return TuneSettings(section, search, place)


class _SearchReader:
    """Reads what paths are searched over, and tries the values at the ends of each."""

    def __init__(self, report: Report, try_values: Try) -> None:
        self.report = report
        self.try_values = try_values
        self.tried = 0
        self.wrong_paths: set[str] = set()

    def read(
        self, written: dict[str, Any], place: Place, taken: dict[str, Any]
    ) -> dict[str, Space]:
        """The spaces by path. `taken` are the values that these hang on."""
        found = {
            path: self._space(path, raw, place.at(path), taken) for path, raw in written.items()
        }
        return {path: space for path, space in found.items() if space is not None}

    def _space(self, path: str, raw: Any, place: Place, taken: dict[str, Any]) -> Space | None:
        if "=" in path:
            message = f"`{path}` is the path of no value"
            help = "write names and positions with dots, `layers.conv.filters`"
            self.report.add(place.finding("MS201", message, help=help, key=True))
            return None
        if isinstance(raw, list) and raw:
            return self._choice(path, raw, place, taken)
        if not isinstance(raw, dict) or not raw:
            message = f"`{path}` is searched over a list, a range or a mapping, not {shown(raw)}"
            if raw == []:
                message = f"`{path}` has no value to choose"
            help = "write `[1, 2, 4]`, `{int: [1, 8]}`, or `{float: [0.0001, 0.1], log: true}`"
            self.report.add(place.finding("MS203", message, help=help))
            return None
        kind = next((kind for kind in RANGES if kind in raw), None)
        if kind is None and any(isinstance(inner, dict) or inner is None for inner in raw.values()):
            return self._conditional(path, raw, place, taken)
        space = validated(RANGES[kind or "float"], raw, place, self.report)
        for end in space.bounds if space is not None else ():
            if not self._try(path, end, place.at(kind or ""), taken):
                break
        return space

    def _choice(self, path: str, raw: list[Any], place: Place, taken: dict[str, Any]) -> Choice:
        texts = [flow(value) for value in raw]
        for index, value in enumerate(raw):
            if texts[index] in texts[:index]:
                help = "name each value once"
                message = f"`{path}` may be {shown(value)} twice"
                self.report.add(place.at(index).finding("MS206", message, help=help))
            else:
                self._try(path, value, place.at(index), taken)
        return Choice(tuple(raw), {})

    def _conditional(
        self, path: str, raw: dict[str, Any], place: Place, taken: dict[str, Any]
    ) -> Choice:
        inner: dict[int, dict[str, Space]] = {}
        if len(taken) >= MAX_DEPTH:
            message = f"choices hang on each other over {MAX_DEPTH} levels deep"
            self.report.add(place.finding("MS104", message, key=True))
            return Choice(tuple(raw), inner)
        for index, (value, below) in enumerate(raw.items()):
            self._try(path, value, place.at(value), taken, key=True)
            if below is not None and not isinstance(below, dict):
                message = f"what is searched too for `{value}` is a mapping, not {shown(below)}"
                self.report.add(place.at(value).finding("MS203", message, help="write `{}`"))
            elif below:
                inner[index] = self.read(below, place.at(value), taken | {path: value})
        return Choice(tuple(raw), inner)

    def _try(
        self, path: str, value: Any, place: Place, taken: dict[str, Any], *, key: bool = False
    ) -> bool:
        """Put a value in place; what is wrong with it, or once with its path, is reported."""
        self.tried += 1
        if self.tried > MAX_TRIED or path in self.wrong_paths:
            return True
        found = self.try_values(taken | {path: value}, path)
        if found is None:
            return True
        if found.code in ("MS201", "MS207") and f"{path}.".startswith(f"{found.path}."):
            self.wrong_paths.add(path)
            place, key = _of_path(place, path), True
        self.report.add(place.finding(found.code, found.message, help=found.help, key=key))
        return False


def _of_path(place: Place, path: str) -> Place:
    """Where the path of a value that is searched over stands."""
    end = max(index for index, step in enumerate(place.path) if step == path)
    return Place(place.document, place.path[: end + 1])
