"""The command line. `main` runs one; each command is a file of its own, imported when called."""

from modelspec.cli.exit_codes import main

__all__ = ["main"]
