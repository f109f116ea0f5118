"""The arguments and options that commands share, as types for their parameters."""

import os
from math import isnan
from typing import Annotated, NoReturn, TypeAlias

import typer

from modelspec.cli import completion
from modelspec.diagnostics.render.style import printable
from modelspec.diagnostics.suggest import near_path


def refuse(message: str, argument: str = "") -> NoReturn:
    """End with exit code 2: the command line asks for what cannot be."""
    raise typer.BadParameter(printable(message), param_hint=f"'{argument}'" if argument else None)


def a_number(value: float | None) -> float | None:
    """A number as it is, or exit code 2: NaN is in no range, and `min` and `max` let it through."""
    if value is not None and isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value


def existing_file(path: str) -> str:
    """A file's path as it is, or exit code 2 with the file that may have been meant."""
    from modelspec.source.special_files import SpecialFileError, check_regular

    if path == "-":
        return path
    try:
        check_regular(path)
    except SpecialFileError as special:
        refuse(f"`{path}` cannot be read: {special}, not a file.")
    except (OSError, ValueError):
        refuse(f"`{path}` does not exist.{meant(near_path(path))}")
    return path


def existing_path(path: str) -> str:
    """The path of a file or a folder as it is, or exit code 2."""
    return path if os.path.isdir(path) else existing_file(path)


def meant(near: str | None) -> str:
    """` Did you mean ...?`, to end a message with; nothing where nothing is near."""
    return f" Did you mean `{near}`?" if near else ""


def loaded_plugins(names: list[str] | None) -> list[str] | None:
    """Add what plugins declare, or end with exit code 2."""
    if names:
        from modelspec.diagnostics.plugin_error import PluginError
        from modelspec.language.plugins import load_plugin

        for name in names:
            try:
                load_plugin(name)
            except PluginError as error:
                refuse(f"{error}; {error.help}.", "--plugin")
    return names


SpecFile: TypeAlias = Annotated[
    str,
    typer.Argument(
        metavar="SPEC",
        callback=existing_file,
        help="The spec file; `-` is standard input.",
        autocompletion=completion.specs,
    ),
]

Overrides: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Set a value of the spec, `--set params.filters=32`; as often as you like.",
    ),
]

Plugins: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--plugin",
        metavar="NAME",
        callback=loaded_plugins,
        help="Add what an installed plugin declares; repeatable.",
    ),
]

IncludeDirs: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--include-dir",
        metavar="DIR",
        callback=lambda folders: folders and [existing_path(folder) for folder in folders],
        help="A folder beside the spec's own that blocks may come from; repeatable.",
    ),
]
