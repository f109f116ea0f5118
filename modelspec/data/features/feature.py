"""What a fitted feature is."""

from __future__ import annotations

from dataclasses import MISSING, asdict, dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, Self, TypeVar

from modelspec.data.features.absent import absent
from modelspec.data.features.number_formats import loose_numbers
from modelspec.data.table.findings import UnfitError

__all__ = [
    "Affine",
    "EncodeContext",
    "Feature",
    "FitChunks",
    "Gap",
    "Labelled",
    "Remark",
    "UnfitError",
]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.features.symbol_sizes import SymbolSizes
    from modelspec.data.table.cell_counts import CellCounts
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.number_style import NumberStyle
    from modelspec.data.table.table import Array, Column, Kind, RowIndices, Table


Remembered = TypeVar("Remembered")


class Gap(NamedTuple):
    """The rows of a column that have no value, and what stands for it.

    Attributes:
        rows: Which rows, true or false each.
        fill: A number, or text as the column has it.
    """

    rows: Array
    fill: str | float


class EncodeContext(NamedTuple):
    """One field being filled from one file.

    Attributes:
        gaps: By column that has missing values which are filled. Text stands in the table
            already; numbers are put in by `numbers`, or by the feature that reads the column.
        written: The table with the markers that stand for no value, for messages.
    """

    field: ModelField
    table: Table
    sizes: SymbolSizes
    findings: Findings
    counts: CellCounts
    gaps: Mapping[str, Gap] = MappingProxyType({})
    written: Table | None = None


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

    def of(self, column: str) -> Iterator[tuple[EncodeContext, RowIndices | None]]:
        """The same with one of the columns only."""
        ...


class Labelled(NamedTuple):
    """An array with names for the cells of its last axis."""

    values: Array
    labels: tuple[str, ...]


class Remark(NamedTuple):
    """Something to be said of a fitted feature that is no error: a finding's parts."""

    code: str
    message: str
    help: str


class Affine(NamedTuple):
    """What `x * scale + offset` makes of normalised numbers: the data's own units.

    There is one of each for every entry of the last axis, or one for all.
    """

    scale: tuple[float, ...]
    offset: tuple[float, ...]


class _Remembering:
    """Has room for one thing that is made of its state, and dear to make."""

    __slots__ = ("_remembered",)
    _remembered: Any


@dataclass(frozen=True, slots=True)
class Feature(_Remembering):
    """How columns become an input or a target, and how an output becomes columns again.

    Its fields are its state: plain values and tuples, so that it can be kept as JSON.
    """

    type: ClassVar[str]
    kind: ClassVar[Kind] = "number"
    """What its columns are read as."""

    usual_markers: ClassVar[tuple[str, ...]] = ()
    """What stands for no value without being listed."""

    columns: tuple[str, ...]
    missing: str | tuple[str, ...] = field(default="error", kw_only=True)
    """What a row without a value is: `error`, `drop`, `mean`, `median`, `mode` or `constant`; of
    all columns, or of each."""
    fill: tuple[str | float | None, ...] = field(default=(), kw_only=True)
    """What stands for a missing value of each column; known from the start, or from fitting."""
    markers: tuple[str | float, ...] = field(default=(), kw_only=True)
    """Further values that stand for none."""
    indicators: tuple[str, ...] = field(default=(), kw_only=True)
    """The columns that give one more number each: 1 where a value was missing."""

    def strategy(self, column: str) -> str:
        """What a missing value of a column becomes."""
        if isinstance(self.missing, str):
            return self.missing
        return self.missing[self.columns.index(column)]

    def stands_for(self, column: str) -> str | float | None:
        """What is put in place of a missing value of a column; None where nothing is."""
        return self.fill[self.columns.index(column)] if self.fill else None

    def without_marked_dates(self, column: pl.Series) -> pl.Series:
        """A column of typed dates with nothing where a marker stands for no value."""
        return column

    def absent(self, column: Column, style: NumberStyle) -> Array:  # noqa: ARG002
        """Which rows of a column have no value, markers being gone: true or false each.

        Args:
            column: The values.
            style: How the file writes numbers.
        """
        return absent(column)

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Column | None:
        """A column as what its mean, median and mode are taken of; None after a finding.

        Args:
            context: Has the column's values, markers being gone.
            column: Which.
            rows: For training; None for all.

        Returns:
            Numbers as an array of float64, `[values]` or `[values, entries]`, NaN for none; else
            text.
        """
        values = context.table.columns[column]
        values = values if rows is None else values[rows]
        return loose_numbers(values, context.table.style) if self.kind == "number" else values

    def shown(self, fill: str | float) -> str:
        """How a message writes what stands for a missing value."""
        return f"`{fill}`" if isinstance(fill, str) else f"{fill:,.6g}"

    def prepare(self, chunks: FitChunks) -> Self:  # noqa: ARG002
        """The feature with what it has to know of the training rows before gaps are filled.

        Raises:
            UnfitError: After a finding.
        """
        return self

    def fit(self, chunks: FitChunks) -> Self:  # noqa: ARG002
        """The feature with what it learns from the training rows, in whatever chunks they come.

        Raises:
            UnfitError: After a finding.
        """
        return self

    def encode(self, context: EncodeContext) -> Values | None:
        """The field's values for all rows of the table. None after a finding."""
        raise NotImplementedError

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:  # noqa: ARG002
        """What encodes a field of few rows without a table; None where only a table will do.

        Args:
            field: What is filled.
            minimums: The least sizes of the graph's symbols.
        """
        return None

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """An output's values as columns for a reader: labels, probabilities, numbers in units."""
        raise NotImplementedError

    def remarks(self) -> Iterator[Remark]:
        """What was guessed from the training rows, or looks wrong in them; and the way out."""
        return iter(())

    @property
    def normalised(self) -> bool:
        """Whether what reaches the model are numbers in other units than the data's."""
        return False

    @property
    def within_fitted(self) -> bool:
        """Whether numbers beyond those of the training rows become the least or the largest."""
        return False

    def affine(self) -> Affine | None:
        """What makes normalised numbers the data's own, where that is a line; else None."""
        return None

    def to_units(self, values: Array) -> Array:
        """Normalised numbers in the data's own units, float64."""
        return values.astype("float64")

    def remembered(self, make: Callable[[], Remembered]) -> Remembered:
        """What the first call made; a feature does not change."""
        try:
            found: Remembered = self._remembered
        except AttributeError:
            found = make()
            object.__setattr__(self, "_remembered", found)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Its state as JSON data."""
        state = {"type": self.type, **asdict(self)}
        return {key: _listed(value) for key, value in state.items()}

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Self:
        """The feature that `to_dict` came from; what an older state lacks has its default."""
        values: dict[str, Any] = {
            each.name: _frozen(state[each.name])
            for each in fields(cls)
            if each.name in state or each.default is MISSING
        }
        return cls(**values)

    def what(self) -> str:
        """How a message names its columns."""
        if len(self.columns) == 1:
            return f"`{self.columns[0]}`"
        return f"the vector of {len(self.columns)} columns"


def _listed(value: Any) -> Any:
    return [_listed(each) for each in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value
