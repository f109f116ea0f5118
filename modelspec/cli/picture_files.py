"""Which format a picture's file name asks for."""

import os

from modelspec.cli.options import refuse
from modelspec.plot.options import FORMATS, Format

SUFFIXES: dict[str, Format] = {
    **{f".{name}": name for name in FORMATS},
    ".gv": "dot",
    ".mmd": "mermaid",
    ".htm": "html",
}


def format_of(file: str) -> Format:
    """The format by a file's ending, or exit code 2."""
    ending = os.path.splitext(file)[1].lower()
    if ending not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        refuse(f"the ending of `{file}` is none of {known}; say the --format.", "--output")
    return SUFFIXES[ending]
