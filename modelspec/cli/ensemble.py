"""`modelspec ensemble`."""

from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli.model_options import Device, RunsDir, devices_checked, saving_checked
from modelspec.cli.options import Plugins
from modelspec.cli.say import say

if TYPE_CHECKING:
    from modelspec.api.ensemble import Ensemble

EXAMPLES = (
    "modelspec ensemble wide deep",
    "modelspec ensemble runs/digits/latest -o runs/digits_ensemble/first",
    "modelspec ensemble wide deep --as-spec both.yaml",
)


def run(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN RUN ...",
            help="Run directories, or their names for the latest; a cross-validation is all of "
            "its folds.",
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "-o", "--out", metavar="DIR", help="The run directory to make.  [default: in runs/NAME]"
        ),
    ] = None,
    name: Annotated[
        str,
        typer.Option(
            metavar="NAME", help="What it is called.  [default: after the spec of the first run]"
        ),
    ] = "",
    as_spec: Annotated[
        str | None,
        typer.Option(
            "--as-spec",
            metavar="FILE",
            help="Write it as one spec too, with its weights beside it: `FILE` and, of the same "
            "name, `.safetensors`.",
        ),
    ] = None,
    device: Device = "auto",
    runs_dir: RunsDir = "runs",
    plugins: Plugins = None,
) -> None:
    """Make one run of several: its outputs are the mean of what they say.

    The runs may be of different specs that have an output in common, of the same classes or the
    same shape, and read their columns from one file. What is left is a run directory, which
    `eval`, `predict` and `runs` take as any other: its spec has each member as a block.
    """
    from modelspec.api.ensemble import ensemble

    with devices_checked(), saving_checked():
        done = ensemble(
            runs,
            out,
            name=name,
            as_spec=as_spec,
            runs_dir=runs_dir,
            plugins=plugins or (),
            device=device,
            say=lambda text: say(f"modelspec: {text}", error=True),
        )
    _print(done)


def _print(done: "Ensemble") -> None:
    for note in done.notes:
        say(note)
    for line in done.lines():
        say(line)
