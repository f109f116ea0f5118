"""A spec that is to be searched, with its space proved: what is known of it before any data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.language import render
from modelspec.language.tune import Choice
from modelspec.source import Place
from modelspec.tuning.objectives import Objectives
from modelspec.tuning.proof.dry_run import DryRun
from modelspec.tuning.proof.prove import prove
from modelspec.tuning.space.axes import SearchSpace
from modelspec.tuning.space.candidates import Candidates, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.language.tune import TuneSettings
    from modelspec.lint import Examined
    from modelspec.tuning.space.axes import Values

    ShowFindings: TypeAlias = Callable[[Sequence[Diagnostic], Sources], object]

EPOCHS = "train.epochs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A spec, and how it is to be read.

    Attributes:
        show: Takes findings, with the texts that they point into.
    """

    file: str
    overrides: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    include_dirs: tuple[str, ...] = ()
    show: ShowFindings

    def examine(self, values: Values | None = None) -> Examined:
        """Lint the spec, with the values of a candidate in place.

        Raises:
            SpecError: It has errors.
        """
        examined = lint.examine(
            self.file,
            overrides=[*self.overrides, *settings(values or {})],
            plugins=self.plugins,
            include_dirs=self.include_dirs,
            training=True,
        )
        self.show(examined.report.errors, examined.sources())
        examined.report.raise_if_failed()
        return examined


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSpec:
    """A spec whose space can be searched.

    Attributes:
        examined: The spec as it stands.
        settings: Its `tune` section.
        candidates: Says of each candidate what is wrong with it.
        dry_run: What the search comes to.
        epochs: The most that a trial is trained.
    """

    asked: Asked
    examined: Examined
    settings: TuneSettings
    space: SearchSpace
    candidates: Candidates
    dry_run: DryRun
    objectives: Objectives
    epochs: int

    @property
    def rendered(self) -> str:
        """The resolved spec, without what is searched over."""
        assert self.examined.spec
        return render(self.examined.spec)

    @property
    def sources(self) -> dict[str, str]:
        """The text of each file that the spec or a candidate was read from, by its path."""
        assert self.examined.spec
        own = {each.file: each.text for each in self.examined.spec.documents}
        return own | self.candidates.texts()

    @property
    def overrides(self) -> list[str]:
        """What the command line changes in the spec."""
        return list(self.asked.overrides)


def check_spec(asked: Asked) -> CheckedSpec:
    """Find all that is wrong with a spec and its space.

    Raises:
        SpecError: Something is.
    """
    examined = asked.examine()
    assert examined.spec
    assert examined.graph
    assert examined.document
    report = Report()
    found = examined.spec.tune
    if found is None:
        help = "add `tune: {search: {train.learning_rate: {float: [0.0001, 0.1], log: true}}}`"
        place = Place(examined.spec.document)
        report.add(place.finding("MS202", "a spec needs `tune` to be searched", help=help))
        _show(asked, examined, report)
    assert found
    space = SearchSpace(found.search)
    candidates = Candidates(
        asked.file,
        asked.overrides,
        plugins=asked.plugins,
        include_dirs=asked.include_dirs,
        limits=found.section.limits,
        document=examined.document,
    )
    proof = prove(space, candidates, found)
    for each in proof.findings:
        report.add(each)
    _show(asked, examined, report)
    return CheckedSpec(
        asked=asked,
        examined=examined,
        settings=found,
        space=space,
        candidates=candidates,
        dry_run=DryRun(settings=found, space=space, proof=proof, trials=found.section.trials),
        objectives=Objectives.of(found.section),
        epochs=_epochs(space, examined),
    )


def _show(asked: Asked, examined: Examined, report: Report) -> None:
    asked.show(list(report), examined.sources())
    report.raise_if_failed()


def _epochs(space: SearchSpace, examined: Examined) -> int:
    """The most epochs that a candidate may have."""
    assert examined.spec
    train = examined.spec.train
    found = [train.epochs] if train is not None else [1]
    axes = [axis for axis in space.axes if axis.path == EPOCHS]
    for axis in axes:
        if isinstance(axis.space, Choice):
            found += [value for value in axis.space.values if isinstance(value, int)]
        else:
            found.append(int(axis.space.bounds[1]))
    return max(found[1:] if any(not axis.needs for axis in axes) else found)
