"""What a fitted feature is."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self

from modelspec.data.table.findings import UnfitError

__all__ = ["EncodeContext", "Feature", "FitChunks", "Labelled", "Scaling", "UnfitError"]

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.symbol_sizes import SymbolSizes
    from modelspec.data.table.cell_counts import CellCounts
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Kind, RowIndices, Table


class EncodeContext(NamedTuple):
    """One field being filled from one file."""

    field: ModelField
    table: Table
    sizes: SymbolSizes
    findings: Findings
    counts: CellCounts


class FitChunks(Protocol):
    """A field's rows to be fitted on, a chunk of the file at a time; to go through many times."""

    @property
    def field(self) -> ModelField:
        """What is filled."""
        ...

    @property
    def findings(self) -> Findings:
        """Gets what is wrong."""
        ...

    def __iter__(self) -> Iterator[tuple[EncodeContext, RowIndices | None]]:
        """Each chunk, and which of its rows are for training (None: all)."""
        ...


class Labelled(NamedTuple):
    """An array with names for the cells of its last axis."""

    values: Array
    labels: tuple[str, ...]


class Scaling(NamedTuple):
    """What `x * scale + offset` makes of normalised numbers: the data's own units.

    There is one of each for every entry of the last axis, or one for all.
    """

    scale: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """How columns become an input or a target, and how an output becomes columns again.

    Its fields are its state: plain values and tuples, so that it can be kept as JSON.
    """

    type: ClassVar[str]
    kind: ClassVar[Kind] = "number"
    """What its columns are read as."""

    columns: tuple[str, ...]
    missing: str = field(default="error", kw_only=True)
    """What a row without a value is: `error`, `drop`, `mean` or `constant`."""
    fill: tuple[str | float, ...] = field(default=(), kw_only=True)
    """What stands for a missing value of each column; known from the start, or from fitting."""

    def fit(self, chunks: FitChunks) -> Self:  # noqa: ARG002
        """The feature with what it learns from the training rows, in whatever chunks they come.

        Raises:
            UnfitError: After a finding.
        """
        return self

    def encode(self, context: EncodeContext) -> Values | None:
        """The field's values for all rows of the table. None after a finding."""
        raise NotImplementedError

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """An output's values as columns for a reader: labels, probabilities, numbers in units."""
        raise NotImplementedError

    @property
    def normalised(self) -> bool:
        """Whether what reaches the model are numbers in other units than the data's."""
        return False

    def scaling(self) -> Scaling | None:
        """What makes normalised numbers the data's own, where that is a line; else None."""
        return None

    def to_units(self, values: Array) -> Array:
        """Normalised numbers in the data's own units, float64."""
        return values.astype("float64")

    def to_dict(self) -> dict[str, Any]:
        """Its state as JSON data."""
        state = {"type": self.type, **asdict(self)}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in state.items()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Self:
        """The feature that `to_dict` came from."""
        kept: dict[str, Any] = {field.name: state[field.name] for field in fields(cls)}
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in kept.items()
        }
        return cls(**values)

    def what(self) -> str:
        """How a message names its columns."""
        if len(self.columns) == 1:
            return f"`{self.columns[0]}`"
        return f"the vector of {len(self.columns)} columns"
