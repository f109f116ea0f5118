"""What the commands that run a model share: their options, and what can go wrong."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from modelspec.cli import completion
from modelspec.cli.findings import examine_clean, show
from modelspec.cli.options import a_number, existing_file, existing_path, refuse
from modelspec.cli.say import say
from modelspec.cli.study import refuse_study
from modelspec.diagnostics import Report, Severity
from modelspec.source.data_suffixes import FORMATS

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.runner.inference.trained_model import TrainedModel

Device: TypeAlias = Annotated[
    str,
    typer.Option(metavar="NAME", help="Where to compute: `auto`, `cpu`, `cuda`, `cuda:1`, `mps`."),
]

Threads: TypeAlias = Annotated[
    int | None, typer.Option(min=1, help="Threads of the CPU.  [default: what the model is worth]")
]

Threshold: TypeAlias = Annotated[
    float | None,
    typer.Option(
        min=0,
        max=1,
        callback=a_number,
        help="From which probability on outputs of yes or no say yes.",
    ),
]

Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but where the results lie.")
]

RunsDir: TypeAlias = Annotated[
    str, typer.Option("--runs-dir", metavar="DIR", help="The folder of all runs.")
]

Model: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="RUN|SPEC",
        help="A run directory (`runs/digits/latest`, or its name, `digits`); or a spec, with "
        "`--weights FILE`.",
        autocompletion=completion.models,
    ),
]

Weights: TypeAlias = Annotated[
    str,
    typer.Option(
        metavar="best|last|FILE",
        help="The weights: of a run, its `best` or `last`; or a file, safetensors or of Keras "
        "(`w.weights.h5`, `.h5`, `.keras`).  [default: best]",
    ),
]

DataFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        callback=lambda file: file and existing_file(file),
        help=f"Rows from a file ({', '.join(FORMATS)}), with the columns of the spec's data.",
    ),
]


@contextmanager
def devices_checked() -> Iterator[None]:
    """End with exit code 2 where a device is asked for that is not there."""
    from modelspec.torch.devices import DeviceError

    try:
        yield
    except DeviceError as error:
        refuse(f"{error}.", "--device")


@contextmanager
def saving_checked() -> Iterator[None]:
    """End with exit code 1 where a run directory, or its report, cannot be written."""
    from modelspec.runner.run.errors import SaveError

    try:
        yield
    except SaveError as error:
        say(f"modelspec: {error}", error=True)
        raise typer.Exit(1) from error


def set_threads(threads: int | None, model: "TrainedModel") -> None:
    """Compute with so many threads, or with as many as the model is worth."""
    from modelspec.runner.inference import threads as cpu_threads

    cpu_threads.set_threads(threads, model)


def stop_at_errors(findings: "Iterable[Diagnostic]", sources: "Sources | None" = None) -> None:
    """Show the findings, and end with exit code 1 if one is an error."""
    findings = list(findings)
    show(findings, sources)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(1)


def model_of(
    model: str, weights: str, runs_dir: str, plugins: list[str] | None, overrides: list[str] | None
) -> "TrainedModel":
    """The model that a command line names, or exit code 1 with what is wrong."""
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.runner.run import directory as run_directory

    if not os.path.isfile(model):
        if model.endswith((".yaml", ".yml")):
            existing_path(model)
        refuse_study(model, runs_dir)
        folder = run_directory.find(model, Path(runs_dir))
        if overrides:
            refuse("a run has its spec already; `--set` is for a spec with `--weights`.", "--set")
        return TrainedModel.from_run(folder, weights, plugins or ())
    if not weights:
        refuse(f"`{model}` is a spec, and has no weights: say which with `--weights FILE`.")
    examined = examine_clean(model, overrides=overrides, plugins=plugins)
    assert examined.spec
    assert examined.graph
    report = Report()
    found = TrainedModel.from_spec(
        examined.spec, examined.graph, Path(existing_file(weights)), report
    )
    stop_at_errors(report, examined.sources())
    assert found
    return found
