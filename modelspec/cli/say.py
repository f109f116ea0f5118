"""Lines on standard output and standard error."""

import sys

from modelspec.diagnostics.render.style import printable


def say(text: object, *, error: bool = False) -> None:
    """Print a line without what could drive a terminal: names and paths are of any characters."""
    print(printable(str(text)), file=sys.stderr if error else sys.stdout)
