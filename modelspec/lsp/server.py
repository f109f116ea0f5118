"""The server: which message leads to what."""

from __future__ import annotations

import asyncio
from functools import cached_property
from traceback import format_exception
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer

from modelspec._version import __version__
from modelspec.lsp.actions import actions
from modelspec.lsp.completion import complete
from modelspec.lsp.diagram import COMMAND, diagram
from modelspec.lsp.hover import hover
from modelspec.lsp.references import References, RenameError
from modelspec.lsp.rule_pages import RulePages
from modelspec.lsp.schema_view import SchemaView
from modelspec.lsp.session import Session
from modelspec.lsp.symbols import foldings, symbols

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.lsp.open_file import OpenFile


class ModelspecServer(LanguageServer):
    """One editor's server.

    Args:
        explain: Gives the pages on a topic, as Markdown.
        include_dirs: Folders that blocks may be read from, beside a spec's own.
        plugins: Plugins whose layers may be used.
    """

    def __init__(
        self,
        explain: Callable[[str], Sequence[str]],
        include_dirs: Sequence[str] = (),
        plugins: Sequence[str] = (),
    ) -> None:
        super().__init__("modelspec", __version__)
        self.explain = explain
        self.shows_parameters = False
        self.pages = RulePages(explain)
        self.session = Session(
            self._publish, self._refresh, self._failed, self.pages.uri, include_dirs, plugins
        )

    @cached_property
    def view(self) -> SchemaView:
        """What the language has; made when it is first asked for, since that takes a second."""
        return SchemaView()

    @property
    def takes_snippets(self) -> bool:
        """Whether the editor has places to fill in within what is completed."""
        document = self.client_capabilities.text_document
        item = document and document.completion and document.completion.completion_item
        return bool(item and item.snippet_support)

    def configure(self, settings: Any) -> None:
        """Take the settings of the editor: `{hints: {parameters: true}}`, or below `modelspec`."""
        found = settings.get("modelspec", settings) if isinstance(settings, dict) else {}
        hints = found.get("hints") if isinstance(found, dict) else None
        if isinstance(hints, dict) and "parameters" in hints:
            self.shows_parameters = hints["parameters"] is True

    def watch_files(self) -> None:
        """Ask the editor to tell of changes on the disk, where it takes such wishes."""
        workspace = self.client_capabilities.workspace
        watched = workspace and workspace.did_change_watched_files
        if watched and watched.dynamic_registration:
            files = types.FileSystemWatcher("**/*.{yaml,yml}")
            options = types.DidChangeWatchedFilesRegistrationOptions([files])
            method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            wish = types.Registration("files-of-blocks", method, options)
            self.client_register_capability(types.RegistrationParams([wish]))

    def _publish(self, uri: str, version: int | None, found: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, version=version, diagnostics=found)
        )

    def _failed(self, error: BaseException) -> None:
        told = "".join(format_exception(error))
        message = f"this is a bug in modelspec, not in your spec; please report it:\n{told}"
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, message))

    def _refresh(self) -> None:
        workspace = self.client_capabilities.workspace
        hints = workspace and workspace.inlay_hint
        if hints and hints.refresh_support:
            self.workspace_inlay_hint_refresh(None)


def make_server(
    explain: Callable[[str], Sequence[str]],
    include_dirs: Sequence[str] = (),
    plugins: Sequence[str] = (),
) -> ModelspecServer:
    """A server with all that it can do, not yet started."""
    server = ModelspecServer(explain, include_dirs, plugins)
    _add_texts(server)
    _add_hints(server)
    _add_completion(server)
    _add_reading(server)
    _add_names(server)
    _add_fixes(server)
    _add_diagram(server)
    return server


def _add_texts(server: ModelspecServer) -> None:
    """Opening, typing, closing, and what else changes what is found."""

    @server.feature(types.INITIALIZE)
    def initialize(params: types.InitializeParams) -> None:
        encoding = server.workspace.position_encoding or types.PositionEncodingKind.Utf16
        server.session.encoding = types.PositionEncodingKind(encoding).value
        server.configure(params.initialization_options)

    @server.feature(types.INITIALIZED)
    def initialized(_: types.InitializedParams) -> None:
        asyncio.get_running_loop().run_in_executor(None, lambda: server.view)
        server.watch_files()

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        document = params.text_document
        server.session.open(document.uri, document.version, document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        document = params.text_document
        server.session.change(document.uri, document.version, [*params.content_changes])

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.session.close(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(_: types.DidChangeWatchedFilesParams) -> None:
        server.session.examine_all()

    @server.feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION)
    def configured(params: types.DidChangeConfigurationParams) -> None:
        server.configure(params.settings)
        server._refresh()


def _add_hints(server: ModelspecServer) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        file = server.session.files.get(params.text_document.uri)
        if file is None:
            return []
        start, end = (file.text.offset(at) for at in (params.range.start, params.range.end))
        return [
            each.shown(file.text, parameters=server.shows_parameters)
            for each in sorted(file.hints)
            if start <= each.offset <= end
        ]


def _add_completion(server: ModelspecServer) -> None:
    options = types.CompletionOptions(trigger_characters=[*" :{[.,>$-"])

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, options)
    def completion(params: types.CompletionParams) -> types.CompletionList:
        file = server.session.files.get(params.text_document.uri)
        if file is None:
            return types.CompletionList(is_incomplete=False, items=[])
        items = complete(file, params.position, server.view, snippets=server.takes_snippets)
        return types.CompletionList(is_incomplete=False, items=items)


def _add_reading(server: ModelspecServer) -> None:
    """What is told of a text without changing it."""

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hovered(params: types.HoverParams) -> types.Hover | None:
        file = server.session.files.get(params.text_document.uri)
        if file is None or not file.is_spec:
            return None
        return hover(file, params.position, server.view, server.explain)

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def listed(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        file = await server.session.up_to_date(params.text_document.uri)
        return symbols(file) if file else []

    @server.feature(types.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folded(params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        file = await server.session.up_to_date(params.text_document.uri)
        return foldings(file) if file else []


def _add_names(server: ModelspecServer) -> None:
    """Where names stand, and other ones for them."""

    async def names_at(uri: str) -> tuple[References, OpenFile] | None:
        file = await server.session.up_to_date(uri)
        others = [await server.session.up_to_date(each) for each in [*server.session.files]]
        return (
            (References([each for each in others if each], server.session.examined), file)
            if file
            else None
        )

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def defined(params: types.DefinitionParams) -> list[types.Location]:
        found = await names_at(params.text_document.uri)
        return found[0].definition(found[1], params.position) if found else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    async def referred(params: types.ReferenceParams) -> list[types.Location]:
        found = await names_at(params.text_document.uri)
        declaration = params.context.include_declaration
        if found is None:
            return []
        return found[0].references(found[1], params.position, declaration=declaration)

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    async def nameable(params: types.PrepareRenameParams) -> types.Range | None:
        found = await names_at(params.text_document.uri)
        meant = found[0].at(found[1], params.position) if found else None
        return found[1].text.of_span(meant.span) if found and meant else None

    options = types.RenameOptions(prepare_provider=True)

    @server.feature(types.TEXT_DOCUMENT_RENAME, options)
    async def renamed(params: types.RenameParams) -> types.WorkspaceEdit | None:
        found = await names_at(params.text_document.uri)
        if found is None:
            return None
        try:
            return found[0].rename(found[1], params.position, params.new_name)
        except RenameError as error:
            raise JsonRpcInvalidParams(str(error)) from None


def _add_fixes(server: ModelspecServer) -> None:
    kinds = [types.CodeActionKind.QuickFix, types.CodeActionKind.SourceFixAll]

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(kinds))
    async def fixes(params: types.CodeActionParams) -> list[types.CodeAction]:
        file = await server.session.up_to_date(params.text_document.uri)
        return actions(file, params) if file else []


def _add_diagram(server: ModelspecServer) -> None:
    @server.command(COMMAND)
    def drawn(*arguments: Any) -> str | None:
        uri, position = (*arguments, None, None)[:2]
        file = server.session.files.get(uri)
        return diagram(file, as_position(position)) if file else None


def as_position(argument: Any) -> types.Position | None:
    """A position among the arguments of a command; None where it is none."""
    line, character = (getattr(argument, name, None) for name in ("line", "character"))
    if isinstance(argument, dict):
        line, character = argument.get("line"), argument.get("character")
    if isinstance(line, int) and isinstance(character, int):
        return types.Position(line, character)
    return None
