"""A Keras file as the files of a spec, and where its weights lie."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from modelspec.keras.archive import read
from modelspec.keras.check import check_model
from modelspec.keras.classes import Converter
from modelspec.keras.compiled import Compiled
from modelspec.keras.convert import Builder
from modelspec.keras.functional import Reader
from modelspec.keras.model import BrokenError
from modelspec.keras.repeats import fold
from modelspec.keras.unsupported import unsupported
from modelspec.keras.yaml_writer import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.diagnostics import Report
    from modelspec.keras.archive import Archive
    from modelspec.keras.arrays import Arrays
    from modelspec.keras.body import Weights


MOST_STATISTICS = 2**20
"""How many numbers a Normalization may have learnt from data, which become arguments."""


class Imported(NamedTuple):
    """What a Keras file has become. To be closed.

    Attributes:
        texts: The specs, by file name; `model.yaml` is the model.
        weights: Where the arrays of each node lie.
        arrays: What they lie in; None of a bare configuration.
        without: The specs again without some keys of the outputs, and why, for comments.
        notes: What the user should know of the whole.
    """

    texts: dict[str, str]
    weights: Weights
    arrays: Arrays | None
    without: Callable[[Sequence[str], Sequence[str]], dict[str, str]]
    notes: Sequence[str] = ()

    def close(self) -> None:
        """Let go of the file."""
        if self.arrays is not None:
            self.arrays.close()


def from_keras(file: str, report: Report) -> Imported | None:
    """Read a `.keras` file, the `config.json` in it, or an HDF5 file. Nothing in it is run.

    Args:
        file: Its path.
        report: Takes the findings on single layers (MS902).

    Returns:
        None after a finding.

    Raises:
        OSError: It cannot be opened.
        SpecError: It is damaged, or no saved model (MS901).
    """
    archive = read(file)
    arrays = archive.arrays
    try:
        found = _imported(file, archive, report)
    except BaseException:
        if arrays is not None:
            arrays.close()
        raise
    if found is None and arrays is not None:
        arrays.close()
    return found


def _imported(file: str, archive: Archive, report: Report) -> Imported | None:
    try:
        check_model(archive.config)
    except BrokenError as error:
        raise unsupported(file, f"the configuration is broken: {error}") from error
    model = Reader(file).model(archive.config)
    arrays = archive.arrays
    converter = Converter(file, report, weighted=arrays is not None)
    builder = Builder(converter, partial(arrays.of, most=MOST_STATISTICS) if arrays else None)
    try:
        if arrays is not None:
            arrays.place(model)
        built = builder.build(model)
    except BrokenError as error:
        raise unsupported(file, f"the configuration is broken: {error}") from error
    if report.failed:
        return None
    built.body.notes = sorted(builder.notes)
    fold(built)
    compiled = Compiled(archive.config.get("compile_config"), list(built.body.outputs))
    source = os.path.basename(file)

    def without(keys: Sequence[str], problems: Sequence[str]) -> dict[str, str]:
        return write(built, compiled.without(keys, problems), source).texts

    texts = write(built, compiled, source).texts
    return Imported(texts, built.body.weights(), arrays, without, built.body.notes)
