"""Reads `tune.search`, and tries values of each path to see whether they can stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec.language.describe_values import shown
from modelspec.language.search_ranges import RANGES, Choice
from modelspec.language.validation import validated
from modelspec.language.yaml_writer import flow
from modelspec.source import Place
from modelspec.source.scalars import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.language.search_ranges import FloatRange, IntRange, Space

Try: TypeAlias = "Callable[[dict[str, Any], str], Diagnostic | None]"
"""Reads the spec with values in place, by path; gives what is wrong with that of one path."""

MAX_TRIED = 200
"""So many values of a search are put in place and read; a larger one is looked at in part."""
MAX_OF_A_RANGE = 16
"""A range with no more values has each of them tried; a larger one its ends."""
MAX_DEPTH = 8
"""How deep choices may hang on choices."""
_SAME_ROWS = "trials are compared on the same rows"
_REFUSED = {
    "tune": ("the search does not search over itself", "leave it out"),
    "version": ("it is the version of the language", "leave it out"),
    "name": ("it changes nothing that is trained", "leave it out"),
    "description": ("it changes nothing that is trained", "leave it out"),
    "train.seed": (
        "each trial has a seed of its own",
        "leave it out; `tune.confirm` trains the best with several seeds",
    ),
    **dict.fromkeys(
        ("data.file", "data.train", "data.validation", "data.test", "data.split"),
        (_SAME_ROWS, "leave it out, or search once for each"),
    ),
}
"""What has to be the same for all trials, or another for each: why, and the way out."""


class SearchReader:
    """Reads what paths are searched over, and tries values of each.

    Args:
        report: Gets the findings.
        try_values: Reads the spec with values in place.
    """

    def __init__(self, report: Report, try_values: Try) -> None:
        self.report = report
        self.try_values = try_values
        self.tried = 0
        self.wrong_paths: set[str] = set()
        self.outer: dict[str, list[dict[str, Any]]] = {}

    def read(
        self,
        written: dict[str, Any],
        place: Place,
        taken: dict[str, Any] | None = None,
        around: Collection[str] = (),
    ) -> dict[str, Space]:
        """The spaces by path.

        Args:
            written: What stands there.
            place: Where.
            taken: The values that these hang on, by path.
            around: The paths that are searched beside those, further out.
        """
        found: dict[str, Space] = {}
        for path, raw in written.items():
            where = place.at(path)
            beside = [*around, *(other for other in written if other != path)]
            if self._is_path(path, where, around) and not self._is_inside(path, raw, where, beside):
                self.outer[path] = _leading_into(path, written)
                space = self._space(path, raw, where, taken or {}, [*around, *written])
                if space is not None:
                    found[path] = space
        return found

    def _is_path(self, path: str, place: Place, around: Collection[str]) -> bool:
        """Whether a path may be searched over here."""
        if "=" in path:
            message, help = f"`{path}` is the path of no value", _DOTTED
            self.report.add(place.finding("MS201", message, help=help, key=True))
            return False
        if path in around:
            message = f"`{path}` is searched over already, further out"
            help = "search it in one place: here, or there"
            self.report.add(place.finding("MS206", message, help=help, key=True))
            return False
        for refused, (why, help) in _REFUSED.items():
            if f"{path}.".startswith(f"{refused}.") or path == "data":
                message = (
                    f"`{path}` cannot be searched over: {_SAME_ROWS if path == 'data' else why}"
                )
                self.report.add(place.finding("MS206", message, help=help, key=True))
                return False
        return True

    def _is_inside(self, path: str, raw: Any, place: Place, beside: Iterable[str]) -> bool:
        """Report a path that leads into what values of this one say themselves."""
        values = raw if isinstance(raw, list) else []
        for other in beside:
            if not other.startswith(f"{path}."):
                continue
            rest = other.removeprefix(f"{path}.").split(".")
            for index, value in enumerate(values):
                if _says(value, rest):
                    message = (
                        f"{shown(value)} says what `{other}` is, which is searched over by itself"
                    )
                    help = "leave it out of the value, or do not search it"
                    self.report.add(place.at(index).finding("MS206", message, help=help))
                    return True
        return False

    def _space(
        self, path: str, raw: Any, place: Place, taken: dict[str, Any], around: list[str]
    ) -> Space | None:
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
            return self._conditional(path, raw, place, taken, around)
        space = validated(RANGES[kind or "float"], raw, place, self.report)
        if space is not None:
            self._try_range(path, space, place.at(kind or ""), taken)
        return space

    def _try_range(
        self, path: str, space: IntRange | FloatRange, place: Place, taken: dict[str, Any]
    ) -> None:
        """Try the ends of a range, and all between where there are few, up to the first wrong."""
        low, high = space.bounds
        between: list[float] = []
        if space.count is not None and space.count <= MAX_OF_A_RANGE:
            between = [space.value(index) for index in range(1, space.count - 1)]
        for value in (low, high, *between):
            if not self._try(path, value, place, taken):
                return

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
        self,
        path: str,
        raw: dict[str, Any],
        place: Place,
        taken: dict[str, Any],
        around: list[str],
    ) -> Choice:
        inner: dict[int, dict[str, Space]] = {}
        values = tuple(key_value(place, key) for key in raw)
        if len(taken) >= MAX_DEPTH:
            message = f"choices hang on each other over {MAX_DEPTH} levels deep"
            self.report.add(place.finding("MS104", message, key=True))
            return Choice(values, inner)
        for index, (key, below) in enumerate(raw.items()):
            self._try(path, values[index], place.at(key), taken, key=True)
            if below is not None and not isinstance(below, dict):
                message = f"what is searched too for `{key}` is a mapping, not {shown(below)}"
                self.report.add(place.at(key).finding("MS203", message, help="write `{}`"))
            elif below:
                deeper = taken | {path: values[index]}
                inner[index] = self.read(below, place.at(key), deeper, around)
        return Choice(values, inner)

    def _try(
        self, path: str, value: Any, place: Place, taken: dict[str, Any], *, key: bool = False
    ) -> bool:
        """Put a value in place; what is wrong with it, or once with its path, is reported."""
        self.tried += 1
        if self.tried > MAX_TRIED or path in self.wrong_paths:
            return True
        for outer in self.outer[path]:
            found = self.try_values(outer | taken | {path: value}, path)
            if found is None:
                return True
        assert found
        if found.code in ("MS201", "MS207") and f"{path}.".startswith(f"{found.path}."):
            self.wrong_paths.add(path)
            place, key = _of_path(place, path), True
        self.report.add(place.finding(found.code, found.message, help=found.help, key=key))
        return False


_DOTTED = "write names and positions with dots, `layers.conv.filters`"


def key_value(place: Place, key: str) -> Any:
    """What a key of a mapping stands for as a value: `16` is a number, `"16"` is text.

    Args:
        place: Of the mapping.
        key: As it is read.
    """
    document, span = place.document, place.at(key).key_span
    if span.file != document.file:
        return resolve(key)
    start = document.lines.starts[span.line - 1] + span.column - 1
    return key if document.text[start : start + 1] in ("'", '"') else resolve(key)


def _leading_into(path: str, written: dict[str, Any]) -> list[dict[str, Any]]:
    """What may stand around a path: the values of another one that leads into it, or the file's."""
    for other, raw in written.items():
        if path.startswith(f"{other}."):
            values = raw if isinstance(raw, list) else list(raw) if isinstance(raw, dict) else []
            return [{other: value} for value in values] or [{}]
    return [{}]


def _says(value: Any, path: list[str]) -> bool:
    """Whether a value of a path says what lies further down."""
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return True


def _of_path(place: Place, path: str) -> Place:
    """Where the path of a value that is searched over stands."""
    end = max(index for index, step in enumerate(place.path) if step == path)
    return Place(place.document, place.path[: end + 1])
