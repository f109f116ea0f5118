"""What a study is when it begins, and what may be another when it goes on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.runner.process.cpu_threads import available_cores
from modelspec.tuning.errors import TuneError
from modelspec.tuning.proposing.samplers import population
from modelspec.tuning.record import Study, read_study
from modelspec.tuning.study.changes import check_same

if TYPE_CHECKING:
    from pathlib import Path

    from modelspec.tuning.study.check import CheckedSpec


def new_study(
    checked: CheckedSpec,
    *,
    name: str,
    trials: int | None,
    workers: int,
    seed: int | None,
    device: str,
    threads: int | None,
) -> Study:
    """A study that begins."""
    section, asked = checked.settings.section, checked.asked
    assert checked.examined.spec
    total = _total(checked, trials)
    return Study(
        name=name or checked.examined.spec.name,
        spec=os.path.abspath(asked.file),
        overrides=list(asked.overrides),
        plugins=list(asked.plugins),
        include_dirs=[os.path.abspath(each) for each in asked.include_dirs],
        seed=section.seed if seed is None else seed,
        window=1 if workers == 1 else 2 * workers,
        threads=threads,
        share=max(1, available_cores() // workers),
        device=device,
        trials=total,
        population=population(total or 0),
        objective=list(checked.objectives.names),
        higher=list(checked.objectives.higher),
    )


def same_study(
    checked: CheckedSpec,
    folder: Path,
    *,
    name: str,
    trials: int | None,
    seed: int | None,
    device: str,
    threads: int | None,
) -> Study:
    """A study that goes on, with what may change as it is now.

    Raises:
        SpecError: It is another one.
        TuneError: It has another name or seed.
    """
    study = read_study(folder)
    if name and name != study.name:
        raise TuneError(f"`{folder}` is called `{study.name}`, not `{name}`")
    if seed not in (None, study.seed):
        raise TuneError(f"`{folder}` has the seed {study.seed}, not {seed}")
    if threads not in (None, study.threads):
        raise TuneError(f"the trials of `{folder}` have other numbers of threads than {threads}")
    report = Report()
    was = check_same(folder, study, checked.settings, checked.rendered, report)
    checked.asked.show(list(report), checked.examined.sources())
    report.raise_if_failed()
    assert was
    asked, section = checked.asked, checked.settings.section
    study.spec, study.overrides = os.path.abspath(asked.file), list(asked.overrides)
    study.device = device
    if trials is not None or was.section.trials != section.trials:
        study.trials = _total(checked, trials)
    return study


def _total(checked: CheckedSpec, trials: int | None) -> int | None:
    """How many trials there are to be; None for a grid, unless it was said."""
    section = checked.settings.section
    if trials is not None:
        return trials
    said = section.sampler != "grid" or "trials" in section.model_fields_set
    return section.trials if said else None
