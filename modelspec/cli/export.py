"""`modelspec export`."""

from typing import Annotated

import typer

from modelspec.cli import completion
from modelspec.cli.model_options import RunsDir, Weights
from modelspec.cli.options import Overrides, Plugins, refuse
from modelspec.cli.say import say, say_json

EXAMPLES = (
    "modelspec export digits -o digits.onnx",
    "modelspec export runs/digits/latest --weights last -o digits.pt2",
    "modelspec export specs/qa.yaml --weights qa.safetensors -o qa.pt2 --compile",
    "modelspec export digits -o digits.onnx --json | jq .difference",
)


def run(
    model: Annotated[
        str,
        typer.Argument(
            metavar="RUN|SPEC",
            help="A run directory (`runs/digits/latest`, or its name, `digits`); or a spec, whose "
            "weights are new ones unless `--weights FILE` says which.",
            autocompletion=completion.models,
        ),
    ],
    file: Annotated[
        str,
        typer.Option("-o", "--out", metavar="FILE", help="Where to write; its ending says what."),
    ],
    compile: Annotated[
        bool,
        typer.Option(
            "--compile", help="Put machine code into a `.pt2`; this needs a C++ compiler."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    weights: Weights = "",
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
) -> None:
    """Export a model as a file that another runtime reads: `.pt2`, `.onnx`, `.py`, `.keras`.

    What is written is run at three sizes of its inputs, and held against the model itself; where
    they differ by more than 1e-4, nothing is left behind. Beside the file, `model.json` says what
    goes in and comes out, and which preprocessing stays outside.
    """
    from modelspec.api.exporting import export
    from modelspec.exports.errors import ExportError, NoTargetError

    try:
        done = export(
            model,
            file,
            weights=weights,
            compile=compile,
            runs_dir=runs_dir,
            overrides=overrides or (),
            plugins=plugins or (),
            say=lambda text: say(f"modelspec: {text}", error=True),
        )
    except NoTargetError as error:
        refuse(f"{error}.{f' {error.help}' if error.help else ''}", "-o")
    except ExportError as error:
        help = f"\n  help: {error.help}" if error.help else ""
        say(f"modelspec: {error}{help}\nnothing is written", error=True)
        raise typer.Exit(1) from error
    if as_json:
        say_json(done.as_data())
        return
    for note in done.notes:
        say(f"note  {note}")
    for path in done.files:
        say(f"wrote {path}")
    sizes = " | ".join(_text(trial.sizes) for trial in done.trials)
    say(f"worst difference to the model {done.difference:.1e}, at {sizes}")


def _text(sizes: dict[str, int]) -> str:
    """`batch 5, T 13`."""
    return ", ".join(f"{name} {size}" for name, size in sizes.items())
