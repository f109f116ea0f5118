"""The one place that turns what can happen to a command into an exit code.

0 fine, 1 findings or failed, 2 usage, 3 a bug of modelspec's, 130 interrupted.
"""

import atexit
import gc
import os
import sys
import time
from collections.abc import Callable, Sequence

from modelspec.cli.say import say
from modelspec.diagnostics import SpecError
from modelspec.diagnostics.extras import MissingPackageError
from modelspec.diagnostics.plugin_error import PluginError

FAILED, USAGE, BUG, INTERRUPTED = 1, 2, 3, 130

_UNREADABLE = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)

ALLOCATIONS_A_COLLECTION = 100_000
"""Imports and graphs are many small objects that all stay: collecting after every 700, as Python
does by itself, is a tenth of the start-up and a quarter of the lint of a large spec."""

NO_PYDANTIC_PLUGINS = ("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""What is installed to watch a program's own pydantic models has nothing to watch in a command, and
pydantic reads the metadata of every installed package to look for it. Who sets it has their way."""

SECONDS_TO_SPEAK = 5
"""How long a process that failed leaves rank 0 to say why. torchrun ends all others as soon as one
has ended: rank 0 too, in the middle of its message."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line, `sys.argv` by default, and return its exit code."""
    gc.set_threshold(ALLOCATIONS_A_COLLECTION)
    os.environ.setdefault(*NO_PYDANTIC_PLUGINS)
    atexit.register(gc.freeze)  # a process that ends need not look for garbage: 30 ms
    given = list(sys.argv[1:] if arguments is None else arguments)
    silent = "TORCHELASTIC_RUN_ID" in os.environ and os.environ.get("RANK", "0") != "0"
    if silent:
        sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115  (the first process speaks)

    def run() -> None:
        from modelspec.cli.group import top_group

        top_group()(given or ["--help"], prog_name="modelspec")

    code = exit_code(run)
    if silent and code == FAILED:
        time.sleep(SECONDS_TO_SPEAK)
    return code


def exit_code(run: Callable[[], None]) -> int:
    """Run what a command does; say what went wrong, and return the code for it."""
    try:
        code = _attempt(run)
        sys.stdout.flush()
    except KeyboardInterrupt:
        say("interrupted", error=True)
        return INTERRUPTED
    except BrokenPipeError:
        _abandon_output()
        return FAILED
    except SpecError as error:
        from modelspec.cli.findings import show

        show(error.diagnostics)
        return FAILED
    except MissingPackageError as error:
        say(f"modelspec: {error}\n  help: {error.help}", error=True)
        return USAGE
    except PluginError as error:
        say(f"modelspec: {error}\n  help: {error.help}", error=True)
        return FAILED
    except OSError as error:
        from modelspec.source.special_files import SpecialFileError

        say(f"modelspec: {error.filename or 'file system'}: {error.strerror}", error=True)
        return USAGE if isinstance(error, (*_UNREADABLE, SpecialFileError)) else FAILED
    except Exception as error:
        from modelspec.cli.bug import report_bug

        if getattr(sys.stderr, "name", "") == os.devnull:
            sys.stderr = sys.__stderr__
        report_bug(error)
        return BUG
    return code


def _attempt(run: Callable[[], None]) -> int:
    """Run, and return the code that typer leaves with."""
    try:
        run()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else FAILED if stop.code else 0
    return 0


def _abandon_output() -> None:
    """Let the interpreter flush its output at exit into nothing: the reader has left."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
