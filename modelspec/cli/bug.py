"""What is said when modelspec itself is at fault."""

import os
import platform
import sys
import tempfile
import traceback

from modelspec._version import __version__
from modelspec.cli.say import say


def report_bug(error: BaseException) -> None:
    """Write the traceback to a file, and say where it lies and what to do with it."""
    path = _write_log(error)
    summary = traceback.format_exception_only(error)[-1].strip()
    plugins = sys.modules.get("modelspec.language.plugins")
    if plugins is not None and (plugin := plugins.plugin_at_fault(error)):
        say(
            f"modelspec: the code of {plugin} failed: {summary}\n"
            f"  the details are in {path}\n"
            "  help: please report it to those who wrote the plugin, with that file",
            error=True,
        )
        return
    say(
        f"modelspec: this is a bug in modelspec, not in your spec: {summary}\n"
        f"  the details are in {path}\n"
        "  help: please report it with that file, and with the spec if you can share it",
        error=True,
    )


def _write_log(error: BaseException) -> str:
    handle, path = tempfile.mkstemp(prefix="modelspec-bug-", suffix=".log", text=True)
    with os.fdopen(handle, "w", encoding="utf-8") as log:
        log.write(f"modelspec {__version__}, Python {sys.version}, {platform.platform()}\n")
        log.write(f"command line: {sys.argv}\nfolder: {os.getcwd()}\n\n")
        log.writelines(traceback.format_exception(error))
    return path
