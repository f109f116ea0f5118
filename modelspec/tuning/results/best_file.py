"""`best.yaml`: the user's own file, comments and order kept, with the winning values in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from yaml import YAMLError

from modelspec.diagnostics import Report
from modelspec.language import read
from modelspec.language.edit_text import first_entry, put
from modelspec.language.overrides import override
from modelspec.language.reader import name_of_file
from modelspec.language.yaml_writer import entries, flow
from modelspec.source import parse
from modelspec.source.token_tree import comments, token_tree
from modelspec.tuning.results.moved_paths import moved_paths
from modelspec.tuning.space.candidates import settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from modelspec.source import Document
    from modelspec.tuning.space.axes import Values

WRITTEN_ANEW = (
    "# The values of a search could not be put into the text of the spec as it was written:\n"
    "# it is written anew here, with its comments on top.\n"
)
_IN_ORDER = ("params", "inputs", "layers", "shared", "blocks", "outputs")
"""Sections of names, in which the order may mean something: the chain that layers are."""


def best_text(
    document: Document,
    values: Values,
    overrides: Sequence[str] = (),
    folder: Path | str | None = None,
    include_dirs: Sequence[str] = (),
) -> str:
    """The text of a spec with values in place.

    What it reads as is what the spec reads as with `--set` of all of them. Where an edit of the
    text does not come to that, all is written anew, which its first line says.

    Args:
        document: The file, as it was parsed.
        values: What stands at each path.
        overrides: What the command line changed before, as of `--set`.
        folder: Where the text is to lie; paths that are relative to the spec's folder are changed
            to lead to the same files from there. Where it stays, if there is none.
        include_dirs: Folders that blocks may be read from.

    Raises:
        SpecError: A value leads nowhere in this document.
    """
    texts = [*overrides, *settings(values)]
    as_written = parse(document.text, document.file, Report())
    assert as_written is not None
    document = as_written
    if folder is not None:
        report = Report()
        spec = read(document, report, overrides=texts, include_dirs=include_dirs)
        texts += moved_paths(spec, str(folder)) if spec else []
    wanted = _with(document, texts)
    name = None if "name" in wanted.data else name_of_file(document.file)
    data = wanted.data if name is None else {"name": name, **wanted.data}
    try:
        text = _edited(document, texts)
        if text is not None and name is not None:
            text = first_entry(text, "name", name)
    except YAMLError:  # an edit went wrong: the next one reads what is no YAML
        text = None
    if text is None or not _is_kept(text, document.text, data):
        text = _written_anew(document.text, data)
    return text


def _with(document: Document, texts: Sequence[str]) -> Document:
    report = Report()
    changed = override(document, texts, report)
    report.raise_if_failed()
    return changed


def _edited(document: Document, texts: Sequence[str]) -> str | None:
    """The text, edited one value after the other."""
    text, now = document.text, document
    for each in texts:
        after = _with(now, [each])
        path = next(path for path in reversed(after.overridden))
        if not _is_there(now.data, path) or flow(now.value(path)) != flow(after.value(path)):
            edited = put(text, now.data, after.data, path)
            if edited is None:
                return None
            text = edited
        now = after
    return text


def _is_there(data: Any, path: tuple[str | int, ...]) -> bool:
    for key in path:
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _is_kept(text: str, original: str, data: Any) -> bool:
    """Whether a text reads as some data, value by value of the same type, with all comments."""
    report = Report()
    document = parse(text, "", report)
    if report.failed or document is None or _ordered(document.data) != _ordered(data):
        return False
    return sorted(_comments(text)) == sorted(_comments(original))


def _ordered(data: Any, key: str = "") -> str:
    """Data as a text that is the same where it means the same: only names stand in an order."""
    if isinstance(data, dict):
        items = [f"{flow(name)}: {_ordered(value, name)}" for name, value in data.items()]
        return "{" + ", ".join(items if key in _IN_ORDER else sorted(items)) + "}"
    if isinstance(data, list):
        return "[" + ", ".join(_ordered(value) for value in data) + "]"
    return flow(data)


def _comments(text: str) -> list[str]:
    root = token_tree(text)
    return [text[start:end].rstrip() for start, end in comments(text, root)] if root else []


def _written_anew(original: str, data: dict[str, Any]) -> str:
    kept = "".join(f"{comment}\n" for comment in _comments(original))
    return f"{WRITTEN_ANEW}{kept}" + "\n".join(entries(data, 0)) + "\n"
