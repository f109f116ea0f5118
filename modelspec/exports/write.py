"""Exporting a model: written beside its place, tried, and only then put there."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.diagnostics import near_path
from modelspec.exports.check import check
from modelspec.exports.decoding.write import write_decoding
from modelspec.exports.description import description, read_description, text
from modelspec.exports.errors import NoTargetError, SmallSizesError
from modelspec.exports.exported import Exported
from modelspec.exports.formats import ExportOptions, format_of
from modelspec.runner.run.atomic_write import UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelspec.exports.decoding.write import DecodingFiles
    from modelspec.exports.formats import Format
    from modelspec.exports.model import ExportModel

DESCRIPTION = ".json"


def check_target(path: Path, options: ExportOptions) -> None:
    """Find what is wrong with where an export is to go, before a model is loaded.

    Raises:
        NoTargetError: The ending is not known or does not go with the options, there is no such
            folder, or another file stands in the description's place.
    """
    format = format_of(path)
    if options.compile and format.ending != ".pt2":
        raise NoTargetError(f"only a `.pt2` file can be compiled, not `{path}`")
    if not path.parent.is_dir():
        near = near_path(path.parent)
        help = f"Did you mean `{near}`?" if near else ""
        raise NoTargetError(f"cannot write `{path}`: there is no folder `{path.parent}`", help)
    if path.is_dir():
        raise NoTargetError(f"cannot write `{path}`: it is a folder")
    beside = path.with_suffix(DESCRIPTION)
    if beside.exists() and read_description(beside) is None:
        raise NoTargetError(
            f"`{beside}`, where the description of the model goes, is another file",
            "name the exported file otherwise",
        )


def write(model: ExportModel, path: Path, options: ExportOptions | None = None) -> Exported:
    """Export a model into a file, with its description beside it.

    An earlier export of the same name is replaced, once the new one has been tried.

    Args:
        model: What is exported.
        path: Its ending says the format.
        options: What else is asked for.

    Raises:
        ExportError: The format cannot hold the model, or the file says something else.
        NoTargetError: It cannot be written.
        MissingPackageError: The format needs a package that is not installed.
    """
    options = options or ExportOptions()
    check_target(path, options)
    format = format_of(path)
    try:
        return _write_for_most_sizes(model, path, format, options)
    except OSError as error:
        why = error.strerror or str(error)
        raise NoTargetError(f"cannot write `{path}`: {why}") from error


def _write_for_most_sizes(
    model: ExportModel, path: Path, format: Format, options: ExportOptions
) -> Exported:
    """For all sizes that the model takes; where that fails, for the larger ones."""
    try:
        return _write(model, path, format, options)
    except SmallSizesError as error:
        larger = replace(model, sizes=model.sizes.without_small())
        if larger.sizes.least == model.sizes.least:
            raise
        try:
            return _write(larger, path, format, options, _raised(model, larger))
        except SmallSizesError:
            raise error from None


def _write(
    model: ExportModel, path: Path, format: Format, options: ExportOptions, note: str = ""
) -> Exported:
    with _draft(path.parent) as draft:
        file = draft / path.name
        notes = [note] * bool(note) + format.exporter.write(model, file, options)
        trials = check(model, format.exporter.reader(file, model), format.ending)
        decoding: list[DecodingFiles] = []
        if format.holds_parts:
            decoding, said = write_decoding(model, file, format, options)
            notes += said
        names = [path.name, *sorted({each.name for each in draft.iterdir()} - {path.name})]
        about = draft / path.with_suffix(DESCRIPTION).name
        notes += _check_place(path, names)
        described = description(model, names, trials, notes, decoding)
        about.write_text(text(described), encoding="utf-8")
        files = []
        for name in (*names, about.name):
            target = path.parent / name
            os.replace(draft / name, Path(os.path.realpath(target)))
            files.append(target)
    worst = tuple(each.difference for each in decoding)
    return Exported(path, tuple(files), trials, tuple(notes), worst)


def _check_place(path: Path, names: Sequence[str]) -> list[str]:
    """See to it that nothing is replaced but exports, such as the weights of a run.

    Returns:
        What there is to say of what stays.

    Raises:
        NoTargetError: Another file stands in the place of one that goes with the exported one.
    """
    earlier = read_description(path.with_suffix(DESCRIPTION))
    if earlier is None:
        for beside in (path.with_name(name) for name in names if name != path.name):
            if beside.exists():
                raise NoTargetError(
                    f"`{beside}`, which goes with `{path.name}`, is another file",
                    "name the exported file otherwise",
                )
        return []
    main = next(iter(earlier.get("files", ())), path.name)
    if main == path.name or not path.with_name(main).exists():
        return []
    return [f"`{path.with_suffix(DESCRIPTION).name}` says no more of `{main}`, which stays"]


def _raised(model: ExportModel, larger: ExportModel) -> str:
    """What is said of a file that takes fewer sizes than its model."""
    least = [
        f"`{name}` from {size} on, the model from {model.sizes.least[name]}"
        for name, size in larger.sizes.least.items()
        if size > model.sizes.least[name]
    ]
    return f"the file takes {', '.join(least)}: torch cannot trace it for less"


@contextmanager
def _draft(folder: Path) -> Iterator[Path]:
    """A folder for what is not whole yet, which is gone afterwards."""
    draft = Path(tempfile.mkdtemp(prefix=f"{UNFINISHED}export-", dir=folder))
    try:
        yield draft
    finally:
        shutil.rmtree(draft, ignore_errors=True)
