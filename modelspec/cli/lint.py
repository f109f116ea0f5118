"""`modelspec lint`."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from modelspec.cli import completion
from modelspec.cli.files import find_specs
from modelspec.cli.findings import counted, show
from modelspec.cli.options import IncludeDirs, Overrides, Plugins, existing_path, refuse
from modelspec.cli.say import say
from modelspec.cli.selection import Selection, selection
from modelspec.diagnostics import Diagnostic, Report, Severity
from modelspec.diagnostics.sources import Sources

if TYPE_CHECKING:
    from modelspec.lint import Examined

EXAMPLES = (
    "modelspec lint specs/qa.yaml",
    "modelspec lint specs --strict --format github",
    "modelspec lint - < specs/qa.yaml",
    "modelspec lint specs/qa.yaml --select MS7,loss-activation",
    "modelspec lint specs/digits.yaml --data",
    "modelspec lint specs/digits_tune.yaml --space",
)

MENDING_ROUNDS = 10
"""What is mended can bring to light what else is wrong, and can be mended."""

Format: TypeAlias = Literal["full", "concise", "json", "github", "sarif"]


def _existing_paths(paths: list[str]) -> list[str]:
    return [existing_path(path) for path in paths]


def run(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            callback=_existing_paths,
            help="Specs; folders, for all specs below them; `-` for standard input.",
            autocompletion=completion.specs,
        ),
    ],
    format: Annotated[Format, typer.Option(help="How findings are written.")] = "full",
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE,...",
            help="Show only these: codes, names or beginnings of codes. The only way to infos.",
            autocompletion=completion.findings,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE,...", help="Do not show these.", autocompletion=completion.findings
        ),
    ] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend in the files what can be mended without a doubt.")
    ] = False,
    data: Annotated[
        bool,
        typer.Option(
            "--data", help="Look at the data too: columns, classes, lengths, repeated rows."
        ),
    ] = False,
    space: Annotated[
        bool,
        typer.Option(
            "--space", help="Prove the search space too, however large: which values go together."
        ),
    ] = False,
    stdin_filename: Annotated[
        str, typer.Option(metavar="NAME", help="What standard input is called in findings.")
    ] = "<stdin>",
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say which files were passed over.")
    ] = False,
    overrides: Overrides = None,
    plugins: Plugins = None,
    include_dirs: IncludeDirs = None,
) -> None:
    """Check specs: what is wrong, where, and how to mend it.

    All findings of all files are shown at once. Ends with 0 where there are none, with 1 on
    errors, and with --strict on warnings. A YAML file in a folder is taken for a spec if a line
    of it begins with `layers:`. The comment `# modelspec: ignore[MS601]` silences a finding on
    its line; `modelspec explain MS601` says more about one. Where a spec has a `tune` section, its
    space is looked at as well, if that takes but a moment; with --space however long it takes.
    """
    from modelspec import lint

    shown = selection(select, ignore)

    def check(file: str) -> "Examined":
        return lint.examine(
            stdin_filename if file == "-" else file,
            text=sys.stdin.buffer.read() if file == "-" else None,
            overrides=overrides or (),
            include_dirs=include_dirs or (),
            plugins=plugins or (),
            select=tuple(shown.selected),
            data=data,
        )

    def prove(examined: "Examined") -> list[Diagnostic]:
        from modelspec.tuning.proof.dry_run import dry_run, is_cheap
        from modelspec.tuning.proof.prove import SAMPLE

        if not (space or is_cheap(examined)):
            unproved.append(examined.file)
            return []
        proved = dry_run(
            examined,
            overrides=overrides or (),
            include_dirs=include_dirs or (),
            plugins=plugins or (),
            sample=SAMPLE if space else 0,
        )
        return proved.proof.findings if proved else []

    unproved: list[str] = []
    report, sources = Report(), Sources()
    specs = _specs(files, verbose=verbose)
    for file in specs:
        examined = check(file)
        rounds = MENDING_ROUNDS if fix and file != "-" else 0
        while rounds and _mended(examined, shown):
            examined, rounds = check(file), rounds - 1
        sources.update(examined.sources())
        findings = list(examined.report)
        if examined.spec and examined.spec.tune and not examined.report.failed:
            findings += prove(examined)
        report.extend(found for found in findings if shown.keeps(found))
    show(report, sources, format=format, stream=sys.stdout)
    sys.stdout.flush()
    names = [stdin_filename if file == "-" else file for file in specs]
    say(verdict(report, names), error=True)
    for file in unproved:
        say(
            f"{file}: its search space was not looked at; `modelspec lint --space` does", error=True
        )
    if report.failed or (strict and any(found.severity is Severity.WARNING for found in report)):
        raise typer.Exit(1)


def verdict(report: Report, files: Sequence[str]) -> str:
    """`2 errors and 1 warning in 1 file`, or that all is fine."""
    if not len(report):
        return f"{files[0] if len(files) == 1 else counted(len(files), 'file')}: fine"
    severities = [found.severity for found in report]
    kinds = [
        counted(severities.count(severity), severity.value)
        for severity in Severity
        if severity in severities
    ]
    listed = ", ".join(kinds[:-1]) + (" and " if len(kinds) > 1 else "") + kinds[-1]
    places = {found.span.file for found in report}
    return f"{listed} in {counted(len(places), 'file')}"


def _specs(paths: list[str], *, verbose: bool) -> list[str]:
    found = find_specs(paths)
    if verbose:
        for path in found.skipped:
            say(f"{path}: passed over, no line begins with `layers:`", error=True)
    if not found.specs:
        refuse(f"no spec in {', '.join(paths)}: no line of a YAML file begins with `layers:`")
    return found.specs


def _mended(examined: "Examined", shown: Selection) -> bool:
    """Mend the files of a spec by the findings that are shown; whether anything was."""
    from modelspec.cli.fix import fix_file

    kept = [found for found in examined.report if found.fix and shown.keeps(found)]
    sources = examined.sources()
    files = sorted({found.fix.span.file for found in kept if found.fix})
    fixed = [file for file in files if os.path.isfile(file) and fix_file(file, kept, sources)]
    return bool(fixed)
