"""Data that is given from Python, as a file that a spec's `data` section names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec.api.origin import setting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import polars as pl

    from modelspec.data import Rows

    GivenData: TypeAlias = "Rows | str | os.PathLike[str]"
    """A data file, a data frame, a list of dicts, or a dict of columns or arrays."""

PARTS = ("train", "validation", "test")
KEPT = "rows-"
"""What the names of files of rows begin with that were in memory."""
VALIDATION = 0.2
"""The share of given rows that is for validation, where nothing says another."""


def data_settings(
    section: object,
    folder: Path,
    data: GivenData | None,
    validation: float | GivenData | None,
) -> list[str]:
    """What `--set` would be given, so that a spec is trained on other data.

    Args:
        section: The spec's `data`, plain.
        folder: Where rows in memory are kept.
        data: The training rows; None for those of the spec.
        validation: The share of them that is for validation, or rows of their own; None for what
            the spec's `split` says, else a fifth of what is given.

    Raises:
        TypeError: The rows are nothing that can be read.
        ValueError: They cannot be kept in a file.
        SaveError: It cannot be written.
    """
    known: Mapping[str, Any] = section if isinstance(section, dict) else {}
    split = known.get("split")
    split = split if isinstance(split, dict) else {}
    if data is None:
        if not isinstance(validation, int | float | None):
            raise TypeError("rows for validation need rows for training beside them")
        return [] if validation is None else [setting("data.split.validation", validation)]
    settings: dict[str, object] = {"data.file": data_file(data, folder)}
    settings |= {f"data.{part}": None for part in PARTS if known.get(part) is not None}
    if not isinstance(data, str | os.PathLike) and known.get("format") is not None:
        settings["data.format"] = None
    if validation is not None and not isinstance(validation, int | float):
        settings |= {"data.file": None, "data.train": settings["data.file"]}
        settings["data.validation"] = data_file(validation, folder)
        settings |= {"data.split.validation": 0} if split.get("validation") else {}
    elif validation is not None:
        settings["data.split.validation"] = validation
    elif not says_validation(section):
        settings["data.split.validation"] = VALIDATION
    return [setting(path, value) for path, value in settings.items()]


def says_validation(section: object) -> bool:
    """Whether a spec's `data`, plain, says which of given rows are for validation."""
    split = section.get("split") if isinstance(section, dict) else None
    return isinstance(split, dict) and any(
        split.get(key) for key in ("validation", "fold", "column")
    )


@contextmanager
def undone_on_failure(folder: Path) -> Iterator[None]:
    """What rows in memory were written to, in between, is removed where that fails."""
    before = set(folder.glob(f"{KEPT}*"))
    try:
        yield
    except BaseException:
        for path in set(folder.glob(f"{KEPT}*")) - before:
            path.unlink(missing_ok=True)
        raise


def data_file(data: GivenData, folder: Path) -> str:
    """The absolute path of a file of the data; rows in memory are written, the same ones once.

    Args:
        data: The rows.
        folder: Gets the file, named after what it holds.

    Raises:
        TypeError: They are nothing that can be read.
        ValueError: There is nothing in them, or a file cannot hold them.
        SaveError: It cannot be written.
    """
    if isinstance(data, str | os.PathLike):
        return os.path.abspath(data)
    from modelspec.data import columns_of
    from modelspec.runner.run.errors import SaveError

    columns = columns_of(data)
    if not [*columns]:
        raise ValueError("there is nothing in the given rows: no row, or no column")
    suffix = "npz" if isinstance(columns, dict) else "parquet"
    content = _archive(columns) if isinstance(columns, dict) else _table(columns)
    path = folder / f"{KEPT}{sha256(content).hexdigest()[:12]}.{suffix}"
    try:
        if not path.is_file():
            from modelspec.runner.run.atomic_write import write_file

            folder.mkdir(parents=True, exist_ok=True)
            write_file(path, lambda part: part.write_bytes(content))
    except OSError as error:
        raise SaveError(f"the rows cannot be kept: {error}") from error
    return str(path.absolute())


def _table(frame: pl.DataFrame) -> bytes:
    import polars as pl

    target = BytesIO()
    try:
        frame.write_parquet(target)
    except pl.exceptions.PolarsError as error:
        raise ValueError(f"the rows cannot be kept as a table: {error}") from error
    return target.getvalue()


def _archive(arrays: Mapping[str, Any]) -> bytes:
    """An NPZ file, the same bytes for the same arrays."""
    import zipfile

    import numpy as np

    target = BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, array in arrays.items():
            if array.dtype.hasobject:
                raise ValueError(f"the array `{name}` holds Python objects, not numbers or text")
            member = BytesIO()
            np.lib.format.write_array(member, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy"), member.getvalue())
    return target.getvalue()
