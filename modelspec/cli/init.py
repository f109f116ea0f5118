"""`modelspec init`."""

import os
from typing import Annotated

import typer

from modelspec.cli.model_options import stop_at_errors
from modelspec.cli.options import existing_path, refuse
from modelspec.cli.output import write_whole
from modelspec.cli.say import say
from modelspec.diagnostics import Report, did_you_mean, name_list
from modelspec.source.data_suffixes import without_suffix

EXAMPLES = (
    "modelspec init houses.csv --target price",
    "modelspec init reviews.parquet --target stars -o reviews.yaml",
)


def run(
    data: Annotated[
        str,
        typer.Argument(
            metavar="TABLE", callback=existing_path, help="A table, or a folder/ of pictures."
        ),
    ],
    target: Annotated[
        list[str], typer.Option(metavar="COLUMN", help="What is to be predicted; repeatable.")
    ],
    file: Annotated[
        str,
        typer.Option("-o", "--out", metavar="FILE", help="Where to write.  [default: TABLE.yaml]"),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is there.")
    ] = False,
) -> None:
    """Look at the columns of a table and write a first spec for it, with comments.

    Numbers go in as they are, normalised; categories as vectors or through an Embedding; text,
    pictures and sequences through a small branch of their own; all are joined. The spec lints
    clean and trains as it is: it is a beginning to change.
    """
    out = file or without_suffix(data) + ".yaml"
    if os.path.exists(out) and not force and out != "-":
        refuse(f"`{out}` is there already: name another file with `-o`, or give `--force`.", "-o")
    text = _proposed(data, out, target)
    write_whole(out, text.encode())
    if out != "-":
        say(f"{out}\nnext  modelspec data {out}\n      modelspec train {out}")


def _proposed(data: str, out: str, targets: list[str]) -> str:
    from modelspec.data.inspect.draft_spec import FEWEST_ROWS, draft_spec, rows_left
    from modelspec.data.inspect.infer_types import infer_types
    from modelspec.data.table.findings import Findings
    from modelspec.source.data_suffixes import format_of

    format = "folder" if os.path.isdir(data) else format_of(data)
    if format is None:
        refuse(f"the suffix of `{data}` does not say what kind of file it is.")
    report = Report()
    path = data.rstrip("/") + "/" if format == "folder" else data
    found = infer_types(format, Findings(report, path))
    stop_at_errors(report)
    assert found
    guesses, rows, notes = found
    for target in targets:
        if target not in guesses:
            near = did_you_mean(target, guesses)
            known = f"did you mean `{near}`?" if near else f"there are {name_list(guesses)}."
            refuse(f"`{data}` has no column `{target}`: {known}", "--target")
        if guesses[target].type not in ("number", "category") or len(guesses[target].size) > 1:
            refuse(
                f"`{target}` cannot be predicted by a first spec: {guesses[target].why}.",
                "--target",
            )
        if guesses[target].type == "category" and guesses[target].is_vast():
            few = guesses[target].rows[0]
            refuse(
                f"`{target}` cannot be predicted by a first spec: it has "
                f"{guesses[target].classes:,} classes, of which `{guesses[target].rarest}` has "
                f"{few:,} row{'s' * (few != 1)}, so that training may not see all of them.",
                "--target",
            )
    others = [each for name, each in guesses.items() if name not in targets]
    if all(each.type in ("skip", "split") for each in others):
        why = "".join(f"\n  {each.name}: {each.why}" for each in others)
        refuse(f"`{data}` has no column to predict from.{why}")
    left = rows_left(rows, guesses, targets)
    if left < FEWEST_ROWS:
        refuse(
            f"`{data}` has {left:,} row{'s' * (left != 1)} with all targets and pictures: at least "
            f"{FEWEST_ROWS} are needed, for training, validation and test."
        )
    folder = os.path.dirname(os.path.abspath(out)) if out != "-" else os.getcwd()
    named = os.path.relpath(path, folder) + ("/" if format == "folder" else "")
    return draft_spec(named, guesses, rows, targets, notes)
