"""The paths of a spec, as they read from another folder."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report
from modelspec.language.features import TextFeature
from modelspec.language.yaml_writer import flow
from modelspec.runner.run.directory import SOURCES
from modelspec.source import load
from modelspec.tuning.results.searched_paths import searched_paths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.language import Spec

_OWN_TOKENIZERS = ("word", "character")


def moved_paths(spec: Spec, folder: str) -> list[str]:
    """The relative paths of a spec as they lead to the same files from a folder, as of `--set`.

    The files of blocks are those that the folder keeps under `source/`, where it has them as they
    are: blocks may only come from the folder of their spec or below.

    Args:
        spec: The spec, with its values in place.
        folder: From where its paths are to lead.
    """
    here = os.path.dirname(os.path.abspath(spec.document.file))
    mover = Mover(here, folder)
    data = spec.document.data
    found: list[tuple[tuple[str, ...], Any]] = [
        *((path, mover.file(written)) for path, written in _files(spec)),
        *((path, mover.block(written)) for path, written in _blocks(data, ())),
        *searched_paths(data, mover),
    ]
    return [f"{'.'.join(path)}={flow(moved)}" for path, moved in found if moved is not None]


def _files(spec: Spec) -> Iterator[tuple[tuple[str, ...], str]]:
    if spec.data is not None:
        for data_file in spec.data.files.values():
            yield tuple(map(str, data_file.place.path)), data_file.path
        for name, feature in spec.data.features.items():
            if isinstance(feature, TextFeature) and feature.tokenizer not in _OWN_TOKENIZERS:
                yield ("data", "features", name, "tokenizer"), feature.tokenizer
    for node, written in spec.train.weights if spec.train is not None else ():
        yield ("train", "weights", node) if node else ("train", "weights"), written


def _blocks(data: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The blocks that are files, those of blocks that are written out too."""
    blocks = data.get("blocks") if isinstance(data, dict) else None
    for name, block in blocks.items() if isinstance(blocks, dict) else ():
        where = (*path, "blocks", str(name))
        if isinstance(block, str):
            yield where, block
        else:
            yield from _blocks(block, where)


class Mover:
    """Leads paths of a spec to the same files from another folder.

    Args:
        here: The folder of the spec.
        folder: The other one.
    """

    def __init__(self, here: str, folder: str) -> None:
        self.here = here
        self.folder = os.path.abspath(folder)

    def file(self, written: str) -> str | None:
        """A path as it leads to the same file from the other folder; None where it does as is."""
        if os.path.isabs(written) or self.here == self.folder:
            return None
        file = os.path.join(self.here, written)
        try:
            return os.path.relpath(file, self.folder).replace(os.sep, "/")
        except ValueError:  # on another drive
            return file

    def block(self, written: str) -> str | None:
        """The same of a block's file, which the folder may keep."""
        kept = os.path.join(self.folder, SOURCES, os.path.basename(written))
        if _is_kept(os.path.join(self.here, written), kept, set()):
            return f"./{SOURCES}/{os.path.basename(written)}"
        return self.file(written)


def _is_kept(file: str, kept: str, seen: set[str]) -> bool:
    """Whether a block's file is kept as it is, with those that it takes blocks from in its turn."""
    if kept in seen:
        return True
    seen.add(kept)
    try:
        with open(file, "rb") as one, open(kept, "rb") as other:
            if one.read() != other.read():
                return False
        document = load(kept, Report())
    except OSError:
        return False
    inner = _blocks(document.data, ()) if document else ()
    return all(
        _is_kept(
            os.path.join(os.path.dirname(file), each),
            os.path.normpath(os.path.join(os.path.dirname(kept), each)),
            seen,
        )
        for _, each in inner
    )
