"""Which files a command means by the paths that it is given."""

import os
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from modelspec.diagnostics.patterns import pattern

_LAYERS = pattern(rb"^(?:\xef\xbb\xbf)?[\"']?layers[\"']?\s*:", re.MULTILINE)


class Found(NamedTuple):
    """The specs among the given paths, and the YAML files in folders that are none."""

    specs: list[str]
    skipped: list[str]


def find_specs(paths: Iterable[str]) -> Found:
    """Files as they are given; of a folder, each YAML file below it that is a spec.

    A YAML file in a folder is a spec if a line of it begins with `layers:`. Hidden folders
    are left out. A file that is named twice is taken once.
    """
    found = Found([], [])
    seen: set[str] = set()
    for path, given in _walked(paths):
        key = path if path == "-" else os.path.realpath(path)
        if key not in seen:
            seen.add(key)
            (found.specs if given or looks_like_a_spec(path) else found.skipped).append(path)
    return found


def looks_like_a_spec(path: str) -> bool:
    """Whether a line of the file begins with `layers:`."""
    from modelspec.source.special_files import check_regular

    try:
        check_regular(path)
        with open(path, "rb") as stream:
            return _LAYERS.search(stream.read()) is not None
    except OSError:
        return True


def _walked(paths: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each file, and whether it was named itself."""
    for path in paths:
        if not os.path.isdir(path):
            yield path, True
            continue
        for folder, below, files in os.walk(path):
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(files):
                if name.endswith((".yaml", ".yml")):
                    yield os.path.join(folder, name), False
