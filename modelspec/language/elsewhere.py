"""Where a key belongs that was written at the top of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.language.data import DataSection
from modelspec.language.foreign.keys import foreign_key
from modelspec.language.split import Split
from modelspec.language.train import TrainSection

if TYPE_CHECKING:
    from pydantic import BaseModel

_SECTIONS: dict[str, type[BaseModel]] = {
    "train": TrainSection,
    "data": DataSection,
    "data.split": Split,
}


def elsewhere(key: str) -> str:
    """The dotted path of a key of a section; empty where none has it.

    `epochs` is `train.epochs`, and so is `n_epochs`.
    """
    for path, section in _SECTIONS.items():
        if key in section.model_fields:
            return f"{path}.{key}"
    for path, section in _SECTIONS.items():
        near = foreign_key(key, section, section.model_fields)
        if near:
            return f"{path}.{near}"
    return ""
