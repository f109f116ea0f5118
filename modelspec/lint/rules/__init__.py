"""The rules, one a file, called like `ms401_cycle.py`.

`checked` holds those whose check is here, imported by a lint that may need it; `documented` those
of the rooms below, which only documentation and tests import.
"""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from modelspec.lint.rule import Rule
    from modelspec.lint.subject import Subject


def _is_tuned(subject: Subject) -> bool:
    return subject.spec.tune is not None


ONLY_FOR: dict[str, Callable[[Subject], bool]] = {
    "MS511": lambda subject: subject.spec.data is not None,
    "MS608": lambda subject: any(each.class_weight for each in subject.graph.outputs.values()),
    "MS609": lambda subject: any(each.decode for each in subject.graph.outputs.values()),
    "MS610": lambda subject: any(each.decision for each in subject.graph.outputs.values()),
    "MS703": lambda subject: "BatchNormalization" in subject.types,
    "MS705": lambda subject: subject.spec.train is not None,
    "MS707": lambda subject: bool(subject.spec.train and subject.spec.train.callbacks),
    "MS708": lambda subject: bool(subject.spec.train and subject.spec.train.weights),
    "MS711": _is_tuned,
    "MS715": _is_tuned,
    "MS716": _is_tuned,
}
"""What a spec must have for a rule to find anything in it. Other specs do without the import."""


@cache
def with_check() -> tuple[type[Rule], ...]:
    """The rules that check a finished graph, by code."""
    return tuple(_import("checked", module) for module in _modules("checked"))


def for_subject(subject: Subject) -> Iterator[type[Rule]]:
    """Those of `with_check` that may find something in a spec."""
    for module in _modules("checked"):
        needed = ONLY_FOR.get(_code(module))
        if needed is None or needed(subject):
            yield _import("checked", module)


def find(code: str) -> type[Rule] | None:
    """The rule of a code, `MS401`, or None."""
    for folder in ("checked", "documented"):
        for module in _modules(folder):
            if module.startswith(f"{code.lower()}_"):
                return _import(folder, module)
    return None


@cache
def _modules(folder: str) -> tuple[str, ...]:
    files = os.listdir(os.path.join(__path__[0], folder))
    return tuple(file.removesuffix(".py") for file in sorted(files) if file.startswith("ms"))


def _code(module: str) -> str:
    return module.split("_")[0].upper()


@cache
def _import(folder: str, module: str) -> type[Rule]:
    found = vars(import_module(f"{__name__}.{folder}.{module}"))
    code = _code(module)
    rule: type[Rule] = next(each for each in found.values() if getattr(each, "code", "") == code)
    return rule
