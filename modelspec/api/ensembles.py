"""Several trained runs as one. What `modelspec ensemble` does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from modelspec.api.training import print_to_stderr
from modelspec.diagnostics import Diagnostic, Report, Span, SpecError
from modelspec.runner.run import directory

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.data import Splits
    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.members import Member
    from modelspec.ensembles.record import EnsembleRecord
    from modelspec.ensembles.weighting.result import How


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """What `ensemble` comes to.

    Attributes:
        folder: The run directory.
        record: Its members, and what each counts.
        report: The path of `report.html`; None where its data cannot be read.
        written: The paths of the spec and of its weights, where they were asked for.
        notes: What is to be said of it.
    """

    folder: Path
    record: EnsembleRecord
    report: Path | None
    written: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Where the results lie, one line each."""
        rows: list[tuple[str, object]] = [
            ("run", self.folder),
            ("best", directory.weights_file(self.folder, directory.BEST)),
        ]
        if self.report is not None:
            rows.append(("report", self.report))
        rows += zip(("spec", "weights"), self.written, strict=False)
        rows.append(("next", f"modelspec eval {self.folder}"))
        return [f"{name:<8} {value}" for name, value in rows]


def ensemble(
    runs: str | Sequence[str],
    out: str | None = None,
    *,
    name: str = "",
    weights: How = "uniform",
    calibrate: bool = False,
    soup: bool = False,
    seed: int = 0,
    as_spec: str | None = None,
    runs_dir: str = "runs",
    plugins: Sequence[str] = (),
    device: str = "auto",
    say: Callable[[str], object] = print_to_stderr,
) -> Ensemble:
    """Make one run of several: its outputs are the mean of what they say.

    Weights and temperatures are fitted on rows that no run was trained on, and measured on others.

    Args:
        runs: Run directories, or names in `runs_dir`; runs by fold or by seed are all of them, a
            study is the best of its trials, as many as it confirms.
        out: The directory to make; by default `runs/NAME/TIME`.
        name: What it is called; by default after the spec of the first run.
        weights: How it is chosen what each run counts: `uniform`, `fit` or `greedy`.
        calibrate: Whether one temperature is fitted to the mean of probabilities.
        soup: Whether the weights of the models are averaged, and not what they say; `uniform` or
            `greedy`.
        seed: Rules which half of the validation rows is measured on, where there are no test rows.
        as_spec: Where to write it as one spec too, with its weights in a file beside it.
        runs_dir: The folder of all runs.
        plugins: Installed packages whose layers the runs have.
        device: Where to compute.
        say: Takes what has to be said while it is made.

    Raises:
        SpecError: A run does not exist or is not whole; the runs cannot be joined; `out` is there;
            no row is left to fit on.
        ValueError: `weights` is something else, or does not go with `soup`; nor do `calibrate` and
            `as_spec`.
        MissingPackageError: There is no SciPy, and it is needed.
        DeviceError: There is no such device.
        SaveError: It cannot be written.
    """
    from modelspec.ensembles.as_spec import check_free, check_same_features, write_as_spec
    from modelspec.ensembles.combine import combine
    from modelspec.ensembles.members import find_runs, read_members
    from modelspec.ensembles.thresholds import with_thresholds
    from modelspec.ensembles.weighting.result import How
    from modelspec.ensembles.weights import choose_weights
    from modelspec.ensembles.write import ensemble_record, write_ensemble
    from modelspec.runner.run.errors import SaveError

    if weights not in get_args(How):
        raise ValueError(f"`weights` is one of {', '.join(get_args(How))}, not {weights!r}")
    runs = [runs] if isinstance(runs, str) else runs
    folder = _new(out)
    if as_spec is not None:
        check_free(as_spec)
    members = read_members(find_runs(runs, Path(runs_dir), _best_trials), plugins)
    if soup:
        if weights == "fit" or calibrate or as_spec is not None:
            raise ValueError("a soup is uniform or greedy, without a temperature, and no new spec")
        return _soup(members, weights, seed, name, Path(runs_dir), folder, device, plugins)
    combined = combine(members, name=name, plugins=plugins)
    if as_spec is not None:
        check_same_features(combined, as_spec)
    weightings = choose_weights(combined, weights, calibrate=calibrate, seed=seed, device=device)
    combined = combine(members, weightings, name=name, plugins=plugins)
    splits = _splits(combined, say)
    combined, told = with_thresholds(combined, splits, device)
    try:
        made = write_ensemble(combined, weightings, splits, runs=Path(runs_dir), folder=folder)
    except OSError as error:
        raise SaveError(f"the ensemble cannot be saved: {error}") from error
    try:
        written = write_as_spec(combined, as_spec) if as_spec is not None else ()
    except OSError as error:
        raise SaveError(f"{made} is saved, its spec is not: {error}") from error
    return Ensemble(
        folder=made,
        record=ensemble_record(combined, weightings),
        report=_reported(combined, splits, made, device),
        written=written,
        notes=(*combined.notes, *told),
    )


def _best_trials(study: Path) -> list[Path]:
    """The runs of as many of a study's best trials as it confirms, or would.

    Raises:
        SpecError: None has come to its end, or the study is not whole (MS807).
    """
    from modelspec.language.tune import Confirm
    from modelspec.tuning.record import trial_folder
    from modelspec.tuning.results.source import tune_settings
    from modelspec.tuning.results.study_results import read_results
    from modelspec.tuning.trials.confirm import chosen_trials

    results = read_results(study)
    settings = tune_settings(study, results.study)
    confirm = settings.section.confirm if settings else None
    top = confirm.top if isinstance(confirm, Confirm) else Confirm().top
    found = chosen_trials(results.study, results.trials, top)
    if not found:
        message = "no trial of it has come to its end"
        raise SpecError([Diagnostic("MS807", message, Span(str(study)))])
    return [trial_folder(study, each.number) for each in found]


def _new(out: str | None) -> Path | None:
    """The directory to make.

    Raises:
        SpecError: It is there already.
    """
    if out is None:
        return None
    path = Path(out)
    if not out:
        message = "the directory to make has no name"
        raise SpecError([Diagnostic("MS807", message, Span("-o"), "name it, or leave `-o` out")])
    if path.exists() or path.is_symlink():
        message = "it is there already, and nothing is overwritten"
        help = "name another one with `-o`, or remove it"
        raise SpecError([Diagnostic("MS807", message, Span(out), help)])
    return path


def _splits(combined: Combined, say: Callable[[str], object]) -> Splits | None:
    """The data of an ensemble; None where it cannot be read, which is said."""
    from modelspec.data import load

    assert combined.spec.data
    report = Report()
    splits = load(
        combined.spec.data, combined.graph, combined.folder, report, combined.preprocessing
    )
    if splits is None:
        say(f"its data cannot be read, so it is not measured: {report.errors[0].message}")
    return splits


def _soup(
    members: Sequence[Member],
    how: How,
    seed: int,
    name: str,
    runs: Path,
    folder: Path | None,
    device: str,
    plugins: Sequence[str],
) -> Ensemble:
    """One model whose weights are the mean of the members' weights."""
    from modelspec.ensembles.record import read_record
    from modelspec.ensembles.soup.make import SOUP, make_soup
    from modelspec.ensembles.soup.write import write_soup
    from modelspec.runner.inference.trained_model import TrainedModel, load_splits
    from modelspec.runner.reporting.report import write_report
    from modelspec.runner.run.errors import SaveError

    models, names = [each.trained for each in members], [each.name for each in members]
    found = make_soup(models, names, how, seed=seed, device=device)
    report = Report()
    splits = load_splits(models[0], report)
    report.raise_if_failed()
    assert splits
    called = name or f"{models[0].spec.name}_{SOUP}"
    try:
        made = write_soup(
            found, members, splits, name=called, runs=runs, folder=folder, device=device
        )
    except OSError as error:
        raise SaveError(f"the soup cannot be saved: {error}") from error
    try:
        page = write_report(TrainedModel.from_run(made, plugins=plugins), splits, device=device)
    except OSError as error:
        raise SaveError(f"{made} is saved, its report is not: {error}") from error
    return Ensemble(folder=made, record=read_record(made), report=page)


def _reported(combined: Combined, splits: Splits | None, folder: Path, device: str) -> Path | None:
    from modelspec.runner.reporting.report import write_report
    from modelspec.runner.run.errors import SaveError

    if splits is None:
        return None
    trained = combined.trained(directory.weights_file(folder, directory.BEST), folder)
    splits = replace(splits, preprocessing=combined.preprocessing)
    try:
        return write_report(trained, splits, device=device)
    except OSError as error:
        raise SaveError(f"{folder} is saved, its report is not: {error}") from error
