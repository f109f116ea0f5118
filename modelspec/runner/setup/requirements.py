"""The packages that callbacks need."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Report
    from modelspec.language.train import CallbackSetting


def check_packages(settings: Iterable[CallbackSetting], report: Report) -> None:
    """Report callbacks that need a package that is not there."""
    for callback, place in settings:
        for package in callback.needs:
            if find_spec(package) is None:
                message = f"`{type(callback).__name__}` needs the package `{package}`"
                help = f"install it: `pip install 'modelspec[{callback.needs[0]}]'`"
                report.add(place.finding("MS206", message, help=help))
