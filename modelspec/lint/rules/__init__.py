"""The rules, one a file, called like `ms401_cycle.py`.

`checked` holds those whose check is here, which every lint imports; `documented` those of the
rooms below, which only documentation and tests import.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.lint.rule import Rule


@cache
def with_check() -> tuple[type[Rule], ...]:
    """The rules that check a finished graph, by code."""
    return tuple(_import("checked", module) for module in _modules("checked"))


def find(code: str) -> type[Rule] | None:
    """The rule of a code, `MS401`, or None."""
    for folder in ("checked", "documented"):
        for module in _modules(folder):
            if module.startswith(f"{code.lower()}_"):
                return _import(folder, module)
    return None


def _modules(folder: str) -> Iterator[str]:
    files = os.listdir(os.path.join(__path__[0], folder))
    return (file.removesuffix(".py") for file in sorted(files) if file.startswith("ms"))


def _import(folder: str, module: str) -> type[Rule]:
    found = vars(import_module(f"{__name__}.{folder}.{module}"))
    code = module.split("_")[0].upper()
    rule: type[Rule] = next(each for each in found.values() if getattr(each, "code", "") == code)
    return rule
