"""`modelspec ensemble`."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from modelspec.cli import completion
from modelspec.cli.model_options import Device, RunsDir, devices_checked, saving_checked
from modelspec.cli.options import Plugins, refuse
from modelspec.cli.say import say
from modelspec.cli.weightings import print_weightings

if TYPE_CHECKING:
    from modelspec.api.ensembles import Ensemble

EXAMPLES = (
    "modelspec ensemble wide deep",
    "modelspec ensemble runs/digits/latest -o runs/digits_ensemble/first",
    "modelspec ensemble wide deep --weights fit --calibrate",
    "modelspec ensemble wide deep --as-spec both.yaml",
)


def run(
    runs: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN RUN ...",
            help="Run directories, or their names for the latest; runs by fold or by seed are all "
            "of them, a study is the best of its trials, as many as it confirms.",
            autocompletion=completion.runs,
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
    weights: Annotated[
        Literal["uniform", "fit", "greedy"],
        typer.Option(
            help="How it is chosen what each run counts: the same; by minimising the loss on "
            "validation rows; or by taking run after run, and again, while that helps."
        ),
    ] = "uniform",
    calibrate: Annotated[
        bool,
        typer.Option(
            "--calibrate", help="Fit one temperature to the mean of probabilities, last of all."
        ),
    ] = False,
    soup: Annotated[
        bool,
        typer.Option(
            "--soup",
            help="Average the models' weights, not what they say: of runs of one spec that began "
            "as the same weights; `uniform` or `greedy`.",
        ),
    ] = False,
    seed: Annotated[
        int,
        typer.Option(
            min=0,
            help="Where there are no test rows, rules which half of the validation rows is "
            "measured on.",
        ),
    ] = 0,
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

    Weights and the temperature are fitted on validation rows that no run was trained on, and shown
    beside the uniform mean and each run, on test rows; where there are none, one half of the
    validation rows is fitted on, the other measured. The folds of a cross-validation have no such
    rows: their mean is uniform.
    """
    if soup:
        _check_soup(weights, calibrate=calibrate, as_spec=as_spec)
    from modelspec.api.ensembles import ensemble

    with devices_checked(), saving_checked():
        done = ensemble(
            runs,
            out,
            name=name,
            weights=weights,
            calibrate=calibrate,
            soup=soup,
            seed=seed,
            as_spec=as_spec,
            runs_dir=runs_dir,
            plugins=plugins or (),
            device=device,
            say=lambda text: say(f"modelspec: {text}", error=True),
        )
    _print(done)


def _check_soup(weights: str, *, calibrate: bool, as_spec: str | None) -> None:
    if weights == "fit":
        refuse("a soup is `uniform` or `greedy`: weights of weights are not fitted.", "--weights")
    if calibrate:
        refuse("a soup has the layers of its members: there is no temperature.", "--calibrate")
    if as_spec is not None:
        refuse("a soup has the spec of its members, and no other is written.", "--as-spec")


def _print(done: "Ensemble") -> None:
    print_weightings(done.record)
    for note in done.notes:
        say(note)
    for line in done.lines():
        say(line)
