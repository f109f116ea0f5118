"""`modelspec plot`."""

from typing import Annotated, Literal

import typer

from modelspec.cli.findings import examine
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, SpecFile, refuse
from modelspec.cli.output import write_whole
from modelspec.cli.picture_files import format_of
from modelspec.cli.say import say
from modelspec.plot import TooLargeError, draw
from modelspec.plot.options import Format, PlotOptions, Rankdir

EXAMPLES = (
    "modelspec plot specs/qa.yaml",
    "modelspec plot specs/residual.yaml --depth 0 -o residual.png",
    "modelspec plot specs/qa.yaml -o qa.svg -o qa.pdf --rankdir LR --show-params",
    "modelspec plot specs/qa.yaml --format mermaid -o -",
)


def run(
    spec: SpecFile,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Where to write; the ending says the format. Repeatable; `-` is standard output."
            "  [default: NAME.svg]",
        ),
    ] = None,
    format: Annotated[
        Format | None, typer.Option(help="The format, whatever the file's ending.")
    ] = None,
    depth: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="How many levels of blocks are opened.  [default: all; in a picture that would be"
            " too long to read, as many as fit]",
        ),
    ] = None,
    rankdir: Annotated[Rankdir, typer.Option(help="Where the data flows to.")] = "TB",
    show_shapes: Annotated[
        bool, typer.Option("--show-shapes/--no-show-shapes", help="Whether shapes are shown.")
    ] = True,
    shapes_on: Annotated[
        Literal["nodes", "edges"], typer.Option(help="Where the shapes stand.")
    ] = "nodes",
    show_dtype: Annotated[
        bool, typer.Option("--show-dtype", help="Show dtypes beside the shapes.")
    ] = False,
    show_params: Annotated[
        bool, typer.Option("--show-params", help="Show how many parameters each layer owns.")
    ] = False,
    fold: Annotated[
        bool, typer.Option("--fold/--no-fold", help="Whether repeated blocks are drawn once.")
    ] = True,
    title: Annotated[
        str | None, typer.Option(help="The heading; empty for none.  [default: the spec's name]")
    ] = None,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Draw a spec: one node a layer call, blocks as frames, shapes and losses.

    A spec with errors is drawn too, as far as it is understood, with what is wrong in red;
    the command then ends with 1. A page of HTML works alone: `/` searches for a node by name, type
    or shape, arrows go from node to node, Esc leaves; a click shows arguments and weights.
    """
    targets = [(file, format or format_of(file)) for file in output or ()]
    examined = examine(spec, overrides=overrides, plugins=plugins, include_dirs=include_dirs)
    if examined.graph is None:
        raise typer.Exit(1)
    kind = format or "svg"
    for file, drawn_as in targets or [(f"{examined.graph.name}.{_ending(kind)}", kind)]:
        options = PlotOptions(
            format=drawn_as,
            show_shapes=show_shapes,
            shapes_on=shapes_on,
            show_dtype=show_dtype,
            show_params=show_params,
            rankdir=rankdir,
            depth=depth,
            fold=fold,
            title=title,
        )
        try:
            picture = draw(examined.graph, options, examined.report)
        except TooLargeError as error:
            refuse(f"{error}.", "--format")
        write_whole(file, picture)
        if file != "-":
            say(f"wrote {file}")
    if examined.report.failed:
        raise typer.Exit(1)


def _ending(format: Format) -> str:
    return {"mermaid": "mmd"}.get(format, format)
