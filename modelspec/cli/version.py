"""`modelspec version`."""

import platform
from importlib.metadata import version

from modelspec._version import __version__

EXAMPLES = ("modelspec version",)


def run() -> None:
    """Say the versions of modelspec, of Python and of the libraries that decide results."""
    libraries = ("torch", "numpy", "polars", "pydantic", "safetensors")
    versions = {"modelspec": __version__, "python": platform.python_version()}
    versions |= {name: version(name) for name in libraries}
    for name, number in versions.items():
        print(f"{name:<11} {number}")
