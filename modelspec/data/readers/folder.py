"""A folder of pictures, one folder a class: the columns `path` and `label`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.data.table.table import Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.number_style import NumberStyle

ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff")


class FolderSource:
    """An open folder whose subfolders are classes. Hidden files do not count."""

    names = ("path", "label")
    repeated: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    style: NumberStyle | None = None

    def __init__(self, paths: list[str], findings: Findings) -> None:
        self._paths = paths
        self._findings = findings

    @classmethod
    def open(cls, findings: Findings) -> FolderSource | None:
        """List the pictures, class by class in order. None after a finding: there are none."""
        paths = [
            f"{label}/{name}"
            for label in _listed(findings.file)
            if os.path.isdir(os.path.join(findings.file, label))
            for name in _listed(os.path.join(findings.file, label))
            if name.lower().endswith(ENDINGS)
        ]
        if paths:
            return cls(paths, findings)
        message = f"`{findings.file}` holds no folders with pictures"
        findings.add("MS804", message, help="make a folder for each class: `photos/cat/1.jpg`")
        return None

    def kind(self, column: str) -> Kind:  # noqa: ARG002
        """Both columns are text."""
        return "text"

    def read(self, kinds: dict[str, Kind]) -> Table | None:
        """The paths, relative to the folder, and the folders that they are in."""
        import polars as pl

        labels = [os.path.dirname(path) for path in self._paths]
        columns = {"path": pl.Series(self._paths), "label": pl.Series(labels)}
        wanted: dict[str, Column] = {name: columns[name] for name in kinds}
        return Table(self._findings.file, len(self._paths), wanted, "row")

    def chunks(self, kinds: dict[str, Kind], size: int) -> Iterator[Table]:  # noqa: ARG002
        """All at once: paths are short."""
        table = self.read(kinds)
        assert table
        yield table


def _listed(folder: str) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))
