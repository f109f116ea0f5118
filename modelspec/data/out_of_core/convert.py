"""A table that does not fit into memory, to arrays in files: converted once, found again later."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from modelspec.data.arrays.arrays import Arrays
from modelspec.data.features import Feature, UnfitError
from modelspec.data.features.fit import fit_features
from modelspec.data.features.missing import complete_rows
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.data.features.symbol_sizes import SymbolSizes
from modelspec.data.out_of_core import array_files, cache
from modelspec.data.out_of_core.column_store import ColumnStore
from modelspec.data.splitting.split import SPLITS, SplitIndices, split_rows
from modelspec.data.table.cell_counts import CellCounts
from modelspec.data.table.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Kind, RowIndices, Source
    from modelspec.language.split import Split

KEPT = "kept"
"""The file of the rows that are left, where some are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """A file to be converted.

    Attributes:
        source: The open file.
        kinds: Its columns that are wanted.
        fields: What they are for.
        minimums: The least sizes of the graph's symbols.
        findings: About the file.
        findings_by_field: About each field.
        size: How many bytes of it may be read at a time.
        bound: How much memory the data may take.
        gaps: Whether rows without a value are kept.
        fitted: Whether its features are fitted already, also where its rows are split.
    """

    source: Source
    kinds: dict[str, Kind]
    fields: dict[str, ModelField]
    minimums: dict[str, int]
    findings: Findings
    findings_by_field: Mapping[str, Findings]
    size: int
    bound: int
    gaps: bool = False
    fitted: bool = False


class Converted(NamedTuple):
    """What came of it; of a file that nothing was fitted on, all rows are for training."""

    preprocessing: Preprocessing
    arrays: Arrays
    parts: SplitIndices
    counts: CellCounts


def convert(
    job: Conversion,
    features: Mapping[str, Feature | None],
    split: Split | None = None,
    split_findings: Findings | None = None,
) -> Converted | None:
    """Fit features on a file and encode it, or find what came of it the last time.

    Args:
        job: The file.
        features: What to fit; fitted ones, where there is no `split`, or the job says so.
        split: How its rows are split; None for a file whose rows all stay together.
        split_findings: Gets what is wrong with the split.

    Returns:
        None after a finding.
    """
    try:
        name = cache.key(job.findings.file, _cache_inputs(job, features, split))
        with cache.locked(name) as folder:
            converted = _read_entry(job, folder)
            if converted is None:
                with cache.made(folder) as part:
                    _write_entry(job, features, split, split_findings or job.findings, part)
                converted = _read_entry(job, folder)
    except UnfitError:
        return None
    except OSError as error:
        message = f"`{cache.place()}` cannot be written: {error.strerror or error}"
        help = "make room, raise `data.memory`, or set `MODELSPEC_CACHE` to a folder elsewhere"
        job.findings.add("MS801", f"{message}; tables larger than memory are kept there", help=help)
        return None
    return converted


def _cache_inputs(
    job: Conversion, features: Mapping[str, Feature | None], split: Split | None
) -> dict[str, Any]:
    """All that the outcome depends on but the file's content, as JSON data."""
    from modelspec._version import __version__

    states = {name: feature and feature.to_dict() for name, feature in features.items()}
    pictures = any(feature is not None and feature.type == "image" for feature in features.values())
    return {
        "version": __version__,
        "kinds": job.kinds,
        "slots": {name: _cache_text(field) for name, field in job.fields.items()},
        "minimums": job.minimums,
        "features": states,
        "split": split and split.model_dump(mode="json"),
        "gaps": job.gaps,
        **({"fitted": True} if job.fitted else {}),
        "style": job.source.style and asdict(job.source.style),
        "beside": [os.getcwd(), job.findings.file] if pictures else None,
    }


def _cache_text(field: ModelField) -> str:
    """A field as the cache's keys have it: the names there are those of the cache's version 1."""
    return f"Slot{repr(field).removeprefix('ModelField')}"


def _write_entry(
    job: Conversion,
    features: Mapping[str, Feature | None],
    split: Split | None,
    split_findings: Findings,
    folder: Path,
) -> None:
    with TemporaryDirectory(dir=folder) as kept:
        counts = CellCounts(file=job.findings.file)
        store, rows_kept = _store_columns(job, features, counts, Path(kept))
        parts: SplitIndices | None = SplitIndices(None, None, None)
        fitted = {name: feature for name, feature in features.items() if feature is not None}
        if split is not None:
            table = store.whole(split.by) if split.by else Table(job.findings.file, store.rows, {})
            parts = split_rows(table, split, split_findings)
        if split is not None and not job.fitted:
            rows = parts.train if parts else None
            fitted = fit_features(
                features, job.fields, store, rows, job.minimums, job.findings_by_field
            )
        preprocessing = Preprocessing(fitted, job.source.style)
        sizes = SymbolSizes(job.minimums, chunked=True)
        try:
            about = array_files.write(_encoded(job, preprocessing, store, sizes, counts), folder)
        except array_files.MisfitError as error:
            name = str(error)
            message = f"{job.fields[name].text} would have rows of several shapes or types"
            job.findings_by_field[name].add("MS805", message, help="declare the shape of the input")
            raise UnfitError from error
    if parts is None or len(about) < len(job.fields):
        raise UnfitError
    for part, indices in zip((*SPLITS, KEPT), (*parts, rows_kept), strict=True):
        if indices is not None:
            np.save(folder / f"{part}.npy", indices)
    content = {
        "rows": store.rows,
        "values": about,
        "cells": counts.to_dict(),
        "preprocessing": preprocessing.to_dict(),
    }
    (folder / cache.MANIFEST).write_text(json.dumps(content))


def _store_columns(
    job: Conversion, features: Mapping[str, Feature | None], counts: CellCounts, folder: Path
) -> tuple[ColumnStore, RowIndices | None]:
    """The file's columns, the rows left out that no feature wants.

    And which rows of the file are left, where not all are.
    """
    store = ColumnStore(folder)
    kept: list[RowIndices] = []
    seen = 0
    for chunk in job.source.chunks(job.kinds, job.size):
        counts.rows, counts.unit = counts.rows + chunk.rows, chunk.unit
        rows = None if job.gaps else complete_rows(chunk, features, counts)
        table = chunk if rows is None else chunk.keep(rows)
        if table.rows:
            store.append(table)
        kept.append(seen + (np.arange(chunk.rows) if rows is None else rows))
        seen += chunk.rows
    if not store.rows:
        message = f"no row of `{job.findings.file}` has all values that are not to miss"
        job.findings.add("MS804", message)
        raise UnfitError
    return store, np.concatenate(kept) if store.rows < seen else None


def _encoded(
    job: Conversion,
    preprocessing: Preprocessing,
    store: ColumnStore,
    sizes: SymbolSizes,
    counts: CellCounts,
) -> Iterator[dict[str, Values]]:
    sound = {name: field for name, field in job.fields.items() if name in preprocessing.features}
    for table in store.tables():
        encoded = preprocessing.encode(
            table, sound, job.minimums, job.findings_by_field, counts, sizes
        )
        if encoded is None:
            raise UnfitError
        yield encoded


def _read_entry(job: Conversion, folder: Path) -> Converted | None:
    """What an earlier conversion left; None where it left nothing, or something damaged."""
    about = cache.manifest(folder)
    if about is None:
        return None
    values = array_files.read(about["values"], folder, job.bound)
    files = (folder / f"{part}.npy" for part in (*SPLITS, KEPT))
    *indices, kept = (np.load(file) if file.exists() else None for file in files)
    arrays = Arrays.of_fields(values, job.fields, about["rows"], kept)
    parts = SplitIndices(*indices)
    preprocessing = Preprocessing.from_dict(about["preprocessing"])
    counts = CellCounts.from_dict(about["cells"])
    counts.notes, counts.file = list(job.source.notes), job.findings.file
    preprocessing.report_cuts(job.fields, counts, job.findings_by_field)
    return Converted(preprocessing, arrays, parts, counts)
