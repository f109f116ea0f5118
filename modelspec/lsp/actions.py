"""Quick fixes, from what findings carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from modelspec.diagnostics.fixes import apply_fixes
from modelspec.diagnostics.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Diagnostic
    from modelspec.lsp.open_file import OpenFile

FIX_ALL = types.CodeActionKind.SourceFixAll


def actions(file: OpenFile, params: types.CodeActionParams) -> list[types.CodeAction]:
    """The fixes of the findings in a range, and the one that makes all of a file's.

    Args:
        file: A text that was examined as it is.
        params: The range, and which kinds are wanted.
    """
    wanted = params.context.only
    fixable = [each for each in file.latest.report if each.fix] if file.latest else []
    fixable = [each for each in fixable if each.fix and each.fix.span.file == file.path]
    found: list[types.CodeAction] = []
    if _is_wanted(types.CodeActionKind.QuickFix, wanted):
        found += _quick_fixes(file, params, fixable)
    if fixable and _is_wanted(FIX_ALL, wanted):
        sources = Sources({file.path: file.text.content})
        text, done = apply_fixes(file.path, fixable, sources)
        whole = file.text.range(0, len(file.text.content))
        edit = _edit(file, [types.TextEdit(whole, text)])
        title = f"Mend all that can be mended ({len(done)})"
        found.append(types.CodeAction(title, FIX_ALL, edit=edit))
    return found


def _is_wanted(kind: str, wanted: object) -> bool:
    """Whether a kind, or one that it is below, is among those asked for; without any, all are."""
    if not isinstance(wanted, list | tuple) or not wanted:
        return True
    return any(kind == str_of(each) or kind.startswith(f"{str_of(each)}.") for each in wanted)


def str_of(kind: object) -> str:
    """A kind as the protocol writes it."""
    return kind.value if isinstance(kind, types.CodeActionKind) else str(kind)


def _quick_fixes(
    file: OpenFile, params: types.CodeActionParams, fixable: list[Diagnostic]
) -> Iterator[types.CodeAction]:
    start, end = (file.text.offset(at) for at in (params.range.start, params.range.end))
    for found in fixable:
        if found.fix is None or found.span.file != file.path:
            continue
        first, last = file.text.bounds(found.span)
        if first <= end and start <= last:
            change = types.TextEdit(file.text.of_span(found.fix.span), found.fix.text)
            label = found.fix.label
            about = [
                each
                for each in params.context.diagnostics
                if each.code == found.code and each.range == file.text.of_span(found.span)
            ]
            yield types.CodeAction(
                label[:1].upper() + label[1:],
                types.CodeActionKind.QuickFix,
                diagnostics=about,
                is_preferred=True,
                edit=_edit(file, [change]),
            )


def _edit(file: OpenFile, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    document = types.OptionalVersionedTextDocumentIdentifier(file.uri, file.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(document, [*edits])])
