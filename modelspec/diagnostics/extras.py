"""Packages that only some features need, and the extra of ours that each comes with.

A finding says at its place in a spec what is missing (`missing`, `help_for`). Where no place asks
for it, `require` raises what ends a command with its exit code for wrong usage.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

EXTRAS = {
    "PIL": "images",
    "cmaes": "tune",
    "fastexcel": "excel",
    "grpc": "storage",
    "h5py": "keras",
    "httptools": "serve",
    "lsprotocol": "lsp",
    "optuna": "tune",
    "onnx": "onnx",
    "onnxruntime": "onnx",
    "onnxscript": "onnx",
    "prometheus_client": "serve",
    "psycopg": "storage",
    "pygls": "lsp",
    "scipy": "ensemble",
    "sklearn": "sklearn",
    "starlette": "serve",
    "tensorboard": "tensorboard",
    "tokenizers": "tokenizers",
    "uvicorn": "serve",
    "zstandard": "zstd",
}
"""The extra of each package, by the name that it is imported by."""
_CALLED = {
    "PIL": "pillow",
    "grpc": "grpcio",
    "prometheus_client": "prometheus-client",
    "sklearn": "scikit-learn",
}
"""What a package is called where that is another name."""


class MissingPackageError(Exception):
    """A feature needs a package that is not installed.

    Args:
        package: What it is imported as.
        feature: What needs it: "pictures".
    """

    def __init__(self, package: str, feature: str) -> None:
        super().__init__(missing(package, feature))
        self.help = help_for(package)


def is_missing(package: str) -> bool:
    """Whether a package is not installed."""
    return sys.modules.get(package) is None and find_spec(package) is None


def missing(package: str, feature: str) -> str:
    """That a feature needs a package."""
    return f"{feature} needs the package `{_CALLED.get(package, package)}`, which is not installed"


def help_for(package: str) -> str:
    """How to install a package: by its extra, if it is one of ours."""
    extra = EXTRAS.get(package)
    return f"install it: `pip install '{f'modelspec[{extra}]' if extra else package}'`"


def require(package: str, feature: str) -> None:
    """See to it that a package is there.

    Raises:
        MissingPackageError: It is not.
    """
    if is_missing(package):
        raise MissingPackageError(package, feature)
