"""Training a spec from its file: lint, prepare, train, report. What `modelspec train` does."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from shlex import join
from typing import TYPE_CHECKING, Literal, ParamSpec, TypeAlias

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.diagnostics.render.style import printable
from modelspec.runner.run.directory import SOURCES
from modelspec.runner.run.options import TrainOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.graph.graph import Graph
    from modelspec.runner.run.result import RunResult
    from modelspec.runner.setup.prepare import Prepared
    from modelspec.training.callback import Callback

    ShowFindings: TypeAlias = Callable[[Sequence[Diagnostic], Sources], object]

Settings = ParamSpec("Settings")


def print_to_stderr(text: str) -> None:
    """Print a line, without what could drive a terminal."""
    print(printable(text), file=sys.stderr)


def _show_nothing(diagnostics: Sequence[Diagnostic], sources: Sources) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRun:
    """What `train` comes to.

    Attributes:
        result: The run: its directory, the trained module, the history.
        report: The path of `report.html`; None where none was wanted, and in processes other than
            rank 0.
        resume_command: The command line that goes on with the run, where it was interrupted or
            its time limit was reached; else None.
        decisions: Which thresholds were chosen, a line an output.
    """

    result: RunResult
    report: Path | None
    resume_command: str | None
    decisions: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Where the results lie, one line each: run, weights, history, report, next command."""
        from modelspec.runner.run.directory import BEST, HISTORY, LAST, weights_file

        folder = self.result.folder
        if folder is None:
            return []
        weights = [(name, weights_file(folder, name)) for name in (BEST, LAST)]
        rows: list[tuple[str, object]] = [
            ("run", folder),
            *((name, path) for name, path in weights if path.is_file()),
            ("history", folder / HISTORY),
        ]
        rows += [("decision", told) for told in self.decisions]
        if self.report is not None:
            rows.append(("report", self.report))
        rows.append(("next", f"modelspec eval {folder}"))
        return [f"{name:<8} {value}" for name, value in rows]

    def ending(self) -> str:
        """Why the run ended before its last epoch, or had nothing left to do; else empty."""
        result, epochs = self.result, len(self.result.history)
        if self.resume_command is not None:
            why = "its time is over" if result.out_of_time else "interrupted"
            return f"{why}, and saved in {result.folder}\n  go on with: {self.resume_command}"
        if result.stopped:
            return f"stopped after epoch {epochs}: {result.stopped}"
        if result.resumed_after == epochs:
            return f"all {epochs} epochs were done already; `--set train.epochs=N` allows more"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingJob:
    """A training that has been checked and can begin. torch is not imported yet.

    Attributes:
        file: The YAML file.
        in_file: Whether there is such a file; else only the run directory has its text.
        prepared: The spec, its graph and its data.
        options: How to train, beside the spec.
        repeated: The command line options that a resume has to repeat.
    """

    file: str
    prepared: Prepared
    options: TrainOptions
    repeated: tuple[str, ...] = ()
    in_file: bool = True

    def run(self, *, report: bool = True) -> TrainedRun:
        """Train, and write the report.

        Args:
            report: Whether there is to be one.

        Raises:
            DeviceError: There is no such device.
            SpecError: Another process works on the run that is to be resumed.
            TrainingError: A loss is no longer a finite number, or the disk is full. What was
                saved before stays.
            SaveError: The run directory or its report cannot be written.
        """
        from modelspec.runner import train as runner
        from modelspec.runner.inference.choose_thresholds import keep_best_thresholds
        from modelspec.runner.reporting.report import report_training
        from modelspec.runner.run.errors import SaveError

        try:
            result = runner.train(self.prepared, self.options)
        except OSError as error:
            raise SaveError(f"the run cannot be saved: {error}") from error
        try:
            prepared, told = keep_best_thresholds(self.prepared, result, self.options.device)
            page = report_training(prepared, result, self.options.device) if report else None
        except OSError as error:
            message = f"the run is saved, its thresholds or its report are not: {error}"
            raise SaveError(message) from error
        command = None
        if result.interrupted is not None or result.out_of_time:
            assert result.folder
            command = join(
                ["modelspec", "train", self.file, "--resume", str(result.folder), *self.repeated]
            )
            if not self.in_file:
                kept = result.folder / SOURCES / Path(self.file).name
                command = f"{join(['cp', str(kept), self.file])} && {command}"
        return TrainedRun(result=result, report=page, resume_command=command, decisions=tuple(told))


def prepare_training(
    file: str,
    *,
    text: str | None = None,
    resume: str | None = None,
    runs_dir: str = "runs",
    name: str = "",
    fold: str = "",
    overrides: Sequence[str] = (),
    plugins: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    device: str = "auto",
    threads: int | None = None,
    quiet: bool = False,
    callbacks: Sequence[Callback] = (),
    show: ShowFindings | None = None,
    say: Callable[[str], object] = print_to_stderr,
) -> TrainingJob:
    """Find all that is wrong with a training before it begins, without importing torch.

    Args:
        file: The YAML file.
        text: What it holds, where there is no such file.
        resume: The run to go on with: its directory, or its name for the latest.
        runs_dir: The folder of all runs.
        name: What the run is called; by default, as the spec is.
        fold: `i/k`: validate on the i-th of k parts of the rows.
        overrides: `path=value` texts, as of `--set`.
        plugins: Installed packages that the spec may use.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        device: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`.
        threads: Of the CPU; by default the resumed run's, or what the model is worth.
        quiet: Whether to show no progress.
        callbacks: Further ones, after those of the spec.
        show: Takes findings, with the texts that they point into, before errors are raised;
            warnings on the data come nowhere else.
        say: Takes what is said apart from progress; standard error by default.

    Raises:
        SpecError: The spec or its data has errors, or the run does not exist.
        OSError: The spec cannot be read.
    """
    if fold:
        overrides = [*overrides, *fold_overrides(fold)]
    show = show or _show_nothing
    examined = lint.examine(
        file,
        text=text,
        overrides=overrides,
        plugins=plugins,
        include_dirs=include_dirs,
        training=True,
    )
    sources = examined.sources()
    show(examined.report.errors, sources)
    examined.report.raise_if_failed()

    from modelspec.runner.process.elastic import restarted_run
    from modelspec.runner.run.directory import find
    from modelspec.runner.setup.prepare import prepare

    assert examined.spec
    assert examined.graph
    runs = Path(runs_dir)
    folder = find(resume, runs) if resume else restarted_run(runs, name or examined.spec.name)
    report = Report()
    prepared = prepare(examined.spec, examined.graph, report, resume=folder)
    show(list(report), sources)
    report.raise_if_failed()
    assert prepared
    options = TrainOptions(
        runs=runs,
        name=name,
        device=device,
        threads=threads,
        quiet=quiet,
        diagram=None if resume else _diagram(prepared.graph),
        picture=lambda: _diagram(prepared.graph, "png"),
        callbacks=tuple(callbacks),
        say=say,
    )
    repeated = {
        "--set": overrides,
        "--plugin": plugins,
        "--include-dir": include_dirs,
        "--device": [device] if device != "auto" else [],
    }
    words = (word for option, values in repeated.items() for v in values for word in (option, v))
    return TrainingJob(
        file=file, in_file=text is None, prepared=prepared, options=options, repeated=tuple(words)
    )


def fold_overrides(fold: str) -> list[str]:
    """What `--fold I/K` stands for, as of `--set`."""
    return ["data.split.validation=0", f"data.split.fold={fold}"]


def _run_at_once(
    prepare: Callable[Settings, TrainingJob],
) -> Callable[Settings, TrainedRun]:
    """The same function, followed by the training: one signature serves both."""

    def train(*args: Settings.args, **settings: Settings.kwargs) -> TrainedRun:
        """Train a spec on its data, into a run directory, with a report.

        Takes what `prepare_training` takes, and raises what it and `TrainingJob.run` raise.
        """
        return prepare(*args, **settings).run()

    train.__signature__ = signature(prepare).replace(  # type: ignore[attr-defined]
        return_annotation="TrainedRun"
    )
    return train


train = _run_at_once(prepare_training)


def _diagram(graph: Graph, format: Literal["svg", "png"] = "svg") -> bytes:
    from modelspec.plot import PlotOptions, draw

    return draw(graph, PlotOptions(format=format))
