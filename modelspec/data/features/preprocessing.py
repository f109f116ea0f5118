"""The fitted features of a run: kept beside its weights, used by eval and predict."""

from __future__ import annotations

import dataclasses
from collections import Counter
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from modelspec.data.features import Category, EncodeContext, Feature, Labelled, feature_from
from modelspec.data.features.decisions import decode_decided
from modelspec.data.features.missing import filled
from modelspec.data.features.sequence_base import Steps
from modelspec.data.features.symbol_sizes import SymbolSizes
from modelspec.data.table.number_style import NumberStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.few import FewEncoded
    from modelspec.data.table.cell_counts import CellCounts
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Table

VERSION = 1


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """One fitted feature for each input and output, by name.

    Attributes:
        style: How the file that was trained on writes its numbers, if it is text.
        thresholds: From which probability on an output says yes, by output: one for all its
            labels, or one each. Without an entry, from 0.5 on.
    """

    features: dict[str, Feature]
    style: NumberStyle | None = None
    thresholds: dict[str, tuple[float, ...]] = dataclasses.field(default_factory=dict)

    def with_thresholds(self, thresholds: Mapping[str, tuple[float, ...]]) -> Preprocessing:
        """The same with other thresholds."""
        return dataclasses.replace(self, thresholds=dict(thresholds))

    def encode(
        self,
        table: Table,
        fields: Mapping[str, ModelField],
        minimums: dict[str, int],
        findings: Mapping[str, Findings],
        counts: CellCounts,
        known: SymbolSizes | None = None,
        *,
        used_up: bool = False,
        done: Mapping[str, FewEncoded] = MappingProxyType({}),
    ) -> dict[str, Values] | None:
        """The arrays of these fields for all rows of a table. None after a finding.

        Inputs come first: the sizes of their symbols are what targets are held against. What
        becomes of cells is added to `counts`. A table that is but a chunk of a file has what is
        `known` of the chunks before; one that is `used_up` loses each column once it is encoded.
        Fields that are `done` need no columns.
        """
        sizes = known or SymbolSizes(minimums)
        encoded: dict[str, Values] = {}
        left = [name for name in fields if name not in done]
        wanted = Counter(column for name in left for column in self.features[name].columns)
        for name, field in sorted(fields.items(), key=lambda item: item[1].role != "input"):
            if name in done:
                encoded[name] = done[name].values
                for each in done[name].counts:
                    counts.add(each)
                continue
            feature = self.features[name]
            values = feature.encode(
                filled(feature, EncodeContext(field, table, sizes, findings[name], counts))
            )
            if values is not None:
                encoded[name] = values
            wanted.subtract(feature.columns)
            for column in feature.columns if used_up else ():
                if not wanted[column]:
                    table.columns.pop(column, None)
        if known is None:
            counts.rows = counts.rows or table.rows
            self.report_cuts(fields, counts, findings)
        return encoded if len(encoded) == len(fields) else None

    def report_cuts(
        self, fields: Mapping[str, ModelField], counts: CellCounts, findings: Mapping[str, Findings]
    ) -> None:
        """Warn of features of which many rows are cut."""
        for name, field in fields.items():
            feature = self.features[name]
            if isinstance(feature, Steps):
                feature.report_cut(field, counts, findings[name])

    def report_remarks(self, findings: Mapping[str, Findings]) -> None:
        """Say what was guessed from the training rows, or looks wrong in them."""
        for name, feature in self.features.items():
            for remark in feature.remarks():
                findings[name].add(remark.code, remark.message, help=remark.help)

    def decode(self, output: str, values: Array) -> dict[str, Array | Labelled]:
        """An output's values as columns to read: `{"species": ..., "species_probability": ...}`.

        Args:
            output: Its name. One without a feature, an inner node say, keeps its values.
            values: `[rows, ...]`.
        """
        feature = self.features.get(output)
        if feature is None:
            return {output: values}
        if output in self.thresholds:
            return decode_decided(feature, output, values, self.thresholds[output])
        return feature.decode(output, values)

    def classes(self, output: str) -> tuple[str, ...] | None:
        """The names of an output's classes, in the order of their indices, if it has any."""
        feature = self.features.get(output)
        return feature.classes if isinstance(feature, Category) else None

    def to_dict(self) -> dict[str, Any]:
        """The state as JSON data."""
        features = {name: feature.to_dict() for name, feature in self.features.items()}
        found: dict[str, Any] = {"version": VERSION, "features": features}
        if self.style is not None:
            found["style"] = asdict(self.style)
        if self.thresholds:
            found["thresholds"] = {name: list(each) for name, each in self.thresholds.items()}
        return found

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Preprocessing:
        """What `to_dict` came from.

        Raises:
            ValueError: It is of another version, or damaged.
        """
        if not isinstance(state, dict) or state.get("version") != VERSION:
            found = state.get("version") if isinstance(state, dict) else None
            raise ValueError(f"the preprocessing is of version {found!r}, not {VERSION}")
        try:
            features = {name: feature_from(kept) for name, kept in state["features"].items()}
            style = NumberStyle.from_dict(state["style"]) if "style" in state else None
            thresholds = {
                str(name): tuple(map(float, each))
                for name, each in state.get("thresholds", {}).items()
            }
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"the preprocessing is damaged: {error}") from error
        return cls(features, style, thresholds)
