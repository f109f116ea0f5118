"""Parquet, by polars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.readers.text import as_text
from modelspec.data.table import Column, Kind, Table

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.findings import Findings


class ParquetSource:
    """An open Parquet file."""

    repeated: frozenset[str] = frozenset()

    def __init__(self, schema: dict[str, pl.DataType], findings: Findings) -> None:
        self._schema = schema
        self._findings = findings
        self.names = schema.keys()

    @classmethod
    def open(cls, findings: Findings) -> ParquetSource | None:
        """Read the schema. None after a finding."""
        import polars as pl

        from modelspec.data.readers.refusals import REFUSALS, cause

        try:
            schema = pl.read_parquet_schema(findings.file)
        except REFUSALS as error:
            _report_unreadable(findings, cause(error))
            return None
        return cls(dict(schema), findings)

    def kind(self, column: str) -> Kind:
        """Numbers and booleans are numbers."""
        dtype = self._schema[column]
        return "number" if dtype.is_numeric() or str(dtype) in ("Boolean", "Null") else "text"

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """These columns. None after a finding: values of another kind, no rows, a broken file."""
        import polars as pl

        from modelspec.data.readers.refusals import REFUSALS, cause

        refused = [column for column in kinds if self._refuses(column)]
        if refused:
            return None
        try:
            frame = pl.read_parquet(self._findings.file, columns=list(kinds))
        except REFUSALS as error:
            _report_unreadable(self._findings, cause(error))
            return None
        if not frame.height:
            self._findings.add("MS804", f"`{self._findings.file}` has no rows")
            return None
        columns: dict[str, Column] = {
            name: as_text(frame[name]) if kind == "text" else _plain(frame[name])
            for name, kind in kinds.items()
        }
        return Table(self._findings.file, frame.height, columns, "row")

    def _refuses(self, column: str) -> bool:
        dtype = self._schema[column]
        if not (dtype.is_nested() or dtype.is_temporal() or str(dtype) in ("Binary", "Object")):
            return False
        message = f"`{column}` of `{self._findings.file}` holds `{dtype}`, not numbers or text"
        self._findings.add("MS803", message, help="turn it into columns of numbers or text")
        return True


def _plain(series: pl.Series) -> pl.Series:
    """Numbers that numpy has: no decimals, no nulls' type."""
    import polars as pl

    odd = series.dtype.is_decimal() or series.dtype in (pl.Null, pl.Int128)
    return series.cast(pl.Float64) if odd else series


def _report_unreadable(findings: Findings, cause: str) -> None:
    findings.add("MS801", f"`{findings.file}` cannot be read as Parquet: {cause}")
