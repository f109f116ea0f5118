"""What a shell completes arguments by: specs, runs and findings. Layer types are `explain`'s."""

import os
from pathlib import Path

import typer

_YAML = (".yaml", ".yml")


def specs(begin: str) -> list[str]:
    """The specs that a beginning may become, and the folders on the way to them.

    A single folder is gone into, since a shell would put a space behind it; where it leads to
    no spec there is nothing, and the shell completes files by itself.
    """
    found = _entries(begin)
    while len(found) == 1 and found[0].endswith(os.sep):
        found = _entries(found[0])
    return found


def runs(ctx: typer.Context, begin: str) -> list[str]:
    """The runs under `--runs-dir`: their names; and their paths, once a path is begun."""
    folder = Path(ctx.params.get("runs_dir") or "runs")
    named = [run.name for run in _folders(folder)]
    paths = [str(run) for name in named for run in _folders(folder / name)]
    return [text for text in (*named, *(paths if os.sep in begin else ())) if _fits(text, begin)]


def models(ctx: typer.Context, begin: str) -> list[str]:
    """Runs and specs."""
    return [*runs(ctx, begin), *specs(begin)]


def runs_words(ctx: typer.Context, begin: str) -> list[str]:
    """What may stand behind `modelspec runs`."""
    verbs = () if ctx.params.get("words") else ("compare", "report")
    return [*(verb for verb in verbs if _fits(verb, begin)), *runs(ctx, begin)]


def findings(begin: str) -> list[str]:
    """The codes and names of findings; behind a comma, those that may come next."""
    from modelspec.diagnostics import CODES

    before, comma, last = begin.rpartition(",")
    words = [*CODES, *(row.name for row in CODES.values())]
    return [before + comma + word for word in words if _fits(word, last)]


def _entries(begin: str) -> list[str]:
    """The folders and specs of a folder whose paths begin so."""
    from modelspec.cli.files import looks_like_a_spec

    folder, name = os.path.split(begin)
    try:
        entries = sorted(os.scandir(folder or "."), key=lambda entry: entry.name)
    except OSError:
        return []
    found = []
    for entry in entries:
        path = os.path.join(folder, entry.name)
        if not _fits(entry.name, name) or (entry.name.startswith(".") and not name):
            continue
        if entry.is_dir():
            found.append(path + os.sep)
        elif entry.name.endswith(_YAML) and looks_like_a_spec(path):
            found.append(path)
    return found


def _folders(folder: Path) -> list[Path]:
    """The folders in one, links to folders among them."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _fits(text: str, begin: str) -> bool:
    return text.lower().startswith(begin.lower())
