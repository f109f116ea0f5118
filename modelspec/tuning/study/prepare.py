"""All that can be known to be wrong with a study before its first trial, without torch."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from socket import gethostname
from typing import TYPE_CHECKING

from modelspec.diagnostics import Report
from modelspec.diagnostics.extras import require
from modelspec.tuning.data_state import data_state
from modelspec.tuning.errors import TuneError
from modelspec.tuning.proposing.distributions import Coding
from modelspec.tuning.proposing.grid import GridProposer
from modelspec.tuning.proposing.local import LocalProposer
from modelspec.tuning.proposing.pruning import Pruning
from modelspec.tuning.proposing.samplers import SLOW
from modelspec.tuning.proposing.view import View
from modelspec.tuning.space.samplers import sampler_notes
from modelspec.tuning.storage.connect import without_password
from modelspec.tuning.study.beginning import new_study, same_study
from modelspec.tuning.study.changes import check_same_data
from modelspec.tuning.study.check import Asked, CheckedSpec, check_spec
from modelspec.tuning.study.folder import find_study, read_known
from modelspec.tuning.study.job import StudyJob
from modelspec.tuning.trials.watcher import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from modelspec.tuning.proposing.proposal import Known, Proposer
    from modelspec.tuning.record import Study
    from modelspec.tuning.storage.shared_study import Shared
    from modelspec.tuning.study.check import ShowFindings
    from modelspec.tuning.trials.loop import Team
    from modelspec.tuning.trials.watcher import StudyWatcher


_STORAGE_AGAIN = "this study is shared with other machines: repeat its `--storage`"
_NO_STORAGE = "this study began without `--storage`: its trials are on this machine only"
_NEEDS = {"cmaes": ("cmaes",), "gp": ("scipy",)}
"""The packages of samplers, beside Optuna."""


def prepare_study(
    file: str,
    *,
    trials: int | None = None,
    workers: int = 1,
    resume: str | None = None,
    storage: str | None = None,
    dry_run: bool = False,
    name: str = "",
    runs_dir: str = "runs",
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    device: str = "auto",
    threads: int | None = None,
    seed: int | None = None,
    show: ShowFindings | None = None,
    say: Callable[[str], object] = print,
    watch: StudyWatcher | None = None,
    team: Callable[[], Team] | None = None,
) -> StudyJob:
    """Find all that is wrong with a study before it begins.

    Args:
        file: The YAML file.
        trials: How many candidates are trained, where it is not what the spec says.
        workers: How many are trained side by side.
        resume: The study to go on with: its directory, or its name for the latest.
        storage: The URL of a storage that other machines share; which trials are chosen then
            hangs on which machine is faster.
        dry_run: Whether only the space is looked at, and not the data.
        name: What the study is called; by default, as the spec is.
        runs_dir: The folder of all runs.
        overrides: `path=value` texts, as of `--set`.
        plugins: Installed packages that the spec may use.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        threads: Of the CPU, a trial; by default what its model is worth.
        seed: What the candidates are drawn from, where it is not what the spec says.
        show: Takes findings, with the texts that they point into, before errors are raised.
        say: Takes what is said apart from progress.
        watch: Is told what happens.
        team: Starts the workers; by default processes of this machine.

    Raises:
        SpecError: The spec, its space or its data has errors; the study to go on with does not
            exist, or is another one.
        TuneError: What is asked for does not go together.
        MissingPackageError: Optuna is not installed.
        OSError: The spec cannot be read.
    """
    if workers < 1 or (trials is not None and trials < 1):
        raise TuneError("there is at least one trial, and one worker")
    if file == "-":
        raise TuneError("each trial reads the spec, and standard input is read once: name a file")
    require("optuna", "a search")
    asked = Asked(
        file=file,
        overrides=tuple(overrides),
        plugins=tuple(plugins),
        include_dirs=tuple(include_dirs),
        show=show or (lambda *_: None),
    )
    folder = find_study(resume, Path(runs_dir)) if resume else None
    checked = check_spec(asked)
    said: dict[str, Any] = {
        "name": name,
        "trials": trials,
        "seed": seed,
        "device": device,
        "threads": threads,
    }
    if folder is None:
        study = new_study(checked, workers=workers, **said)
    else:
        study = same_study(checked, folder, **said)
    if storage:
        study.window = 1
    known = read_known(folder, shared=bool(study.shared)) if folder else []
    if bool(study.shared) != bool(storage) and folder is not None:
        raise TuneError(_STORAGE_AGAIN if study.shared else _NO_STORAGE)
    proposer = _proposer(checked, study)
    data_files: dict[str, list[int]] = {}
    if not dry_run:
        data_files = _check_data(checked, study, folder, proposer, known)
    shared = _shared(checked, study, storage, trials) if storage and not dry_run else None
    options = {
        "--storage": [without_password(storage)] if storage else [],
        "--set": overrides,
        "--plugin": plugins,
        "--include-dir": include_dirs,
        "--device": [device] if device != "auto" else [],
        "--threads": [str(threads)] if threads else [],
        "--workers": [str(workers)] if workers > 1 else [],
        "--trials": [str(trials)] if trials else [],
    }
    words = [
        word for option, values in options.items() for each in values for word in (option, each)
    ]
    trials_at_most = study.trials or checked.space.count or 0
    return StudyJob(
        dry_run=replace(checked.dry_run, trials=trials_at_most, window=study.window),
        study=study,
        folder=folder,
        runs=Path(runs_dir),
        rendered=checked.rendered,
        sources=checked.sources,
        objectives=checked.objectives,
        proposer=proposer,
        pruning=Pruning(checked.settings.section.pruner, checked.objectives, checked.epochs),
        team=team or (lambda: _processes(workers, study, say)),
        watch=watch or Unwatched(),
        resume_words=("modelspec", "tune", file, "--resume"),
        repeated=tuple(words),
        notes=_notes(checked, study, known, workers),
        data_files=data_files,
        shared=shared,
    )


def _shared(checked: CheckedSpec, study: Study, url: str, trials: int | None) -> Shared:
    """The study as other machines see it, which this one begins or joins."""
    from modelspec.tuning.storage.connect import open_storage, reached
    from modelspec.tuning.storage.shared_study import join_study, wanted_total

    storage = open_storage(url)
    study.shared = study.shared or f"{gethostname()}-{token_hex(4)}"
    section = checked.settings.section.model_dump(mode="json", exclude={"trials"})
    what = {
        "spec": checked.rendered,
        "tune": section,
        "seed": study.seed,
        "plugins": study.plugins,
        "data": study.data,
    }
    with reached():
        shared = join_study(storage, study.name, checked.objectives, what, study.trials)
        study.trials = wanted_total(shared, trials)
    return shared


def _proposer(checked: CheckedSpec, study: Study) -> Proposer:
    section, examine = checked.settings.section, checked.candidates.examine
    for package in _NEEDS.get(section.sampler, ()):
        require(package, f"`sampler: {section.sampler}`")
    if section.sampler == "grid":
        return GridProposer(checked.space, examine)
    coding = Coding(checked.space)
    return LocalProposer(
        coding,
        View(coding, checked.objectives, section.limits, sparing=section.sampler == SLOW),
        examine,
        rule=section.sampler,
        seed=study.seed,
        window=study.window,
        population=study.population,
        pruned=section.pruner != "none",
    )


def _check_data(
    checked: CheckedSpec,
    study: Study,
    folder: Path | None,
    proposer: Proposer,
    known: Sequence[Known],
) -> dict[str, list[int]]:
    """Read the data as the first trial will, so that what is wrong with it is said at once.

    Returns:
        What its files were before they were read.

    Raises:
        SpecError: Something is, or these are other rows than those of the trials before.
    """
    from modelspec.runner.setup.prepare import prepare

    if known and not checked.candidates.examine(known[0].trial.values).errors:
        values = known[0].trial.values
    else:
        candidate = proposer.propose(1, []).candidate
        values = candidate.values if candidate else {}
    examined = checked.asked.examine(values)
    assert examined.spec
    assert examined.graph
    report = Report()
    files = data_state(examined.spec)
    prepared = prepare(examined.spec, examined.graph, report)
    if prepared is not None and folder is not None and study.data and known:
        check_same_data(folder, study.data, prepared.fingerprint, report)
    checked.asked.show(list(report), examined.sources())
    report.raise_if_failed()
    assert prepared
    study.data = study.data or prepared.fingerprint
    return files


def _notes(checked: CheckedSpec, study: Study, known: Sequence[Known], workers: int) -> list[str]:
    """What has to be said before the first trial."""
    notes = sampler_notes(checked.settings, checked.space)
    left_out = sum(not checked.space.holds(each.trial.values) for each in known)
    if left_out:
        notes.append(
            f"{left_out} of {len(known)} trials have values that are no longer searched over: "
            "they stay in the results, and the sampler does not learn from them"
        )
    done = sum(each.ended for each in known)
    if study.trials and done >= study.trials and not study.shared:
        notes.append(
            f"the study has {done} trials already, and is to have {study.trials}: "
            "for more, give `--trials` a larger number"
        )
    if workers > study.window and not study.shared:
        notes.append(
            f"{study.window} of {workers} workers have something to do: "
            f"the study began with fewer, and its trials are chosen as they were then"
        )
    return notes


def _processes(workers: int, study: Study, say: Callable[[str], object]) -> Team:
    from modelspec.tuning.workers import Workers

    return Workers(workers, device=study.device, threads=study.share, say=say)
