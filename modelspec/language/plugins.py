"""Installed packages that add to what a spec can name."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.diagnostics.plugin_error import PluginError, misfit
from modelspec.layers import Layer, registry
from modelspec.training import callbacks, losses, metrics, optimizers, schedules
from modelspec.training.callback import Callback

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import EntryPoint

    from pydantic import BaseModel

GROUPS = ("modelspec.plugins", "modelspec.layers", "modelspec.callbacks")
"""The groups of entry points that are plugins. What is declared there does not depend on which."""


class _Kind(NamedTuple):
    """One kind of what a plugin can declare.

    Attributes:
        what: Its name, for messages.
        base: What it is a subclass of.
        registry: Where its classes are found, and added.
        has_twin: Whether torch code of its own computes it.
        required: The methods that a declaration must have.
    """

    what: str
    base: type[BaseModel]
    registry: Any
    has_twin: bool = True
    required: tuple[str, ...] = ()


_KINDS = (
    _Kind("layer", Layer, registry),
    _Kind("loss", losses.Loss, losses),
    _Kind("metric", metrics.Metric, metrics),
    _Kind("optimizer", optimizers.Optimizer, optimizers),
    _Kind("schedule", schedules.Schedule, schedules, has_twin=False, required=("rate",)),
    _Kind("callback", Callback, callbacks, has_twin=False),
)

_owners: dict[type, str] = {}
"""Which plugin has declared what: `plugin \\`mine\\` (acme 1.0)`."""


def load_plugin(name: str) -> list[str]:
    """Import an installed package, and add what it declares to what a spec can name.

    Args:
        name: Of an entry point of one of `GROUPS`. It names a declaration, or a module with
            declarations: public subclasses of `Layer`, `Loss`, `Metric`, `Optimizer`, `Schedule`
            or `Callback`.

    Returns:
        The types that it adds, as a spec names them.

    Raises:
        PluginError: No such plugin is installed, it cannot be imported, or what it declares
            cannot be used. Nothing is added then.
    """
    points = _entry_points(name)
    label = _label(points[0])
    declared = {each: None for point in points for each in _declarations(_imported(point, label))}
    if not declared:
        raise PluginError(
            f"{label} declares nothing",
            "its entry point names a module with public subclasses of "
            + ", ".join(f"`{kind.base.__name__}`" for kind in _KINDS),
        )
    names = [_checked(each, label) for each in declared]
    for each in declared:
        if each not in _owners:
            _kind(each).registry.add(each)
            _owners[each] = label
    return sorted(names)


def plugin_at_fault(error: BaseException) -> str | None:
    """The plugin whose code an error was raised in, or below; None where there is none."""
    import traceback

    packages = {cls.__module__.partition(".")[0]: label for cls, label in _owners.items()}
    frames = traceback.walk_tb(error.__traceback__)
    modules = (str(frame.f_globals.get("__name__", "")) for frame, _ in frames)
    labels = (packages.get(module.partition(".")[0]) for module in modules)
    return next((label for label in labels if label), None)


def _entry_points(name: str) -> list[EntryPoint]:
    from importlib.metadata import entry_points

    found = [point for group in GROUPS for point in entry_points(group=group)]
    if named := [point for point in found if point.name == name]:
        return named
    installed = ", ".join(sorted({point.name for point in found})) or "none"
    raise PluginError(
        f"no plugin `{name}` is installed (installed: {installed})",
        "install the package that has it into this Python: `pip install PACKAGE`",
    )


def package_of(name: str) -> tuple[str, str]:
    """The package that a plugin is installed by, and its version.

    Raises:
        PluginError: No such plugin is installed, or by no package.
    """
    (point, *_) = _entry_points(name)
    if point.dist is None:
        raise PluginError(f"plugin `{name}` is of no installed package", "install it with pip")
    return point.dist.name, point.dist.version


def _label(point: EntryPoint) -> str:
    package = f" ({point.dist.name} {point.dist.version})" if point.dist else ""
    return f"plugin `{point.name}`{package}"


def _imported(point: EntryPoint, label: str) -> object:
    import traceback

    try:
        return point.load()
    except (Exception, SystemExit) as error:
        raised = traceback.format_exception_only(error)[-1].strip()
        raise PluginError(
            f"{label} cannot be imported: {raised}{_place(error, point.module)}",
            f"`python -c 'import {point.module}'` shows it in full",
        ) from error


def _place(error: BaseException, module: str) -> str:
    """The last line of the package that an error came through, ` at line 3 of acme/__init__.py`."""
    import traceback

    package = module.partition(".")[0]
    for frame, line in reversed([*traceback.walk_tb(error.__traceback__)]):
        name = str(frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] == package:
            return f" (line {line} of {frame.f_code.co_filename})"
    return ""


def _declarations(loaded: object) -> Iterator[type]:
    """The declarations of a module, or the one that is given; bases and modelspec's own are none.

    An entry point may also name a class by itself, whatever its name.
    """
    candidates = vars(loaded).values() if isinstance(loaded, ModuleType) else [loaded]
    for each in candidates:
        if not isinstance(each, type) or each.__module__.partition(".")[0] == "modelspec":
            continue
        if isinstance(loaded, ModuleType) and each.__name__.startswith("_"):
            continue
        if any(issubclass(each, kind.base) for kind in _KINDS):
            yield each


def _kind(declaration: type) -> _Kind:
    return next(kind for kind in _KINDS if issubclass(declaration, kind.base))


def _checked(declaration: type, label: str) -> str:
    """The name of a declaration that can be used.

    Raises:
        PluginError: It cannot.
    """
    kind, called = _kind(declaration), declaration.__name__
    whose = f"{kind.what} `{called}` of {label}"
    name = called if kind.base is Layer else declaration.type_name  # type: ignore[attr-defined]
    taken = kind.registry.find(name) if name else None
    if not name or (taken is not None and taken is not declaration):
        owner = f", of {_owners[taken]}" if taken in _owners else ""
        raise PluginError(
            f"{label} declares the {kind.what} `{name}`, which is there already{owner}",
            f"call the class otherwise{'' if kind.base is Layer else ', or set its `type_name`'}",
        )
    if kind.has_twin:
        _check_twin(declaration, whose)
    required = kind.required
    if kind.base is Layer and declaration.infer is Layer.infer:  # type: ignore[attr-defined]
        required = ("output_shape",)
    if wrong := misfit(declaration, kind.base, required):
        raise PluginError(f"{whose} {wrong[0]}", wrong[1])
    try:
        declaration.model_rebuild()  # type: ignore[attr-defined]
    except Exception as error:
        line = str(error).partition("\n")[0]
        raise PluginError(
            f"the arguments of {whose} cannot be read: {line}",
            "annotate them with types that pydantic knows, imported where the class stands",
        ) from error
    return name


def _check_twin(declaration: type, whose: str) -> None:
    module, colon, name = declaration.twin.partition(":")  # type: ignore[attr-defined]
    example = f'twin = "{declaration.__module__.partition(".")[0]}.twins:{declaration.__name__}"'
    if not (module and colon and name):
        raise PluginError(
            f"{whose} does not say where its torch twin is",
            f"add `{example}`; a class that is a base only has a name with a leading underscore",
        )
    from importlib import import_module
    from importlib.util import find_spec

    try:
        package = module.rpartition(".")[0]
        there = find_spec(module) if not package or import_module(package) else None
    except Exception:
        there = None
    if there is None:
        raise PluginError(
            f"the torch twin of {whose} is to be in `{module}`, which is no module of it",
            f"mend `{example}`, or write that module",
        )
