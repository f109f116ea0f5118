"""What was looked at: rows that were linted, with the kinds of errors that each has."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Diagnostic
    from modelspec.tuning.proof.grid import Atom, Grid, Row
    from modelspec.tuning.space.candidates import Candidate, Candidates

Kind: TypeAlias = tuple[str, str]
"""A code, and the place in the spec: what two errors have in common that have one cause."""


class Look(NamedTuple):
    """A whole row that was linted."""

    row: Row
    atoms: frozenset[Atom]
    kinds: frozenset[Kind]
    candidate: Candidate


class Evidence:
    """All whole rows that were linted. What is wrong with the spec as it stands counts for none.

    Attributes:
        looks: Each once, in the order in which they were looked at.
        of_the_spec: What is wrong with the spec by itself.
    """

    def __init__(self, grid: Grid, candidates: Candidates) -> None:
        self.grid = grid
        self.looks: list[Look] = []
        self._seen: dict[frozenset[Atom], Look] = {}
        self._candidates = candidates
        self.of_the_spec: frozenset[Kind] = frozenset(map(_kind, candidates.examine({}).errors))

    def look(self, row: Row) -> Look:
        """Lint a whole row, once."""
        atoms = frozenset(row.items())
        if atoms not in self._seen:
            candidate = self._candidates.examine(self.grid.values(row))
            look = Look(dict(row), atoms, self._kinds(candidate), candidate)
            self._seen[atoms] = look
            self.looks.append(look)
        return self._seen[atoms]

    def kinds(self, row: Row) -> frozenset[Kind]:
        """The kinds of errors of a row, whole or in part: of what it lacks, the file's own."""
        return self._kinds(self._candidates.examine(self.grid.values(row)))

    def error(self, row: Row, kinds: frozenset[Kind]) -> Diagnostic | None:
        """The first error of a row that is of one of some kinds."""
        errors = self._candidates.examine(self.grid.values(row)).errors
        return next((each for each in errors if _kind(each) in kinds), None)

    def without(self, atoms: frozenset[Atom], kind: Kind | None) -> Iterator[Look]:
        """The rows that have some levels and no error of a kind, or no error at all."""
        for look in self.looks:
            failed = bool(look.kinds) if kind is None else kind in look.kinds
            if not failed and atoms <= look.atoms:
                yield look

    def _kinds(self, candidate: Candidate) -> frozenset[Kind]:
        return frozenset(map(_kind, candidate.errors)) - self.of_the_spec


def _kind(error: Diagnostic) -> Kind:
    return error.code, error.path or f"{error.span.file}:{error.span.line}"
