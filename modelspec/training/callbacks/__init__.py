"""The callbacks that a spec can name: one file each, called like its `type_name`."""

import os
from typing import TYPE_CHECKING

from modelspec.training.catalogue import Catalogue

if TYPE_CHECKING:
    from modelspec.training.callback import Callback

__all__ = ["add", "classes", "find", "name", "names"]


def _files() -> list[str]:
    return sorted(
        file.removesuffix(".py")
        for file in os.listdir(os.path.dirname(__file__))
        if file.endswith(".py") and not file.startswith("_")
    )


_CALLBACKS: "Catalogue[Callback]" = Catalogue(__name__, {file: (file,) for file in _files()})

find = _CALLBACKS.find
name = _CALLBACKS.name
names = _CALLBACKS.names
classes = _CALLBACKS.classes
add = _CALLBACKS.add
