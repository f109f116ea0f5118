"""The packages that callbacks need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics.extras import help_for, is_missing, missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Report
    from modelspec.language.train import CallbackSetting


def check_packages(settings: Iterable[CallbackSetting], report: Report) -> None:
    """Report callbacks that need a package that is not there."""
    for callback, place in settings:
        for package in callback.needs:
            if is_missing(package):
                message = missing(package, f"`{type(callback).__name__}`")
                report.add(place.finding("MS206", message, help=help_for(package)))
