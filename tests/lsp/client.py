"""An editor, as far as a server can tell: JSON-RPC over the pipes of `modelspec lsp`."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 60
"""How long the server may be silent before a test fails: it is never waited for."""

CAPABILITIES: dict[str, Any] = {
    "workspace": {
        "inlayHint": {"refreshSupport": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
    },
    "textDocument": {
        "completion": {"completionItem": {"snippetSupport": True}},
        "publishDiagnostics": {"relatedInformation": True},
    },
}


class Client:
    """A server in a process of its own, and what one says to it.

    Attributes:
        found: The last findings of each address.
        versions: The version that they are of.
        errors: Error answers, and messages of errors: there are to be none.
    """

    def __init__(self, *arguments: str, **initialize: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "modelspec", "lsp", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.found: dict[str, list[dict[str, Any]]] = {}
        self.versions: dict[str, int | None] = {}
        self.published: list[tuple[str, int | None]] = []
        self.errors: list[Any] = []
        self.refreshes = 0
        self.registered: list[str] = []
        self._texts: dict[str, int] = {}
        self._ids = 0
        self._messages: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.capabilities = self.ask(
            "initialize",
            {"processId": None, "rootUri": None, "capabilities": CAPABILITIES, **initialize},
        )["capabilities"]
        self.tell("initialized", {})

    def open(self, path: Path, text: str) -> str:
        """Open a text; its address."""
        uri = path.as_uri()
        self._texts[uri] = 1
        self.versions.pop(uri, None)
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def edit(self, uri: str, *changes: dict[str, Any]) -> int:
        """Change a text; its version."""
        self._texts[uri] += 1
        document = {"uri": uri, "version": self._texts[uri]}
        self.tell(
            "textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)}
        )
        return self._texts[uri]

    def replace(self, uri: str, text: str) -> int:
        """Change the whole text; its version."""
        return self.edit(uri, {"text": text})

    def insert(self, uri: str, line: int, character: int, text: str, over: int = 0) -> int:
        """Put a text at a place, over so many characters; the version."""
        start = {"line": line, "character": character}
        end = {"line": line, "character": character + over}
        return self.edit(uri, {"range": {"start": start, "end": end}, "text": text})

    def close(self, uri: str) -> None:
        """Close a text."""
        self.tell("textDocument/didClose", {"textDocument": {"uri": uri}})

    def findings(self, uri: str, version: int | None = None) -> list[dict[str, Any]]:
        """The findings of a version, once they are there; of the last text by default."""
        wanted = self._texts[uri] if version is None else version
        while self.versions.get(uri) != wanted:
            self._take(self._next())
        return self.found[uri]

    def codes(self, uri: str) -> list[str]:
        """The codes of the findings of the last text."""
        return [each["code"] for each in self.findings(uri)]

    def wait_for(self, uri: str, code: str) -> list[dict[str, Any]]:
        """The findings of an address, once one has a code."""
        while not any(each["code"] == code for each in self.found.get(uri, ())):
            self._take(self._next())
        return self.found[uri]

    def at(self, method: str, uri: str, line: int, character: int, **more: Any) -> Any:
        """Ask for what is at a place."""
        where = {"line": line, "character": character}
        return self.ask(
            f"textDocument/{method}", {"textDocument": {"uri": uri}, "position": where, **more}
        )

    def ask(self, method: str, params: Any) -> Any:
        """Send a request, and wait for the answer."""
        self._ids += 1
        number = self._ids
        self._send({"id": number, "method": method, "params": params})
        while True:
            message = self._next()
            if message.get("id") == number and "method" not in message:
                if "error" in message:
                    self.errors.append(message["error"])
                    return None
                return message["result"]
            self._take(message)

    def tell(self, method: str, params: Any) -> None:
        """Send a notification."""
        self._send({"method": method, "params": params})

    def end(self) -> tuple[int, str]:
        """Shut the server down; how it ended, and what it wrote beside the protocol."""
        self.ask("shutdown", None)
        self.tell("exit", None)
        code = self.process.wait(SECONDS)
        assert self.process.stdin
        assert self.process.stdout
        assert self.process.stderr
        self._reader.join(SECONDS)
        said = self.process.stderr.read().decode()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        return code, said

    def _take(self, message: dict[str, Any]) -> None:
        method, params = message.get("method"), message.get("params")
        if method and "id" in message:
            self._send({"id": message["id"], "result": None})
        if method == "textDocument/publishDiagnostics":
            assert params is not None
            self.found[params["uri"]] = params["diagnostics"]
            self.versions[params["uri"]] = params.get("version")
            self.published.append((params["uri"], params.get("version")))
        elif method == "workspace/inlayHint/refresh":
            self.refreshes += 1
        elif method == "client/registerCapability":
            assert params is not None
            self.registered += [each["method"] for each in params["registrations"]]
        elif method in ("window/showMessage", "window/logMessage"):
            self.errors.append(params)

    def _next(self) -> dict[str, Any]:
        message = self._messages.get(timeout=SECONDS)
        if message is None:
            assert self.process.stderr
            raise AssertionError(f"the server has gone: {self.process.stderr.read().decode()}")
        return message

    def _send(self, message: dict[str, Any]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(content), content))
        self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream
        while header := stream.readline():
            length = int(header.split(b":")[1])
            while stream.readline().strip():
                pass
            self._messages.put(json.loads(stream.read(length)))
        self._messages.put(None)
