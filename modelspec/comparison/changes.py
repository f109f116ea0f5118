"""What two specs differ in, as data."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from modelspec.diagnostics import Span
    from modelspec.summary import Summary

Kind: TypeAlias = Literal["added", "removed", "renamed", "changed", "rewired"]


class Nothing:
    """What stands on the side where there is no value."""

    def __repr__(self) -> str:
        return "nothing"


NOTHING = Nothing()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference in what two specs mean.

    Attributes:
        path: Where it stands, as `--set` would call it: `layers.conv1.filters`. Of what is gone,
            by the names of the first spec; else by those of the second.
        before: What the first spec says; `NOTHING` where it says nothing.
        after: What the second one says.
        because: The paths of the changes that it follows from; empty where somebody wrote it.
        old: Where the first spec says so.
        new: Where the second one does.
    """

    kind: Kind
    path: str
    before: Any = NOTHING
    after: Any = NOTHING
    because: tuple[str, ...] = ()
    old: Span | None = None
    new: Span | None = None

    def as_data(self) -> dict[str, Any]:
        """The same as JSON data; sides without a value are left out."""
        data = {"kind": self.kind, "path": self.path, "because": list(self.because)}
        sides = {"before": self.before, "after": self.after}
        data |= {name: value for name, value in sides.items() if value is not NOTHING}
        spans = {"old": self.old, "new": self.new}
        return data | {
            name: {"file": span.file, "line": span.line, "column": span.column}
            for name, span in spans.items()
            if span
        }

    @property
    def is_cause(self) -> bool:
        """Whether it was written, and follows from no other change."""
        return not self.because


@dataclass(frozen=True, slots=True)
class Consequence:
    """What became of one node without a word of its own: a shape, a number of parameters.

    Attributes:
        node: Its path in the second spec.
        what: `shape`, `dtype`, `parameters` or `FLOPs`.
    """

    node: str
    what: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which node of one graph is which of the other, by paths in the whole.

    Attributes:
        nodes: Of each node of the first graph that is in the second too, its path there.
    """

    nodes: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a second spec means that a first one does not.

    Attributes:
        changes: All differences, in the order of the language: inputs, layers, edges, outputs,
            data, training.
        consequences: What follows from them, node by node.
        notes: Differences without an effect: names, descriptions, params that nothing uses.
        before: The sums of the first spec.
        after: Those of the second.
        pairs: Which node is which.
    """

    changes: tuple[Change, ...]
    consequences: tuple[Consequence, ...]
    notes: tuple[Change, ...]
    before: Summary
    after: Summary
    pairs: Pairs

    def __bool__(self) -> bool:
        """Whether the specs mean something else."""
        return bool(self.changes)

    def as_data(self) -> dict[str, Any]:
        """What `modelspec diff --json` prints."""
        sums = ("parameters", "trainable", "non_trainable", "flops", "minimums")
        return {
            "differ": bool(self),
            "causes": [change.as_data() for change in self.changes if change.is_cause],
            "follows": [change.as_data() for change in self.changes if not change.is_cause],
            "nodes": [asdict(each) for each in self.consequences],
            "notes": [change.as_data() for change in self.notes],
            "before": {key: value for key, value in self.before.as_data().items() if key in sums},
            "after": {key: value for key, value in self.after.as_data().items() if key in sums},
        }

    @property
    def causes(self) -> tuple[Change, ...]:
        """The changes that somebody wrote."""
        return tuple(change for change in self.changes if change.is_cause)
