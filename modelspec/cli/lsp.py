"""`modelspec lsp`."""

import os
import sys
from contextlib import redirect_stdout

from modelspec.cli.options import IncludeDirs, Plugins
from modelspec.cli.say import say

EXAMPLES = ("modelspec lsp", "modelspec lsp --include-dir shared_blocks")


def run(plugins: Plugins = None, include_dirs: IncludeDirs = None) -> None:
    """Serve an editor over standard input and output, by the Language Server Protocol.

    Editors start it themselves; `docs/editor.md` says how to set each up. It ends when the
    editor says so, or goes.
    """
    from modelspec.diagnostics.extras import require

    require("lsprotocol", "`lsp`")
    require("pygls", "`lsp`")
    from modelspec.cli.pages import pages
    from modelspec.lsp.server import make_server

    if sys.stdin.isatty():
        say("waiting for an editor on standard input; Ctrl-D ends it", error=True)
    server = make_server(pages, include_dirs or (), plugins or ())
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as output, redirect_stdout(sys.stderr):
        try:
            server.start_io(stdout=output)
        finally:
            server.pages.close()
