"""What the columns of a table seem to be, for a first spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from modelspec.data.features.absent import absent
from modelspec.data.features.dates import parsed
from modelspec.data.features.tokens import most_frequent
from modelspec.data.readers import open_source
from modelspec.data.readers.folder import ENDINGS
from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    import polars as pl

    from modelspec.data.table.findings import Findings
    from modelspec.data.table.table import Array, Column, Kind, Table
    from modelspec.source.data_suffixes import Format

ColumnType: TypeAlias = Literal[
    "number", "category", "text", "image", "date", "sequence", "tags", "skip"
]

FEW_CLASSES = 50
"""A text column of at most so many values is a category."""
FEW_NUMBERS = 20
"""A target of at most so many whole numbers is classes."""
WORDS_OF_A_TEXT = 3
_MOSTLY = 0.95


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """One column.

    Attributes:
        type: What it seems to be.
        why: In a few words, for a comment.
        missing: How many rows have no value.
        classes: How many values it has.
        size: The entries of a vector, the vocabulary of a text; height and width of pictures.
        whole: Whether all its numbers are whole ones from 0 on.
        values: Those that it has, in order, where they are few.
    """

    name: str
    type: ColumnType
    why: str
    missing: int = 0
    classes: int = 0
    size: tuple[int, ...] = ()
    whole: bool = False
    values: tuple[str | int, ...] = ()


def infer_types(format: Format, findings: Findings) -> tuple[dict[str, ColumnGuess], int] | None:
    """What each column of a file seems to be, and how many rows there are.

    None after a finding.
    """
    source = open_source(format, findings)
    if source is None:
        return None
    kinds: dict[str, Kind] = {}
    for name in source.names:
        kind = source.kind(name)
        kinds[name] = "text" if kind == "date" else kind
    table = source.read(kinds)
    if table is None:
        return None
    return {
        name: _guess_column(name, column, table) for name, column in table.columns.items()
    }, table.rows


def _guess_column(name: str, column: Column, table: Table) -> ColumnGuess:
    import polars as pl

    missing = int(absent(column).sum())
    if missing == table.rows:
        return ColumnGuess(name, "skip", "it is empty", missing)
    if isinstance(column, np.ndarray):
        return _of_array(name, column, missing)
    if column.dtype.is_nested():
        return _of_lists(name, column, missing)
    values = column.filter(pl.Series(~absent(column)))
    if column.dtype == pl.String:
        return _of_texts(name, values.str.strip_chars(), missing, table)
    return _of_numbers(name, values, missing)


def _of_numbers(name: str, values: pl.Series, missing: int) -> ColumnGuess:
    count = values.n_unique()
    numbers = values.cast(float).to_numpy()
    whole = bool((numbers == np.floor(numbers)).all() and numbers.min() >= 0)
    if count == 1:
        return ColumnGuess(name, "skip", f"it is {values[0]!s} in every row", missing, count)
    rising = len(numbers) > FEW_CLASSES and bool((np.diff(numbers) == 1).all())
    if rising:
        return ColumnGuess(name, "skip", "it only numbers the rows", missing, count)
    few: tuple[int, ...] = ()
    if whole and count <= FEW_CLASSES:
        few = tuple(map(int, np.unique(numbers)))
    why = f"{count:,} different numbers"
    return ColumnGuess(name, "number", why, missing, count, whole=whole, values=few)


def _of_array(name: str, array: Array, missing: int) -> ColumnGuess:
    import polars as pl

    if array.ndim == 1:
        numbers = pl.Series(array).cast(pl.Float64).fill_nan(None).drop_nulls()
        return _of_numbers(name, numbers, missing)
    why = f"an array of {list(array.shape[1:])}"
    return ColumnGuess(name, "number", why, missing, size=tuple(array.shape[1:]))


def _of_lists(name: str, column: pl.Series, missing: int) -> ColumnGuess:
    import polars as pl

    if getattr(column.dtype, "inner", None) == pl.String:
        return _of_tags(name, column, missing)
    shape = _shape(column)
    if shape and not missing:
        why = f"vectors of {shape[0]}" if len(shape) == 1 else f"arrays of {list(shape)}"
        return ColumnGuess(name, "number", why, missing, size=shape)
    if getattr(column.dtype, "inner", column.dtype).is_nested():
        return ColumnGuess(name, "skip", "it holds lists of lists", missing)
    sizes = column.list.len().drop_nulls()
    return ColumnGuess(
        name, "sequence", f"lists of {sizes.min()!s} to {sizes.max()!s} steps", missing
    )


def _of_tags(name: str, column: pl.Series, missing: int) -> ColumnGuess:
    """Lists of text: each names several classes."""
    values = column.drop_nulls().explode().drop_nulls().unique().sort().to_list()
    why = f"several of {len(values):,} different values"
    if not 0 < len(values) <= FEW_CLASSES or any("," in each for each in values):
        return ColumnGuess(name, "skip", why, missing, len(values))
    return ColumnGuess(name, "tags", why, missing, len(values), values=tuple(values))


def _shape(column: pl.Series) -> tuple[int, ...]:
    """That of each row, or none where rows differ."""
    import polars as pl

    shape, values = [], column.drop_nulls()
    while values.dtype.is_nested():
        lists = values if isinstance(values.dtype, pl.List) else values.arr.to_list()
        sizes = lists.list.len().unique().to_list()
        if len(sizes) != 1 or not sizes[0]:
            return ()
        shape.append(int(sizes[0]))
        values = lists.explode()
    return tuple(shape)


def _of_texts(name: str, values: pl.Series, missing: int, table: Table) -> ColumnGuess:
    count = values.n_unique()
    if count == 1:
        return ColumnGuess(name, "skip", f"it is `{values[0]}` in every row", missing, count)
    if values.str.to_lowercase().str.contains(rf"({'|'.join(ENDINGS)})$").mean() == 1:
        size = _picture_size(values[0], table.file)
        return ColumnGuess(name, "image", "paths of pictures", missing, count, size)
    if 1 - parsed(values, "").is_null().mean() >= _MOSTLY:  # type: ignore[operator]
        return ColumnGuess(name, "date", "dates", missing, count)
    if _are_lists(values):
        return ColumnGuess(name, "sequence", "several numbers a row", missing, count)
    words = float(values.str.count_matches(r"\S+").mean())  # type: ignore[arg-type]
    if count <= FEW_CLASSES and count * 2 <= len(values):
        found = tuple(values.unique().sort().to_list())
        why = f"{count} different values"
        return ColumnGuess(name, "category", why, missing, count, values=found)
    if words >= WORDS_OF_A_TEXT:
        vocabulary = len(most_frequent(values.head(20_000), "word", lower=True)) + 2
        why = f"text of {words:.0f} words on average"
        return ColumnGuess(name, "text", why, missing, count, (vocabulary,))
    if count * 2 <= len(values):
        return ColumnGuess(name, "category", f"{count:,} different values", missing, count)
    return ColumnGuess(name, "skip", "nearly every row has a value of its own", missing, count)


def _are_lists(values: pl.Series) -> bool:
    """Whether texts hold at least two numbers each, and nothing else."""
    numbers = r"^\[?\s*-?[\d.]+(e-?\d+)?([\s,;]+-?[\d.]+(e-?\d+)?)+\s*\]?$"
    return bool(values.str.to_lowercase().str.contains(numbers).all())


def _picture_size(path: str, table: str) -> tuple[int, ...]:
    """Height, width and channels to resize to: those of the first picture, up to 64."""
    import os

    require("PIL", f"a column of pictures, such as `{path}`,")
    from PIL import Image

    try:
        with Image.open(os.path.join(os.path.dirname(table), path)) as picture:
            width, height = picture.size
            channels = 1 if picture.mode in ("L", "1") else 3
    except OSError:
        return (64, 64, 3)
    scale = min(1.0, 64 / max(width, height))
    return (max(8, round(height * scale)), max(8, round(width * scale)), channels)
