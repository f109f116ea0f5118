"""`modelspec train`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from modelspec.cli.model_options import (
    Device,
    Quiet,
    RunsDir,
    Threads,
    devices_checked,
    saving_checked,
    stop_at_errors,
)
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile, refuse
from modelspec.cli.say import say
from modelspec.cli.series import series_folder, train_several
from modelspec.cli.study import refuse_study

if TYPE_CHECKING:
    from modelspec.api import TrainedRun, TrainingJob

EXAMPLES = (
    "modelspec train specs/digits.yaml",
    "modelspec train specs/digits.yaml --set train.epochs=3 --set train.learning_rate=0.01",
    "modelspec train specs/digits.yaml --resume digits --set train.epochs=20",
    "modelspec train specs/digits.yaml --folds 5",
    "modelspec train specs/digits.yaml --seeds 5",
)


def run(
    spec: SpecFile,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="RUN", help="Go on with a run: its directory, or its name for the latest."
        ),
    ] = None,
    device: Device = "auto",
    threads: Threads = None,
    quiet: Quiet = False,
    runs_dir: RunsDir = "runs",
    name: Annotated[
        str,
        typer.Option(metavar="NAME", help="What the run is called.  [default: the spec's name]"),
    ] = "",
    fold: Annotated[
        str,
        typer.Option(
            metavar="I/K", help="Validate on the i-th of k parts of the rows: `data.split.fold`."
        ),
    ] = "",
    folds: Annotated[
        int | None,
        typer.Option(
            min=2,
            metavar="K",
            help="Train K times, each time validating on another of K parts of the rows.",
        ),
    ] = None,
    seeds: Annotated[
        int | None,
        typer.Option(
            min=2,
            metavar="N",
            help="Train N times on the same rows, with the spec's `train.seed` and the next ones.",
        ),
    ] = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Train a spec on its data, into a run directory `runs/NAME/TIME`.

    Ctrl-C finishes the step, saves, and says how to go on; a second one ends at once. A run that
    is resumed ends with the same weights as one that never stopped. With `--folds` or `--seeds`,
    or where such a training is resumed, all its runs lie in one directory.
    """
    settings: dict[str, Any] = {
        "runs_dir": runs_dir,
        "name": name,
        "overrides": overrides or (),
        "plugins": plugins or (),
        "include_dirs": include_dirs or (),
        "device": device,
        "threads": threads,
        "quiet": quiet,
    }
    if folds and seeds:
        refuse("`--folds` and `--seeds` are two trainings: give one of them.", "--seeds")
    if resume:
        refuse_study(resume, runs_dir, spec)
    if folds or seeds or (resume and series_folder(resume, runs_dir)):
        train_several(spec, folds, seeds, resume, settings | {"fold": fold})
        return
    from modelspec.api import prepare_training

    job = prepare_training(spec, resume=resume, fold=fold, show=stop_at_errors, **settings)
    trained = _run(job)
    if trained.resume_command is not None:
        say(trained.ending(), error=True)
        signal = trained.result.interrupted
        raise typer.Exit(128 + signal if signal else 0)
    ending = "" if quiet else trained.ending()
    for line in [ending, *trained.lines()] if ending else trained.lines():
        say(line)


def _run(job: "TrainingJob") -> "TrainedRun":
    from modelspec.runner.run.errors import TrainingError

    try:
        with devices_checked(), saving_checked():
            return job.run()
    except TrainingError as error:
        say(f"modelspec: {error}\n  help: {error.help}", error=True)
        say(f"  what was saved before lies in {error.folder}", error=True)
        raise typer.Exit(1) from error
