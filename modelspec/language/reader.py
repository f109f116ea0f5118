"""A document to a resolved spec."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report, Severity
from modelspec.diagnostics.patterns import pattern
from modelspec.language.body import read_body
from modelspec.language.context import ReadContext
from modelspec.language.library import BlockFiles, Library, not_a_mapping
from modelspec.language.model import Spec
from modelspec.language.params import is_broken, substitute
from modelspec.language.scope import Block
from modelspec.source import Document, Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.language.model import Model
    from modelspec.language.tune import Try

_FILE_NAME = pattern(r"[A-Za-z0-9_][A-Za-z0-9_. -]*\Z")


def read(
    document: Document,
    report: Report,
    *,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
    files: BlockFiles | None = None,
) -> Spec | None:
    """The spec that a document holds, resolved.

    Args:
        document: What `source.load` made of a file.
        report: Takes the findings.
        overrides: The arguments of `--set`, `train.epochs=3`, the last of a path holding.
        include_dirs: Folders beside the spec's own that its blocks may come from.
        plugins: The entry points whose layers it may use.
        files: The files of blocks that were read before, to which others are added.

    Returns:
        The spec, whose broken parts are None or missing; None where the file is no mapping.

    Raises:
        PluginError: There is no such plugin, or it cannot be used.
    """
    if plugins:
        _load_plugins(plugins)
    root = Place(document)
    if not isinstance(document.data, dict):
        report.add(not_a_mapping(root))
        return None
    if overrides:
        from modelspec.language.overrides import override

        document = override(document, overrides, report)
        root = Place(document)
    name = _name(document, report)
    files = files if files is not None else BlockFiles()
    library = Library(document, include_dirs, report, files)
    block = Block(name, document.data, root, is_file=True)
    library.hold(block)
    context = ReadContext(report, library, read_body)
    context.open_blocks.append((block, root))
    model = read_body(block, {}, context, top=True)
    trial = _trial(document, include_dirs, files)
    settings = {
        section: _settings(section, document, model, report, trial)
        for section in ("data", "train", "tune")
    }
    data, written = settings["data"], document.data.get("data")
    unsound = data is None and isinstance(written, dict)
    if not unsound and any(given.left_to_data for given in model.inputs.values()):
        from modelspec.language.input_shapes import fill_shapes

        model = replace(model, inputs=fill_shapes(model.inputs, data, report))
    return Spec(
        name=name,
        description=model.description,
        model=model,
        document=document,
        documents=tuple(library.documents),
        overrides=tuple(overrides),
        **settings,
    )


def _load_plugins(names: Sequence[str]) -> None:
    from modelspec.language.plugins import load_plugin

    for name in names:
        load_plugin(name)


def _name(document: Document, report: Report) -> str:
    name = document.data.get("name")
    if isinstance(name, str) and _FILE_NAME.match(name):
        return name
    if isinstance(name, str):
        report.add(
            Place(document, ("name",)).finding(
                "MS210",
                f"`{name}` cannot be the name of a spec",
                help="runs are kept in a folder of that name: use letters, digits, `_`, `-`, `.`",
            )
        )
    return name_of_file(document.file)


def name_of_file(file: str) -> str:
    """What a spec is called that has no `name`: as its file; `spec` from standard input."""
    stem = os.path.splitext(os.path.basename(file))[0]
    return "spec" if file == "-" else re.sub(r"[^A-Za-z0-9_.-]", "_", stem).lstrip(".-")


def _trial(document: Document, include_dirs: Sequence[str], files: BlockFiles) -> Try:
    """What reads a spec with values of its search in place, and says what is wrong with one."""
    plain = replace(document, data={**document.data, "tune": None})

    def try_values(values: dict[str, Any], path: str) -> Diagnostic | None:
        from modelspec.language.yaml_writer import flow

        found = Report()
        settings = [f"{name}={flow(value)}" for name, value in values.items()]
        read(plain, found, overrides=settings, include_dirs=include_dirs, files=files)
        own = f"--set {path}={flow(values[path])}"
        errors = (each for each in found if each.severity is Severity.ERROR)
        return next((each for each in errors if each.span.file == own), None)

    return try_values


def _settings(section: str, document: Document, model: Model, report: Report, trial: Try) -> Any:
    """A section beside the model, read by what it is for."""
    raw = document.data.get(section)
    place = Place(document, (section,))
    if not isinstance(raw, dict):
        return None
    if section == "tune":
        from modelspec.language.tune import read_tune

        return read_tune(raw, place, report, trial)
    value = substitute(raw, model.params, place, report)
    if is_broken(value):
        return None
    if section == "data":
        from modelspec.language.data import read_data

        names = (model.inputs, model.outputs) if model.complete else ()
        return read_data(value, place, report, *names)
    from modelspec.language.train import read_train

    return read_train(value, place, report)
