"""The `inputs` section."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.language.describe_values import shown
from modelspec.language.model import Input
from modelspec.language.names import check_name, is_name
from modelspec.language.params import BROKEN, is_broken, mend_param, substitute
from modelspec.language.sections import InputSection
from modelspec.language.validation import validated
from modelspec.shapes import UNKNOWN, Dim, symbol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.diagnostics import Report
    from modelspec.shapes import Shape
    from modelspec.source import Place

MAX_SIZE = 2**53


class InputReader:
    """Reads the inputs of one body. `of_spec`: their shapes are theirs, or those of the data."""

    def __init__(self, params: Mapping[str, Any], report: Report, *, of_spec: bool) -> None:
        self.params = params
        self.report = report
        self.of_spec = of_spec
        self.dropped: set[str] = set()
        """What is no name, and has been reported."""

    def read(self, section: Any, place: Place) -> dict[str, Input]:
        """The inputs by name."""
        found: dict[str, Input] = {}
        if isinstance(section, dict):
            for name, raw in section.items():
                where = place.at(name)
                if check_name(name, "an input", where, self.report):
                    found[name] = self._input(name, raw, where)
                else:
                    self.dropped.add(str(name))
        elif isinstance(section, list):
            for index, name in enumerate(section):
                self._listed(name, place.at(index), found)
        return found

    def _listed(self, name: Any, where: Place, found: dict[str, Input]) -> None:
        if not check_name(name, "an input", where, self.report):
            self.dropped.add(str(name))
        elif name in found:
            self.report.add(where.finding("MS302", f"`{name}` is listed twice"))
        else:
            found[name] = Input(name, where, left_to_data=self.of_spec)

    def _input(self, name: str, raw: Any, where: Place) -> Input:
        value = substitute(raw, self.params, where, self.report)
        if value is BROKEN:
            return Input(name, where)
        if isinstance(value, list):
            return Input(name, where, self._shape(value, where), self._default_dtype)
        if not isinstance(value, dict) and value is not None:
            message = f"an input is a shape, or a mapping with a `shape`, not {shown(value)}"
            help = f"write `{name}: [...]`, without the batch axis"
            self.report.add(where.finding("MS203", message, help=help))
            return Input(name, where)
        return self._described(name, value or {}, where)

    def _described(self, name: str, entries: dict[str, Any], where: Place) -> Input:
        broken = [key for key, value in entries.items() if is_broken(value)]
        section = validated(InputSection, entries, where, self.report, broken=broken)
        shape = entries.get("shape")
        sizes = self._shape(shape, where.at("shape")) if isinstance(shape, list) else None
        if section is None:
            return Input(name, where, sizes)
        if shape is None and self.of_spec:
            return Input(name, where, None, section.dtype, section.description, left_to_data=True)
        dtype = section.dtype or self._default_dtype
        return Input(name, where, sizes, dtype, section.description)

    @property
    def _default_dtype(self) -> str | None:
        return "float32" if self.of_spec else None

    def _shape(self, sizes: list[Any], place: Place) -> Shape | None:
        dims = [self._dim(size, place.at(index)) for index, size in enumerate(sizes)]
        return None if None in dims else tuple(dims)  # type: ignore[arg-type]

    def _dim(self, size: Any, place: Place) -> Dim | None:
        if size is BROKEN:
            return None
        if size is None:
            return UNKNOWN
        if isinstance(size, int) and not isinstance(size, bool):
            if 1 <= size <= MAX_SIZE:
                return size
            message = f"a size is {size}, and must be from 1 to {MAX_SIZE}"
            any_size = "write `null` or a symbol like `T` for any size" if size < 1 else ""
            self.report.add(place.finding("MS204", message, help=mend_param(place) or any_size))
            return None
        if isinstance(size, str) and is_name(size):
            return symbol(size)
        any_size = "write `null` for any size, or a symbol like `T` for one that recurs"
        help = mend_param(place) or any_size
        message = f"a size is a positive integer, a symbol or null, not {shown(size)}"
        self.report.add(place.finding("MS203", message, help=help))
        return None
