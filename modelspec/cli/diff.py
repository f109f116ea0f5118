"""`modelspec diff`."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from modelspec.cli import completion
from modelspec.cli.findings import show
from modelspec.cli.model_options import RunsDir
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, existing_file, refuse
from modelspec.cli.output import write_whole
from modelspec.cli.picture_files import format_of
from modelspec.cli.say import say, say_json
from modelspec.comparison.sides import GIT, GitError, Options, read_side

if TYPE_CHECKING:
    from modelspec.graph import Graph
    from modelspec.language.model import Spec
    from modelspec.lint import Examined

EXAMPLES = (
    "modelspec diff specs/sequential.yaml specs/functional.yaml",
    "modelspec diff specs/functional.yaml --set params.width=64",
    "modelspec diff git:HEAD~1 specs/qa.yaml -o diff.svg",
    "modelspec diff runs/digits/latest specs/digits.yaml --json",
)


def run(
    before: Annotated[
        str,
        typer.Argument(
            metavar="A",
            help="A spec, a run, or `git:REVISION:FILE`; `git:REVISION` for B's file.",
            autocompletion=completion.models,
        ),
    ],
    after: Annotated[
        str,
        typer.Argument(
            metavar="[B]",
            help="Another one; by default A, with `--set`.",
            autocompletion=completion.models,
        ),
    ] = "",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Draw both as one diagram; the ending says the format, as for `plot`.",
        ),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 where there is a difference.")
    ] = False,
    path: Annotated[
        str,
        typer.Option(
            metavar="FILE",
            help="Where A and B belong, if they are copies: what their blocks are relative to.",
        ),
    ] = "",
    runs_dir: RunsDir = "runs",
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Say what a spec means that another does not: the causes, and what follows from them.

    Layers are matched by name, or else by what they do and what is around them. Edges written out
    or implied, params or their values, short forms or long ones mean the same. `--set` is for B.
    The diagram has in green what is new, in red what is gone, in yellow what was changed, in grey
    what merely follows.
    """
    if not after and not overrides:
        refuse("it takes two specs, or one with `--set`.", "B")
    kind = format_of(output) if output else "svg"
    options = Options((), tuple(include_dirs or ()), tuple(plugins or ()), Path(runs_dir), path)
    first = _read(before, options, after)
    second = _read(after or before, replace(options, overrides=tuple(overrides or ())), before)
    from modelspec.comparison import compare

    found = compare(first, second)
    if output:
        from modelspec.comparison.picture import picture
        from modelspec.plot import PlotOptions, TooLargeError

        title = f"{_label(before)} \u2192 {_label(after or before, overrides)}"
        try:
            drawn = picture(first[1], second[1], found, PlotOptions(format=kind, title=title))
        except TooLargeError as error:
            refuse(f"{error}.", "--output")
        write_whole(output, drawn)
    if as_json:
        say_json(found.as_data())
    elif output != "-":
        from modelspec.cli.difference import print_comparison

        print_comparison(_label(before), _label(after or before, overrides), found)
        if output:
            say(f"wrote {output}")
    if exit_code and found:
        raise typer.Exit(1)


def _read(text: str, options: Options, other: str) -> "tuple[Spec, Graph]":
    if text.endswith((".yaml", ".yml")) and not text.startswith(GIT):
        existing_file(text)
    try:
        examined = read_side(text, options, other)
    except GitError as error:
        refuse(f"{error}.", "git:")
    return _clean(examined)


def _clean(examined: "Examined") -> "tuple[Spec, Graph]":
    """A spec and its graph, or exit code 1 with its errors."""
    show(examined.report.errors, examined.sources())
    if examined.report.failed:
        raise typer.Exit(1)
    assert examined.spec
    assert examined.graph
    return examined.spec, examined.graph


def _label(text: str, overrides: list[str] | None = None) -> str:
    return " ".join([text, *(f"--set {each}" for each in overrides or ())])
