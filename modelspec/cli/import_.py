"""`modelspec import`."""

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from modelspec.cli.findings import show
from modelspec.cli.model_options import stop_at_errors
from modelspec.cli.options import existing_file, refuse
from modelspec.cli.output import reason, write_whole
from modelspec.cli.say import say
from modelspec.diagnostics import Report, SpecError
from modelspec.diagnostics.sources import Sources

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic, Span
    from modelspec.keras.import_model import Imported

EXAMPLES = (
    "modelspec import keras model.keras -o imported",
    "modelspec import keras s2s.h5 -o imported",
)

MODEL, WEIGHTS = "model.yaml", "model.safetensors"


def run(
    kind: Annotated[Literal["keras"], typer.Argument(metavar="keras", help="What the file is.")],
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            callback=existing_file,
            help="A `.keras` file, its `config.json`, or an `.h5` file with a whole model.",
        ),
    ],
    folder: Annotated[
        str, typer.Option("-o", "--out", metavar="DIR", help="Where the spec and weights go.")
    ],
    force: Annotated[
        bool, typer.Option("--force", help="Write over a spec that is there.")
    ] = False,
) -> None:
    """Make a spec, and a file of weights, of a saved Keras model.

    Writes `DIR/model.yaml` (large models in it as files beside it) and `DIR/model.safetensors`.
    The file is read as data: no Keras is needed, and nothing in it is run. What the optimizer has
    gathered stays behind. `modelspec predict
    DIR/model.yaml --weights DIR/model.safetensors` then gives Keras's predictions.
    """
    assert kind == "keras"
    target = Path(folder)
    if (target / MODEL).exists() and not force:
        refuse(
            f"`{target / MODEL}` is there already: name another folder, or give `--force`.", "-o"
        )
    with closing(_read(file)) as imported:
        fresh = not target.exists()
        try:
            target.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            refuse(f"cannot write into `{folder}`: {reason(folder, error)}", "-o")
        try:
            _write(imported, target)
        except BaseException:
            if fresh and not any(target.iterdir()):
                target.rmdir()
            raise


def _read(file: str) -> "Imported":
    from modelspec.keras.import_model import from_keras

    report = Report()
    imported = from_keras(file, report)
    stop_at_errors(report)
    assert imported
    return imported


def _write(imported: "Imported", target: Path) -> None:
    """Write the files beside their places first, so that nothing is there half."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix=".modelspec-import-", dir=target) as draft:
        left_out = _draft(imported, Path(draft))
        parameters = _check(imported, Path(draft), target)
        for path in sorted(Path(draft).iterdir()):
            if path.suffix == ".yaml":
                write_whole(str(target / path.name), path.read_bytes())
            else:
                os.replace(path, target / path.name)
    say(f"{target / MODEL}  {parameters:,} parameters")
    for note in imported.notes:
        say(f"note  {note}")
    if left_out:
        say(f"note  what it was compiled with does not fit it: {left_out[0]} (see its comments)")
    if imported.arrays is not None:
        weights = target / WEIGHTS
        say(f"{weights}\nnext  modelspec predict {target / MODEL} --weights {weights} --data FILE")


def _draft(imported: "Imported", draft: Path) -> list[str]:
    """Write the specs, without those compile settings that do not fit; why they do not."""
    from modelspec import lint

    texts, problems = imported.texts, list[str]()
    for keys in (("metrics",), ("metrics", "loss", "weight"), ()):
        for name, text in texts.items():
            (draft / name).write_text(text, encoding="utf-8")
        errors = list(lint.examine(str(draft / MODEL)).report.errors)
        if not errors:
            return problems
        problems = problems or [error.message for error in errors]
        texts = imported.without(keys, problems) if keys else imported.texts
    return []


def _check(imported: "Imported", draft: Path, target: Path) -> int:
    """Lint what was written, and set its weights; how many parameters there are."""
    from modelspec import lint
    from modelspec.graph import totals

    examined = lint.examine(str(draft / MODEL))
    if examined.report.failed:
        texts = {str(target / name): text for name, text in imported.texts.items()}
        errors = [_moved(error, draft, target) for error in examined.report.errors]
        show(errors, Sources(texts))
        say("nothing is written: the model does not fit the layers known here", error=True)
        raise typer.Exit(1)
    assert examined.graph
    if imported.arrays is not None:
        from modelspec.runner.checkpoint.keras_weights import load_keras_weights
        from modelspec.runner.checkpoint.safetensors_file import write_tensors

        try:
            module = load_keras_weights(examined.graph, imported.weights, imported.arrays.of)
        except SpecError as error:
            moved = (_moved(finding, draft, target) for finding in error.diagnostics)
            raise SpecError(moved) from error
        write_tensors(draft / WEIGHTS, module.state_dict())
    return totals(examined.graph).parameters


def _moved(finding: "Diagnostic", draft: Path, target: Path) -> "Diagnostic":
    """A finding on a draft, as one on the file that it would have become."""

    def moved(span: "Span") -> "Span":
        path = Path(span.file)
        return span._replace(file=str(target / path.name)) if path.parent == draft else span

    related = tuple(each._replace(span=moved(each.span)) for each in finding.related)
    return finding._replace(span=moved(finding.span), related=related)
