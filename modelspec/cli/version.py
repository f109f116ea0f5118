"""`modelspec version`."""

import platform
from importlib.metadata import version

from modelspec import __version__

EXAMPLES = ("modelspec version",)


def run() -> None:
    """Say the versions of modelspec, of Python and of the libraries that decide results."""
    print(f"modelspec  {__version__}")
    print(f"python     {platform.python_version()}")
    for name in ("torch", "numpy", "polars", "pydantic", "safetensors"):
        print(f"{name:<10} {version(name)}")
