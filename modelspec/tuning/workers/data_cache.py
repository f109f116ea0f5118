"""The data that jobs have in common, read, fitted and encoded once a worker."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec import data
from modelspec.data.table.model_fields import model_fields
from modelspec.diagnostics import Report
from modelspec.language.features import ImageFeature, TextFeature

if TYPE_CHECKING:
    from modelspec.data import Splits
    from modelspec.diagnostics import Diagnostic
    from modelspec.graph.graph import Graph
    from modelspec.language.data import DataSettings
    from modelspec.language.features import FeatureSettings


class _Kept(NamedTuple):
    key: tuple[Any, ...]
    splits: Splits
    findings: list[Diagnostic]


class DataCache:
    """Keeps the data of the last job. Its `load` is `data.load`, with the same result."""

    def __init__(self) -> None:
        self._kept: _Kept | None = None

    def load(
        self, settings: DataSettings, graph: Graph, base_dir: str, report: Report
    ) -> Splits | None:
        """The arrays of a spec's data, as of `data.load`."""
        key = _key(settings, graph, base_dir)
        if key is not None and self._kept is not None and self._kept.key == key:
            report.extend(self._kept.findings)
            return self._kept.splits
        self._kept = None  # two tables need not fit into memory
        own = Report()
        splits = data.load(settings, graph, base_dir, own)
        report.extend(own)
        if splits is not None and key is not None and not splits.out_of_core:
            self._kept = _Kept(key, splits, list(own))
        return splits


def _key(settings: DataSettings, graph: Graph, base_dir: str) -> tuple[Any, ...] | None:
    """What the arrays depend on; None where it cannot be told.

    That is so where a feature, or a folder of files, means other files.
    """
    files = []
    for part, file in settings.files.items():
        path = os.path.join(base_dir, file.path)
        try:
            found = os.stat(path)
        except OSError:
            return None
        if not os.path.isfile(path):
            return None
        state = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        files.append((part, path, file.format, state))
    if any(map(_means_files, settings.features.values())):
        return None
    fields = model_fields(graph, settings.features, settings.sample_weight)
    return (
        files,
        settings.split,
        settings.features,
        settings.sample_weight,
        settings.memory,
        settings.missing_values,
        fields,
        dict(graph.minimums),
    )


def _means_files(feature: FeatureSettings) -> bool:
    """Whether a feature reads other files than the table."""
    if isinstance(feature, TextFeature):
        return feature.tokenizer not in ("word", "character")
    return isinstance(feature, ImageFeature)
