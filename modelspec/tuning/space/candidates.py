"""Candidates of a search: each is linted before it may be trained."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from modelspec import lint, source
from modelspec.diagnostics import Report
from modelspec.graph import totals
from modelspec.language.library import BlockFiles
from modelspec.language.overrides import override
from modelspec.language.plugins import load_plugin
from modelspec.language.yaml_writer import flow
from modelspec.lint.rules.checked.ms711_open_limit import open_limit
from modelspec.source import Place
from modelspec.tuning.space.axes import key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph import Graph
    from modelspec.language.tune import Limits
    from modelspec.source import Document
    from modelspec.tuning.space.axes import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A spec with the values of a candidate in place, as far as it is known before it is trained.

    Attributes:
        values: What it has at each path.
        errors: Why it cannot be trained, as `train` would say it.
        parameters: How many numbers all its weights hold; 0 where it has errors.
        flops: A sample; None where they hang on sizes that are open, or it has errors.
        over: By how much it is over each limit, as a part of the limit.
    """

    values: Values
    errors: list[Diagnostic] = field(default_factory=list)
    parameters: int = 0
    flops: int | None = None
    over: dict[str, float] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether it may be trained."""
        return not self.errors and not self.over

    @property
    def why(self) -> str:
        """Why it may not be trained, in a line; empty where it may."""
        if self.errors:
            first, more = self.errors[0], len(self.errors) - 1
            rest = f" (and {more} more)" if more else ""
            return f"{first.code} {first.message}{rest}"
        return ", ".join(
            f"{getattr(self, name):,} {_CALLED[name]}, {1 + part:.3g} times the limit"
            for name, part in self.over.items()
        )


_CALLED = {"parameters": "parameters", "flops": "FLOPs a sample"}


class Candidates:
    """The candidates of one spec. It is read once; each candidate is linted once.

    Args:
        file: The spec.
        overrides: What the command line changes in it, as of `--set`.
        plugins: The plugins whose layers it may use.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        limits: What a candidate may not be over.
        document: The file, where it is parsed already.

    Raises:
        SpecError: The file is no YAML, or an override leads nowhere.
        PluginError: There is no such plugin, or it cannot be used.
        OSError: The file cannot be read.
    """

    def __init__(
        self,
        file: str,
        overrides: Sequence[str] = (),
        *,
        plugins: Sequence[str] = (),
        include_dirs: Sequence[str] = (),
        limits: Limits,
        document: Document | None = None,
    ) -> None:
        found = Report()
        document = document or source.load(file, found)
        found.raise_if_failed()
        assert document is not None
        document = override(document, overrides, found)
        found.raise_if_failed()
        for plugin in plugins:
            load_plugin(plugin)
        self.document = document
        self._tune = Place(document, ("tune",))
        self.limits = limits
        self._include_dirs = tuple(include_dirs)
        self._files = BlockFiles()
        self._plain = _without_search(document)
        self._known: dict[tuple[tuple[str, str], ...], Candidate] = {}

    def __len__(self) -> int:
        """How many were examined."""
        return len(self._known)

    def texts(self) -> dict[str, str]:
        """What the spec holds, and the files of all blocks that were looked at, by their paths."""
        blocks = [document for document, _ in self._files.values() if document is not None]
        return {each.file: each.text for each in (self.document, *blocks)}

    def examine(self, values: Values) -> Candidate:
        """Lint the spec with values in place, once."""
        which = key(values)
        if which not in self._known:
            self._known[which] = self._examined(values)
        return self._known[which]

    def _examined(self, values: Values) -> Candidate:
        examined = lint.examine_document(
            self._plain,
            overrides=settings(values),
            include_dirs=self._include_dirs,
            training=True,
            files=self._files,
        )
        errors = examined.report.errors
        if errors or examined.graph is None:
            return Candidate(values=values, errors=errors)
        return self._measured(values, examined.graph)

    def _measured(self, values: Values, graph: Graph) -> Candidate:
        sums = totals(graph)
        flops = sums.flops if isinstance(sums.flops, int) else None
        if flops is None and self.limits.flops is not None:
            return Candidate(values=values, errors=[open_limit(self._tune, sums.flops)])
        costs = {"parameters": sums.parameters, "flops": flops}
        limits = {"parameters": self.limits.parameters, "flops": self.limits.flops}
        over = {
            name: cost / limit - 1
            for name, cost in costs.items()
            if cost is not None and (limit := limits[name]) is not None and cost > limit
        }
        return Candidate(values=values, parameters=sums.parameters, flops=flops, over=over)


def settings(values: Values) -> list[str]:
    """The values as of `--set`. What leads into the value of another stands after it."""
    ordered = sorted(values, key=lambda path: path.count("."))
    return [f"{path}={flow(values[path])}" for path in ordered]


def _without_search(document: Document) -> Document:
    """A document that is read without its `tune` section, which costs more than all the rest."""
    if not isinstance(document.data, dict):
        return document
    data = {name: value for name, value in document.data.items() if name != "tune"}
    return replace(document, data=data)
