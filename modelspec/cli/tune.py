"""`modelspec tune`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.findings import show
from modelspec.cli.model_options import (
    Device,
    Quiet,
    RunsDir,
    Threads,
    devices_checked,
    saving_checked,
)
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile, refuse
from modelspec.cli.say import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.api.tuning import StudyJob, StudyResult
    from modelspec.cli.study_watch import PlainLines
    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.tuning.record import Trial

EXAMPLES = (
    "modelspec tune specs/digits_tune.yaml",
    "modelspec tune specs/digits_tune.yaml --dry-run",
    "modelspec tune specs/digits_tune.yaml --workers 4 --trials 100",
    "modelspec tune specs/digits_tune.yaml --resume digits_tune",
    "modelspec tune specs/digits_tune.yaml --storage postgresql://me@server/searches",
)


def run(
    spec: SpecFile,
    trials: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="How many candidates are trained.  [default: the spec's]"
        ),
    ] = None,
    workers: Annotated[
        int, typer.Option(min=1, metavar="N", help="How many are trained side by side.")
    ] = 1,
    resume: Annotated[
        str | None,
        typer.Option(
            metavar="DIR", help="Go on with a study: its directory, or its name for the latest."
        ),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Say what the search comes to, and train nothing."),
    ] = False,
    storage: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Share the study with other machines: `postgresql://USER:PASSWORD@HOST/DATABASE`, "
            "`sqlite:///FILE`, or `grpc://HOST:PORT` of Optuna's proxy. Run the same command on "
            "each; which trials are chosen then hangs on which machine is faster.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(min=0, help="What candidates are drawn from.  [default: the spec's]"),
    ] = None,
    device: Device = "auto",
    threads: Threads = None,
    quiet: Quiet = False,
    runs_dir: RunsDir = "runs",
    name: Annotated[
        str,
        typer.Option(metavar="NAME", help="What the study is called.  [default: the spec's name]"),
    ] = "",
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Search the space of a spec's `tune` section, into a study directory `runs/NAME/TIME`.

    The space is proved before anything is trained: values that cannot go together are named.
    Each trial is a run directory, `trials/0001`; the best are trained again with other seeds
    before one is called the best. Ctrl-C saves, and says how to go on: a study that is resumed
    makes the same trials as one that never stopped.
    """
    from modelspec.diagnostics import SpecError
    from modelspec.tuning.errors import StorageError, TuneError
    from modelspec.tuning.workers.errors import WorkerError

    shown: set[tuple[str, str]] = set()

    def show_findings(findings: "Sequence[Diagnostic]", sources: "Sources") -> None:
        new = [each for each in findings if (each.code, each.message) not in shown]
        shown.update((each.code, each.message) for each in new)
        show(new, sources)

    if device not in ("auto", "cpu"):
        _check_device(device)
    watch = _watcher(quiet=quiet or dry_run)
    try:
        job = _prepare(
            spec,
            trials=trials,
            workers=workers,
            resume=resume,
            storage=storage,
            dry_run=dry_run,
            name=name,
            runs_dir=runs_dir,
            overrides=overrides or (),
            plugins=plugins or (),
            include_dirs=include_dirs or (),
            device=device,
            threads=threads,
            seed=seed,
            show=show_findings,
            say=watch.on_message,
            watch=watch,
        )
        if dry_run:
            for line in job.dry_run.lines():
                say(line)
            return
        done = _run(job, watch)
    except TuneError as error:
        refuse(f"{error}.")
    except (StorageError, WorkerError) as error:
        say(f"modelspec: {error}", error=True)
        raise typer.Exit(1) from error
    except SpecError as error:
        if any((each.code, each.message) not in shown for each in error.diagnostics):
            raise
        raise typer.Exit(1) from error
    _end(done, quiet=quiet)


def _check_device(name: str) -> None:
    """End with exit code 2 where a device is asked for that is not there."""
    with devices_checked():
        from modelspec.torch.devices import find

        find(name)


def _prepare(spec: str, **settings: object) -> "StudyJob":
    from modelspec.api import prepare_study

    return prepare_study(spec, **settings)  # type: ignore[arg-type]


def _watcher(*, quiet: bool) -> "PlainLines":
    """A table that moves on a terminal, else lines."""
    from modelspec.cli.study_watch import PlainLines
    from modelspec.runner.progress.bar import terminal

    if quiet or terminal() is None:
        return PlainLines(quiet=quiet)
    from modelspec.cli.live_study import LiveTable

    return LiveTable()


def _run(job: "StudyJob", watch: "PlainLines") -> "StudyResult":
    watch.begin(job.study, _known(job), job.study.trials, job.pruning.epochs)
    try:
        with saving_checked():
            return job.run()
    except KeyboardInterrupt:
        watch.close()
        if job.folder is not None:
            say(f"interrupted; go on with: {job.resume_command}", error=True)
        raise
    finally:
        watch.close()


def _known(job: "StudyJob") -> "list[Trial]":
    """The trials of a study that goes on."""
    from modelspec.tuning.record import read_trial, trial_folders

    return [read_trial(each) for each in trial_folders(job.folder)] if job.folder else []


def _end(done: "StudyResult", *, quiet: bool) -> None:
    """Say what came of it, where it lies, and how it ended."""
    from modelspec.cli.study import print_study

    if not quiet:
        print_study(done.results)
    for line in where(done):
        say(line)
    if done.resume_command is not None:
        say(f"interrupted, and saved in {done.folder}", error=True)
        say(f"  go on with: {done.resume_command}", error=True)
    if done.interrupted is not None:
        raise typer.Exit(128 + done.interrupted)
    failed = [each for each in done.trials if each.status == "failed"]
    if failed:
        say(f"modelspec: {_failed(len(failed), failed[-1])}", error=True)
    if done.best is None or done.study.stopped_after:
        raise typer.Exit(1)


def _failed(count: int, last: "Trial") -> str:
    from modelspec.tuning.results.lines import one_line

    if count == 1:
        return f"trial {last.number} failed: {one_line(last.why)}"
    return f"{count} trials failed, trial {last.number} with: {one_line(last.why)}"


def where(done: "StudyResult") -> list[str]:
    """Where the results lie, one line each."""
    from modelspec.runner.run.directory import RECORD
    from modelspec.tuning.record import BEST, REPORT, TABLE

    folder, results = done.folder, done.results
    files = [("trials", TABLE), ("report", REPORT), ("spec", BEST)]
    rows = [("study", str(folder))]
    rows += [(name, str(folder / file)) for name, file in files if (folder / file).is_file()]
    is_here = results.best_run is not None and (results.best_run / RECORD).is_file()
    if results.best_run is not None and done.study.shared and not is_here:
        rows.append(("best", f"{results.best_run}, on the machine that has trained it"))
    elif results.best_run is not None:
        rows += [("best", str(results.best_run)), ("next", f"modelspec eval {results.best_run}")]
    return [f"{name:<8} {value}" for name, value in rows]
