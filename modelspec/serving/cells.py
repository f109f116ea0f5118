"""Whether the rows of a request have the columns of the model, and cells of their types."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.serving.problems import MOST_PROBLEMS, Problem, RequestError
from modelspec.serving.what_to_send import WANTED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.serving.columns import Column
    from modelspec.serving.limits import Limits

    Check = Callable[[Any], str]
    """What is wrong with a cell; empty for nothing."""

_LEAST, _MOST = -(2**63), 2**63 - 1
_NONE = type(None)
_LISTS = ("sequence", "classes")
_SCALARS = frozenset({int, float, str, bool, _NONE})
_NAMES = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    _NONE: "null",
}


class RowChecker:
    """Checks requests for one model.

    Args:
        columns: Of a row, by name.
        limits: How many rows there may be.
        threshold: Whether a request may give one.
    """

    def __init__(self, columns: Mapping[str, Column], limits: Limits, *, threshold: bool) -> None:
        self._columns = dict(columns)
        self._limits = limits
        self._threshold = threshold
        self._names = frozenset(columns)
        self._checks = [(name, _check_of(each)) for name, each in columns.items()]
        self._listed = [name for name, each in columns.items() if each.kind in _LISTS]
        self._optional = {name for name, each in columns.items() if not each.required}

    def request(self, content: Any) -> tuple[list[dict[str, Any]], float | None]:
        """The rows of a request, each with all columns in their order, and its threshold.

        Raises:
            RequestError: It is something else, or too much.
        """
        if not isinstance(content, dict) or "rows" not in content:
            said = 'the body is no object with `rows`: `{"rows": [{...}]}`'
            raise RequestError(422, Problem(said))
        for key in (key for key in content if key not in ("rows", "threshold")):
            raise RequestError(422, Problem(f"a request has no `{key}`", _help(key)))
        return self._rows(content["rows"]), self._given_threshold(content.get("threshold"))

    def _given_threshold(self, given: Any) -> float | None:
        if given is None:
            return None
        if not self._threshold:
            said = "`threshold` decides nothing: no output of the model says yes or no"
            raise RequestError(422, Problem(said, "leave it away"))
        if type(given) not in (int, float) or not 0 <= given <= 1:
            raise RequestError(422, Problem("`threshold` is a probability, from 0 to 1"))
        return float(given)

    def _rows(self, rows: Any) -> list[dict[str, Any]]:
        if not isinstance(rows, list):
            raise RequestError(422, Problem(f"`rows` is {_NAMES[type(rows)]}, not a list of rows"))
        if not rows:
            raise RequestError(422, Problem("`rows` is empty", "send at least one row"))
        if len(rows) > self._limits.rows:
            said = f"there are {len(rows):,} rows, and {self._limits.rows:,} are allowed at once"
            help = "send them in several requests, or start the server with a larger `--max-batch`"
            raise RequestError(413, Problem(said, help))
        problems: list[Problem] = []
        found = [self._row(row, number, problems) for number, row in enumerate(rows, 1)]
        if not problems:
            self._check_alike(found, problems)
        if problems:
            raise RequestError(422, problems[:MOST_PROBLEMS])
        return found

    def _row(self, row: Any, number: int, problems: list[Problem]) -> dict[str, Any]:
        if type(row) is not dict:
            said = f"row {number} is {_NAMES[type(row)]}, not an object"
            problems.append(Problem(said, row=number))
            return {}
        if row.keys() != self._names:
            self._check_names(row, number, problems)
            row = {name: row.get(name) for name in self._columns}
        for name, check in self._checks:
            if wrong := check(row[name]):
                problems.append(Problem(f"`{name}` is {wrong}", row=number, column=name))
        return row if problems else {name: row[name] for name in self._columns}

    def _check_alike(self, rows: list[dict[str, Any]], problems: list[Problem]) -> None:
        """Refuse a column of lists that is text in some rows: it would be read as text in all."""
        for name in self._listed:
            kinds = [type(row[name]) for row in rows]
            if str in kinds and list in kinds:
                said = f"`{name}` is a list in some rows, and text in others"
                row = kinds.index(str) + 1
                problems.append(Problem(said, "send lists in all rows", row, name))

    def _check_names(self, row: dict[str, Any], number: int, problems: list[Problem]) -> None:
        """Which columns a row lacks, and which it has that the model does not read."""
        known = list(self._columns)
        for name in (name for name in row if name not in self._names):
            if len(problems) >= MOST_PROBLEMS:
                return
            near = did_you_mean(name, known)
            help = f"did you mean `{near}`?" if near else f"a row has {name_list(known)}"
            said = f"there is no column `{name}`"
            problems.append(Problem(said, help, row=number, column=name))
        for name in known:
            if name not in row and name not in self._optional:
                said = f"the column `{name}` is missing"
                problems.append(Problem(said, row=number, column=name))


def _help(key: str) -> str:
    near = did_you_mean(key, ["rows", "threshold"])
    return f"did you mean `{near}`?" if near else "it has `rows`, and may have `threshold`"


def _check_of(column: Column) -> Check:
    """What checks the cells of a column."""
    if column.kind == "array":
        return lambda cell: _array(cell, column)
    if column.kind == "sequence":
        return lambda cell: _sequence(cell, column)
    if column.kind == "classes" and column.separator == ",":
        return lambda cell: _classes(cell, column)
    if column.kind == "image":
        return lambda cell: _image(cell, column)
    return lambda cell: _scalar(cell, column)


def _scalar(cell: Any, column: Column) -> str:
    kind = type(cell)
    if kind is float:
        return "" if isfinite(cell) else "too large for a number"
    if kind is int:
        return "" if _LEAST <= cell <= _MOST else "too large for a whole number; write it as text"
    if kind is str:
        return "" if cell.isascii() else _broken(cell)
    return "" if kind in _SCALARS else _other(cell, column)


def _image(cell: Any, column: Column) -> str:
    return _scalar(cell, column) if type(cell) is str or cell is None else _other(cell, column)


def _broken(text: str) -> str:
    """Whether a text holds half of a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "text with half of a character, a surrogate"
    return ""


def _other(cell: Any, column: Column) -> str:
    return f"{_NAMES[type(cell)]}, not {WANTED[column.kind]}"


def _array(cell: Any, column: Column) -> str:
    """Numbers of the column's shape; a last axis of 1 may be there or not."""
    if cell is None:
        return ""
    if type(cell) not in (list, int, float):
        return _other(cell, column)
    try:
        values = np.array(cell)
    except ValueError:
        return "lists of unequal lengths"
    except OverflowError:
        return "a list with a number that is too large"
    if not values.size:
        return "an empty list"
    if values.dtype.kind not in "iufb":
        return "a list that holds more than numbers, or too large ones"
    if not np.isfinite(values).all():
        return "a list with a number that is too large"
    if _fits(values.shape, column.shape):
        return ""
    return f"of the shape {_text(values.shape)}, not {_text(column.shape)}"


def _fits(shape: tuple[int, ...], wanted: tuple[int | None, ...]) -> bool:
    if len(shape) + 1 == len(wanted) and wanted[-1] == 1:
        shape = (*shape, 1)
    elif len(shape) == len(wanted) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    return len(shape) == len(wanted) and all(
        size in (None, found) for found, size in zip(shape, wanted, strict=True)
    )


def _text(shape: tuple[int | None, ...]) -> str:
    return f"[{', '.join('any' if size is None else str(size) for size in shape)}]"


def _sequence(cell: Any, column: Column) -> str:
    """A list of steps, each a number or as many as the model takes; or text with numbers."""
    if type(cell) is str or cell is None:
        return _scalar(cell, column)
    if type(cell) is not list:
        return _other(cell, column)
    if not column.shape:
        return next(filter(None, map(_step, cell)), "")
    (width,) = column.shape
    for step in cell:
        if type(step) is not list:
            return f"a list with {_NAMES[type(step)]} in it, not lists of {width} numbers"
        if len(step) != width:
            return f"a list with a step that has not {width} numbers, but {len(step)}"
    return next(filter(None, (_step(value) for step in cell for value in step)), "")


def _step(value: Any) -> str:
    kind = type(value)
    if kind is float:
        return "" if isfinite(value) else "a list with a number that is too large"
    if kind is int:
        return "" if _LEAST <= value <= _MOST else "a list with a number that is too large"
    return "" if value is None else f"a list with {_NAMES[kind]} in it, not only numbers"


def _classes(cell: Any, column: Column) -> str:
    if type(cell) is not list:
        return _scalar(cell, column)
    odd = next((each for each in cell if type(each) is not str), None)
    if odd is not None or None in cell:
        return "a list that holds more than text"
    return next(filter(None, map(_broken, cell)), "")
