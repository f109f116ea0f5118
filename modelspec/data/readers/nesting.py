"""How deep the values of a column may lie in each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    import polars as pl

    from modelspec.data.table.findings import Findings

MOST_DEPTH = 64
"""How deep lists and objects may lie in each other. Tensors have few dimensions."""
TOO_DEEP = f"lists or objects lie more than {MOST_DEPTH} deep in each other"


def check_depth(schema: Mapping[str, pl.DataType], findings: Findings) -> bool:
    """Whether no column is nested too deep; a finding on the first that is."""
    for name, dtype in schema.items():
        if _is_deep(dtype):
            message = f"column `{name}` of `{findings.file}` cannot be read: {TOO_DEEP}"
            findings.add("MS801", message, help="write lists of numbers, of a few dimensions")
            return False
    return True


def _is_deep(dtype: pl.DataType) -> bool:
    """Whether a type has more levels than are allowed; nothing is recursive here."""
    import polars as pl

    level: list[object] = [dtype]
    depth = 0
    while level and depth <= MOST_DEPTH:
        lists = [each.inner for each in level if isinstance(each, pl.List | pl.Array)]
        objects = [each for each in level if isinstance(each, pl.Struct)]
        level = [*lists, *(field.dtype for each in objects for field in each.fields)]
        depth += 1
    return depth > MOST_DEPTH
