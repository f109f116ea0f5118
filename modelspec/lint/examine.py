"""From a file to all that is wrong with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from modelspec import graph as graphs
from modelspec import language, source
from modelspec.diagnostics import CODES, Report, Severity
from modelspec.diagnostics.sources import Sources
from modelspec.graph.node_patterns import check_trained_nodes
from modelspec.lint import rules
from modelspec.lint.ignores import silence
from modelspec.lint.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.diagnostics import Diagnostic
    from modelspec.graph import Graph
    from modelspec.language.library import BlockFiles
    from modelspec.language.model import Spec
    from modelspec.source import Document


class Examined(NamedTuple):
    """A file, how far it could be read, and what was found.

    Attributes:
        document: None where it is not YAML.
        spec: None where it is not a spec.
        graph: None where `spec` is.
        report: All findings, in file order.
    """

    file: str
    document: Document | None
    spec: Spec | None
    graph: Graph | None
    report: Report

    def sources(self) -> Sources:
        """The texts that the findings point into."""
        sources = Sources()
        documents = [self.document] if self.document else []
        if self.spec:
            documents += [self.spec.document, *self.spec.documents]
        for document in documents:
            sources.add(document.file, document.text)
            for override in document.overridden.values():
                sources.add(override.lines.file, override.lines.text)
        return sources


def examine(
    file: str,
    *,
    text: str | bytes | None = None,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
    training: bool = False,
    select: Sequence[str] = (),
    data: bool = False,
    files: BlockFiles | None = None,
) -> Examined:
    """Read a spec, build its graph and check both.

    Args:
        file: The file; `-` is the standard input.
        text: Its content, if it is at hand; `file` is then only what findings call it.
        overrides: `path=value` texts, as of `--set`.
        include_dirs: Folders that blocks may be read from, beside the file's own.
        plugins: The plugins whose layers may be used.
        training: Whether the spec is about to be trained, which demands more.
        select: The codes of infos to keep; warnings and errors are always kept.
        data: Whether to look at the data too, where the spec has some and no errors.
        files: Where blocks are read from; those that were read before are not read again.

    Raises:
        OSError: The file cannot be read.
    """
    found = Report()
    document = source.load(file, found) if text is None else source.parse(text, file, found)
    if document is None:
        kept = _kept(found, (), training, select, complete=False)
        return Examined(file, None, None, None, kept)
    return examine_document(
        document,
        found,
        overrides=overrides,
        include_dirs=include_dirs,
        plugins=plugins,
        training=training,
        select=select,
        data=data,
        files=files,
    )


def examine_document(
    document: Document,
    found: Report | None = None,
    *,
    overrides: Sequence[str] = (),
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
    training: bool = False,
    select: Sequence[str] = (),
    data: bool = False,
    files: BlockFiles | None = None,
) -> Examined:
    """Do what `examine` does, with a file that is parsed already.

    `found` is what was found while it was parsed; `files` are those of blocks that were read
    before, to which others are added, so that many lints of one spec read each file once.
    """
    found = found if found is not None else Report()
    graph = None
    spec = language.read(
        document,
        found,
        overrides=overrides,
        include_dirs=include_dirs,
        plugins=plugins,
        files=files,
    )
    if spec is not None:
        graph = graphs.build(spec, found)
        _check(spec, graph, found)
        if spec.train is not None and not found.failed:
            check_trained_nodes(spec.train, graph, found)
        if data and spec.data is not None and not found.failed:
            _check_data(spec, graph, found)
    documents = spec.documents if spec else (document,)
    kept = _kept(found, documents, training, select, complete=graph is not None)
    return Examined(document.file, document, spec, graph, kept)


def _kept(
    found: Report,
    documents: Sequence[Document],
    training: bool,
    select: Sequence[str],
    *,
    complete: bool,
) -> Report:
    """The findings that are wanted, and that no comment silences."""
    wrong = {each.span for each in found.errors}
    return Report(
        each
        for each in silence(found, documents, complete=complete)
        if not (each.code == "MS105" and each.span in wrong) and _is_wanted(each, training, select)
    )


def _check(spec: Spec, graph: Graph, report: Report) -> None:
    subject = Subject(spec, graph, report)
    for rule in rules.for_subject(subject):
        rule().check(subject, report)


def _check_data(spec: Spec, graph: Graph, report: Report) -> None:
    """Read the data as a training would, and look for what is suspect."""
    from modelspec.data import check_quality, load
    from modelspec.data.class_weights import class_weights
    from modelspec.data.decisions import check_decisions

    assert spec.data is not None
    splits = load(spec.data, graph, os.path.dirname(os.path.abspath(spec.document.file)), report)
    if splits is not None:
        class_weights(graph, splits.preprocessing, report)
        check_decisions(graph, splits, report)
        check_quality(splits, graph, spec.data.place, report)


def _is_wanted(found: Diagnostic, training: bool, select: Sequence[str]) -> bool:
    if found.severity is Severity.INFO and found.code not in select:
        return False
    return training or not CODES[found.code].for_training
