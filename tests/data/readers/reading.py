"""Files that are read as `init` does: all columns, as what they seem to be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.data.readers import open_prepared, prepare
from modelspec.data.table.findings import Findings
from modelspec.diagnostics import Diagnostic, Report
from modelspec.language.data_format import FileFormat, file_format

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Table


class Read(NamedTuple):
    """What came of a file."""

    columns: dict[str, list[Any]]
    notes: tuple[str, ...]
    found: list[Diagnostic]
    table: Table | None = None

    def finding(self) -> Diagnostic:
        """The one finding of a file that cannot be read."""
        assert self.table is None
        assert len(self.found) == 1, self.found
        return self.found[0]


def read(path: Path, trained: NumberStyle | None = None, **stated: Any) -> Read:
    """Read a file by its suffix, and what is stated of its format."""
    report = Report()
    findings = Findings(report, str(path))
    format = file_format(FileFormat(**stated), str(path))
    assert format
    prepared = prepare(format, findings, trained)
    source = prepared and open_prepared(prepared, findings)
    if not source:
        return Read({}, (), list(report))
    kinds = {name: source.kind(name) for name in source.names}
    table = source.read({n: "text" if kind == "date" else kind for n, kind in kinds.items()})
    columns = {name: list(column) for name, column in table.columns.items()} if table else {}
    return Read(columns, tuple(source.notes), list(report), table)
