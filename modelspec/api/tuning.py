"""Hyper-parameter search from a spec's file. What `modelspec tune` does."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, ParamSpec

from modelspec.tuning.study.job import StudyJob, StudyResult
from modelspec.tuning.study.prepare import prepare_study

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["StudyJob", "StudyResult", "prepare_study", "tune"]

Settings = ParamSpec("Settings")


def _run_at_once(prepare: Callable[Settings, StudyJob]) -> Callable[Settings, StudyResult]:
    """The same function, followed by the study: one signature serves both."""

    def tune(*args: Settings.args, **settings: Settings.kwargs) -> StudyResult:
        """Search for the best values of a spec: train candidates, confirm the best of them.

        Takes what `prepare_study` takes, and raises what it and `StudyJob.run` raise.
        """
        return prepare(*args, **settings).run()

    tune.__signature__ = signature(prepare).replace(  # type: ignore[attr-defined]
        return_annotation="StudyResult"
    )
    return tune


tune = _run_at_once(prepare_study)
