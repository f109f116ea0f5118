"""Whether a space can be searched: linted as a whole, or by a covering, before a trial begins."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Report
from modelspec.lint.ignores import silence
from modelspec.tuning.proof.boxes import boxes
from modelspec.tuning.proof.covering import Covering, spread
from modelspec.tuning.proof.culprits import Culprits
from modelspec.tuning.proof.evidence import Evidence
from modelspec.tuning.proof.grid import Grid
from modelspec.tuning.proof.wording import CLASH, MOST_FINDINGS, SKIPPED, clash, more, nothing_left

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Diagnostic
    from modelspec.language.tune import TuneSettings
    from modelspec.tuning.proof.evidence import Look
    from modelspec.tuning.proof.grid import Row
    from modelspec.tuning.space.axes import SearchSpace
    from modelspec.tuning.space.candidates import Candidate, Candidates

MOST_COMBINATIONS = 2_000
"""A space of no more is linted whole."""
MOST_ALONE = 2_000
"""So many values are linted one by one, all axes together; those with more are spread."""
MOST_ROWS = 4_000
"""After so many rows no further pairs are looked at."""
SAMPLE = 300
"""How many random candidates say how much of a space that is not linted whole is sound."""
TRIES = 6
"""How many random rows have to fail with values that cannot go together."""
_SEED = 0


class Share(NamedTuple):
    """How many there are of how many: of all combinations, or of a random sample."""

    hits: int
    of: int

    @property
    def part(self) -> float:
        """The share, from 0 to 1."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What is known of a space before a trial begins.

    Attributes:
        findings: Values that cannot go together, and that nothing is left, in file order.
        count: How many combinations there are; None where a range without steps is searched.
        looked_at: How many were linted.
        whole: Whether those were all; otherwise all values that can be counted, the ends and
            middles of ranges, and every two of them together where any sound candidate has them.
        exact: Whether the shares are of all combinations; otherwise of a random sample.
        sound: How many can be trained.
        within: How many can be trained and are within the limits.
        parameters: The fewest and the most of sound candidates; None where there are none.
        flops: A sample; None where they hang on open sizes too.
        rejected: Examples of what is sound and over a limit.
    """

    findings: list[Diagnostic] = field(default_factory=list)
    count: int | None
    looked_at: int
    whole: bool
    exact: bool
    sound: Share
    within: Share
    parameters: tuple[int, int] | None = None
    flops: tuple[int, int] | None = None
    rejected: list[Candidate] = field(default_factory=list)


def prove(
    space: SearchSpace, candidates: Candidates, settings: TuneSettings, *, sample: int = SAMPLE
) -> Proof:
    """Lint every combination of a space where there are at most 2,000, else a covering of it.

    Errors that the spec has by itself count for none: lint has said them.

    Args:
        space: What is searched.
        candidates: Of the spec.
        settings: Its `tune` section.
        sample: How many random candidates are looked at too, where the space is not linted whole.
    """
    return _Prover(space, candidates, sample).proof(settings)


class _Prover:
    def __init__(self, space: SearchSpace, candidates: Candidates, sample: int) -> None:
        self.space = space
        self.sample = sample
        self.grid = Grid(space)
        self.evidence = Evidence(self.grid, candidates)
        self.culprits = Culprits(self.evidence)
        self.random = Random(_SEED)
        self.enumerated = space.counted <= MOST_COMBINATIONS
        self.whole = self.enumerated and space.count is not None

    def proof(self, settings: TuneSettings) -> Proof:
        if self.enumerated:
            self._look(list(self.grid.rows()))
        else:
            self._look(self._alone())
        sample = self.evidence.looks
        if not self.whole:
            self._cover()
            sample = self._look(self.grid.random_row(self.random) for _ in range(self.sample))
            self._doubt()
        sound = [look.candidate for look in sample if not look.candidate.errors]
        within = [each for each in sound if each.ok]
        seen = [each.candidate for each in self.evidence.looks if not each.candidate.errors]
        costs = [each.flops for each in seen]
        flops = [each for each in costs if each is not None]
        return Proof(
            findings=self._findings(settings, seen),
            count=self.space.count,
            looked_at=len(self.evidence.looks),
            whole=self.whole,
            exact=self.whole,
            sound=Share(len(sound), len(sample)),
            within=Share(len(within), len(sample)),
            parameters=_range([each.parameters for each in seen]),
            flops=_range(flops) if len(flops) == len(costs) else None,
            rejected=[each for each in seen if each.over][:3],
        )

    def _look(self, rows: Iterable[Row]) -> list[Look]:
        """Lint rows; what is wrong with them is looked for when all are linted."""
        looks = [self.evidence.look(row) for row in rows]
        for look in looks:
            self.culprits.refute(look)
        for look in looks:
            self.culprits.explain(look)
        return looks

    def _alone(self) -> list[Row]:
        """Every value by itself, the others those of a sound row where there is one."""
        around = self._sound_row()
        most = max(MOST_ALONE // len(self.grid.axes), 2)
        rows = []
        for axis, levels in enumerate(self.grid.levels):
            for level in spread(len(levels), most, most):
                row = self.grid.closed([(axis, level)])
                assert row is not None
                rows.append(self._completed(row, around))
        return rows

    def _sound_row(self) -> Row:
        """A row that is sound, or the first of all if none is found."""
        first = self._completed({}, {})
        middle = {axis: len(levels) // 2 for axis, levels in enumerate(self.grid.levels)}
        last = {axis: len(levels) - 1 for axis, levels in enumerate(self.grid.levels)}
        rows = [first, self._completed({}, middle), self._completed({}, last)]
        rows += [self.grid.random_row(self.random) for _ in range(SAMPLE)]
        return next((row for row in rows if not self.evidence.look(row).kinds), first)

    def _completed(self, row: Row, around: Row) -> Row:
        for axis in range(len(self.grid.axes)):
            if axis not in row and self.grid.is_active(axis, row):
                row = row | {axis: around.get(axis, 0)}
        return row

    def _cover(self) -> None:
        uncounted = [axis for axis, counted in enumerate(self.grid.counted) if not counted]
        covering = Covering(self.grid, self.culprits, uncounted if self.enumerated else None)
        while len(self.evidence.looks) < MOST_ROWS and (row := covering.next_row()):
            (look,) = self._look([row])
            covering.close(look)
            if look.kinds and not self.culprits.within(row):
                return

    def _doubt(self) -> None:
        """Give each culprit the chance to be found harmless in another row."""
        tried: set[frozenset[tuple[int, int]]] = set()
        while left := [each for each in self.culprits.found if each.atoms not in tried]:
            tried.add(left[0].atoms)
            self._look(self.grid.random_row(self.random, left[0].atoms) for _ in range(TRIES))

    def _findings(self, settings: TuneSettings, seen: list[Candidate]) -> list[Diagnostic]:
        code = CLASH if settings.section.invalid == "refuse" else SKIPPED
        search = settings.place.at("search")
        groups = boxes(self.culprits.found, self.grid)
        found = [clash(box, self.evidence, search, code) for box in groups[:MOST_FINDINGS]]
        if groups[MOST_FINDINGS:]:
            found.append(more(groups[MOST_FINDINGS:], search, code))
        if not self.evidence.of_the_spec and not any(each.ok for each in seen):
            looked_at = len(self.evidence.looks)
            found.append(nothing_left(seen, looked_at, self.whole, settings.place))
        document = settings.place.document
        return list(silence(Report(found), (document,), complete=False))


def _range(numbers: list[int]) -> tuple[int, int] | None:
    return (min(numbers), max(numbers)) if numbers else None
