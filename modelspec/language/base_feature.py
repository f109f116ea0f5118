"""The keys of every feature: its columns, and what a missing value is."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from modelspec.language.data_model import DataModel, Number

Strategy: TypeAlias = Literal["error", "drop", "mean", "median", "mode", "constant"]
Value: TypeAlias = str | bool | int | Number
UNFILLED = ("error", "drop")
"""What leaves no missing value that something stands for."""


class BaseFeature(DataModel):
    """What features of all types have."""

    column: str | None = Field(None, min_length=1)
    """The column, or the array of an NPZ file. Left out, it is called like the feature."""
    columns: list[Annotated[str, Field(min_length=1)]] | None = Field(None, min_length=1)
    """Several columns that make one vector."""
    missing: Strategy | dict[str, Strategy] = "error"
    """What a row without a value is: an `error`, left out (`drop`), or filled with the training
    rows' `mean`, `median` or `mode` (the most frequent value), or with `fill` (`constant`); or one
    of these for each column, `{age: mean}`, where one that is not named is an `error`."""
    fill: Value | dict[str, Value] | None = None
    """What `missing: constant` fills in, or one for each column."""
    missing_values: list[str | int | float] | None = Field(None, min_length=1)
    """Further values that stand for none, `["?", -999]`; those of `data.missing_values` do too."""
    indicator: bool | list[str] = False
    """Whether each column that is filled gives one more number, after the feature's own: 1 where
    a value was missing, else 0; or the columns that do."""

    @property
    def kind(self) -> str | None:
        """Its type; None where the column says it."""
        kind: str | None = getattr(self, "type", None)
        return kind

    def sources(self, name: str) -> tuple[str, ...]:
        """The columns of the feature called `name`."""
        if self.columns is not None:
            return tuple(self.columns)
        return (self.column or name,)

    def strategies(self, name: str) -> tuple[str, ...]:
        """What a missing value becomes, for each of the `sources`."""
        columns = self.sources(name)
        if isinstance(self.missing, dict):
            return tuple(self.missing.get(column, "error") for column in columns)
        return (self.missing,) * len(columns)

    def fills(self, name: str) -> tuple[Value | None, ...]:
        """What is filled in, for each of the `sources`; None where the spec does not say it."""
        columns = self.sources(name)
        if isinstance(self.fill, dict):
            return tuple(self.fill.get(column) for column in columns)
        strategies = self.strategies(name)
        return tuple(self.fill if each == "constant" else None for each in strategies)

    def indicators(self, name: str) -> tuple[str, ...]:
        """The `sources` that give one more number each: whether the value was missing."""
        if isinstance(self.indicator, list):
            return tuple(self.indicator)
        columns = zip(self.sources(name), self.strategies(name), strict=True)
        return tuple(c for c, each in columns if self.indicator and each not in UNFILLED)
