"""The formats by the ending of their files. No format is imported to be listed."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.exports.errors import NoTargetError

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.exports.exportable import Exportable, Run
    from modelspec.exports.model import ExportModel


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What may be asked of an export.

    Attributes:
        compile: Whether a `.pt2` holds machine code.
    """

    compile: bool = False


class Exporter(Protocol):
    """What the module of a format has."""

    def write(self, model: ExportModel, path: Path, options: ExportOptions) -> list[str]:
        """Write the file; others of the same folder, which is empty before, go with it.

        Returns:
            What there is to say of it.

        Raises:
            ExportError: The format cannot hold the model.
            OSError: The disk is full, or refuses otherwise.
        """
        ...

    def reader(self, path: Path, model: ExportModel) -> Run:
        """What the file computes, as whoever reads it will find it."""
        ...


class PartExporter(Protocol):
    """What the module of a format has that can hold parts of models too."""

    def write(self, model: Exportable, path: Path, options: ExportOptions) -> list[str]:
        """As of an `Exporter`."""
        ...

    def reader(self, path: Path, model: Exportable) -> Run:
        """As of an `Exporter`."""
        ...


class Format(NamedTuple):
    """One row.

    Attributes:
        ending: What its files end in.
        title: What it is, in a few words.
        module: Where its `Exporter` lies.
        holds_parts: Whether that is a `PartExporter` too.
    """

    ending: str
    title: str
    module: str
    holds_parts: bool = False

    @property
    def exporter(self) -> Exporter:
        """The module."""
        return cast("Exporter", import_module(self.module))

    @property
    def part_exporter(self) -> PartExporter:
        """The module, as what exports parts."""
        assert self.holds_parts
        return cast("PartExporter", import_module(self.module))


FORMATS = (
    Format(".pt2", "a program of torch.export", "modelspec.exports.pt2", holds_parts=True),
    Format(".onnx", "ONNX", "modelspec.exports.onnx_file", holds_parts=True),
    Format(".keras", "a model of Keras 3", "modelspec.exports.keras_file"),
    Format(".py", "a file of PyTorch", "modelspec.exports.python_file"),
)
BY_ENDING = {format.ending: format for format in FORMATS}
ENDINGS = tuple(BY_ENDING)


def format_of(path: Path) -> Format:
    """The format that a file's ending names.

    Raises:
        NoTargetError: There is none.
    """
    found = BY_ENDING.get(path.suffix.lower())
    if found is None:
        near = did_you_mean(path.suffix, ENDINGS)
        endings = name_list(list(ENDINGS), last="or")
        help = f"Did you mean `{path.with_suffix(near)}`?" if near else ""
        raise NoTargetError(f"`{path}` must end in {endings}", help)
    return found
