"""Whether arrays have the shape that the model wants."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from modelspec.shapes import Expr, evaluate, product, text

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.shapes import Dim


@dataclasses.dataclass(slots=True)
class SymbolSizes:
    """The sizes that symbols turn out to have in one file.

    Attributes:
        minimums: The least size of each that the model can take.
        found: By symbol: its size, and the input that gave it.
        chunked: Whether the file is read in several chunks.
    """

    minimums: dict[str, int] = dataclasses.field(default_factory=dict)
    found: dict[str, tuple[int, str]] = dataclasses.field(default_factory=dict)
    chunked: bool = False

    def fit(
        self, rows: tuple[int, ...], field: ModelField, what: str, findings: Findings
    ) -> tuple[int, ...] | None:
        """The shape that rows of this shape take in a field. None after a finding.

        A last axis of 1 is added or dropped where only that differs: images of `[28, 28]` fill
        an input of `[28, 28, 1]`, and a column fills `[1]`.

        Args:
            rows: The shape of one row.
            field: What they are to fill.
            what: How a message names them, `the array `pixels``.
            findings: Gets what does not fit.
        """
        if field.shape is None:
            return rows
        fitted = rows
        if len(rows) == len(field.shape) - 1 and field.shape[-1] == 1:
            fitted = (*rows, 1)
        elif len(rows) == len(field.shape) + 1 and rows[-1] == 1:
            fitted = rows[:-1]
        axes = zip(fitted, field.shape, strict=False)
        if len(fitted) != len(field.shape) or any(self._differs(*axis) for axis in axes):
            self._report_shape(rows, field, what, findings)
            return None
        return fitted if self._keep_symbols(fitted, field, what, findings) else None

    def _differs(self, size: int, wanted: Dim) -> bool:
        if isinstance(wanted, Expr) and not self._is_symbol(wanted):
            known = {name: found for name, (found, _) in self.found.items()}
            expected = evaluate(wanted, known)
            return expected is not None and expected != size
        return isinstance(wanted, int) and wanted != size

    def _is_symbol(self, size: Expr) -> bool:
        return len(size.symbols) == 1 and str(size) in size.symbols

    def _keep_symbols(
        self, fitted: tuple[int, ...], field: ModelField, what: str, findings: Findings
    ) -> bool:
        """Note the sizes of symbols, each of which has one size and a least one."""
        for size, wanted in zip(fitted, field.shape or (), strict=True):
            if not isinstance(wanted, Expr) or not self._is_symbol(wanted):
                continue
            name = str(wanted)
            known, giver = self.found.setdefault(name, (size, field.name))
            if known != size:
                message = f"`{name}` is {known} in `{giver}` and {size} in `{field.name}` ({what})"
                help = f"give them equal sizes, or another symbol than `{name}` in the spec"
                findings.add("MS805", message, help=help)
                return False
            if size < self.minimums.get(name, 0):
                least = self.minimums[name]
                message = f"{field.text} needs `{name}` of at least {least}, {what} has {size}"
                findings.add("MS805", message, help="pad the rows, or use smaller kernels or pools")
                return False
        return True

    def _report_shape(
        self, rows: tuple[int, ...], field: ModelField, what: str, findings: Findings
    ) -> None:
        code = "MS805" if field.role == "input" else "MS607"
        given = f"rows of `{text(rows)}`" if rows else "one value a row"
        message = f"{field.text} is `{text(field.shape)}`, {what} has {given}"
        help = ""
        if field.role == "input" and product(rows) == product(field.shape or ()):
            help = f"declare the input as `{text(rows)}` and add a Reshape to `{text(field.shape)}`"
        findings.add(code, message, help=help)
