"""Which format a picture's file name asks for."""

import os

from modelspec.cli.options import meant, refuse
from modelspec.diagnostics.suggest import did_you_mean
from modelspec.plot.options import FORMATS, Format

SUFFIXES: dict[str, Format] = {
    **{f".{name}": name for name in FORMATS},
    ".gv": "dot",
    ".mmd": "mermaid",
    ".htm": "html",
}


def format_of(file: str) -> Format:
    """The format by a file's ending, or exit code 2."""
    name, ending = os.path.splitext(file)
    ending = ending.lower()
    if ending not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        near = did_you_mean(ending, SUFFIXES)
        help = meant(near and name + near)
        refuse(f"the ending of `{file}` is none of {known}; say the --format.{help}", "--output")
    return SUFFIXES[ending]
