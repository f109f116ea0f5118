"""`modelspec train`."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from modelspec.cli.findings import examine_clean, sources_of
from modelspec.cli.model_options import Device, RunsDir, Threads, devices_checked, stop_at_errors
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile
from modelspec.diagnostics import Report

if TYPE_CHECKING:
    from modelspec.runner.run.options import TrainOptions
    from modelspec.runner.run.result import RunResult
    from modelspec.runner.setup.prepare import Prepared

EXAMPLES = (
    "modelspec train specs/digits.yaml",
    "modelspec train specs/digits.yaml --set train.epochs=3 --set train.learning_rate=0.01",
    "modelspec train specs/digits.yaml --resume digits --set train.epochs=20",
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
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing but where the results lie.")
    ] = False,
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
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Train a spec on its data, into a run directory `runs/NAME/TIME`.

    Ctrl-C finishes the step, saves, and says how to go on; a second one ends at once. A run that
    is resumed ends with the same weights as one that never stopped.
    """
    if fold:
        overrides = [*(overrides or ()), "data.split.validation=0", f"data.split.fold={fold}"]
    prepared = _prepared(spec, resume, runs_dir, name, overrides, plugins, include_dirs)
    diagram = None if resume else _diagram(prepared)

    from modelspec.runner.run.options import TrainOptions

    options = TrainOptions(
        runs=Path(runs_dir),
        name=name,
        device=device,
        threads=threads,
        quiet=quiet,
        diagram=diagram,
        picture=lambda: _diagram(prepared, "png"),
        say=lambda text: print(text, file=sys.stderr),
    )
    trained = _trained(prepared, options)
    report = _reported(prepared, trained, device)
    if trained.interrupted is not None or trained.out_of_time:
        _say_how_to_resume(
            trained,
            spec,
            {
                "--set": overrides,
                "--plugin": plugins,
                "--include-dir": include_dirs,
                "--device": [device] if device != "auto" else [],
            },
        )
        raise typer.Exit(128 + trained.interrupted if trained.interrupted else 0)
    _say_results(trained, report, quiet=quiet)


def _prepared(
    spec: str,
    resume: str | None,
    runs_dir: str,
    name: str,
    overrides: list[str] | None,
    plugins: list[str] | None,
    include_dirs: list[str] | None,
) -> "Prepared":
    """Everything that can be wrong is said here, before torch is loaded."""
    examined = examine_clean(
        spec, overrides=overrides, plugins=plugins, include_dirs=include_dirs, training=True
    )
    from modelspec.runner.process.elastic import restarted_run
    from modelspec.runner.run.directory import find
    from modelspec.runner.setup.prepare import prepare

    assert examined.spec
    assert examined.graph
    runs = Path(runs_dir)
    folder = find(resume, runs) if resume else restarted_run(runs, name or examined.spec.name)
    report = Report()
    prepared = prepare(examined.spec, examined.graph, report, resume=folder)
    stop_at_errors(report, sources_of(examined))
    assert prepared
    return prepared


def _diagram(prepared: "Prepared", format: Literal["svg", "png"] = "svg") -> bytes:
    from modelspec.plot import PlotOptions, draw

    return draw(prepared.graph, PlotOptions(format=format))


def _trained(prepared: "Prepared", options: "TrainOptions") -> "RunResult":
    from modelspec.runner.run.errors import TrainingError
    from modelspec.runner.train import train

    try:
        with devices_checked():
            return train(prepared, options)
    except TrainingError as error:
        print(f"modelspec: {error}\n  help: {error.help}", file=sys.stderr)
        print(f"  what was saved before lies in {error.folder}", file=sys.stderr)
        raise typer.Exit(1) from error
    except OSError as error:
        print(f"modelspec: the run cannot be saved: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _reported(prepared: "Prepared", run: "RunResult", device: str) -> Path | None:
    from modelspec.runner.reporting.report import report_training

    try:
        return report_training(prepared, run, device)
    except OSError as error:
        print(f"modelspec: the run is saved, its report is not: {error}", file=sys.stderr)
        raise typer.Exit(1) from error


def _say_how_to_resume(run: "RunResult", spec: str, options: dict[str, list[str] | None]) -> None:
    from shlex import join

    words = ["modelspec", "train", spec, "--resume", str(run.folder)]
    words += [
        word for name, values in options.items() for each in values or () for word in (name, each)
    ]
    why = "its time is over" if run.out_of_time else "interrupted"
    print(f"{why}, and saved in {run.folder}\n  go on with: {join(words)}", file=sys.stderr)


def _say_results(run: "RunResult", report: Path | None, *, quiet: bool) -> None:
    epochs = len(run.history)
    if run.stopped and not quiet:
        print(f"stopped after epoch {epochs}: {run.stopped}")
    elif run.resumed_after == epochs and not quiet:
        print(f"all {epochs} epochs were done already; `--set train.epochs=N` allows more")
    assert run.folder
    from modelspec.runner.run.directory import BEST, LAST, weights_file

    print(f"run      {run.folder}")
    for name in (BEST, LAST):
        path = weights_file(run.folder, name)
        if path.is_file():
            print(f"{name:<8} {path}")
    print(f"history  {os.path.join(run.folder, 'history.csv')}")
    if report is not None:
        print(f"report   {report}")
    print(f"next     modelspec eval {run.folder}")
