"""The callbacks that a spec can name: one file each, called like its `type_name`."""

import os

from modelspec.training.callback import Callback
from modelspec.training.catalogue import Catalogue

__all__ = ["Callback", "add", "classes", "find", "name", "names"]


def _files() -> list[str]:
    return sorted(
        file.removesuffix(".py")
        for file in os.listdir(os.path.dirname(__file__))
        if file.endswith(".py") and not file.startswith("_")
    )


_CALLBACKS: Catalogue[Callback] = Catalogue(__name__, {file: (file,) for file in _files()})

find = _CALLBACKS.find
name = _CALLBACKS.name
names = _CALLBACKS.names
classes = _CALLBACKS.classes
add = _CALLBACKS.add
