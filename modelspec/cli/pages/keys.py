"""The pages of the keys of a spec's sections: `train.epochs`, or `epochs` wherever it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.cli.pages.markdown import arguments, heading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel


def names() -> list[str]:
    """All keys, with their sections."""
    return [
        f"{section}.{key}" for section, declared in _sections().items() for key in _keys(declared)
    ]


def pages(topic: str) -> Iterator[str]:
    """A page for each key of that name, in the sections that the topic says, or in all."""
    section, _, key = topic.lower().rpartition(".")
    for name, declared in _sections().items():
        if key in _keys(declared) and (not section or name == section):
            without = [other for other in _keys(declared) if other != key]
            about = f"A key of `{name}`, which `modelspec explain {name.split('.')[0]}` is about.\n"
            title = heading(f"{name}.{key}", 1)
            yield f"{title}\n{arguments(declared, without=without)}\n{about}"


def _keys(declared: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in declared.model_fields.items()]


def _sections() -> dict[str, type[BaseModel]]:
    from modelspec.language.data import DataSection
    from modelspec.language.decision import DecisionSection
    from modelspec.language.decode import DecodeSection
    from modelspec.language.features import TYPES
    from modelspec.language.output_section import OutputSection
    from modelspec.language.sections import InputSection
    from modelspec.language.split import Split
    from modelspec.language.train import TrainSection
    from modelspec.language.tune import TuneSection

    return {
        "train": TrainSection,
        "inputs": InputSection,
        "outputs": OutputSection,
        "decision": DecisionSection,
        "decode": DecodeSection,
        "data": DataSection,
        "split": Split,
        "tune": TuneSection,
        **{f"features.{name}": declared for name, declared in TYPES.items()},
    }
