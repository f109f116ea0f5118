"""Hyper-parameter search from a spec's file, or from a loaded spec. What `modelspec tune` does."""

from __future__ import annotations

from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from modelspec.api.searching import watched, with_origin
from modelspec.tuning.study.job import StudyJob, StudyResult
from modelspec.tuning.study.prepare import prepare_study

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.api.loaded_spec import LoadedSpec

__all__ = ["StudyJob", "StudyResult", "prepare_study", "tune"]

Settings = ParamSpec("Settings")


def _run_at_once(
    prepare: Callable[Concatenate[str, Settings], StudyJob],
) -> Callable[Concatenate[str | LoadedSpec, Settings], StudyResult]:
    """The same function, followed by the study: one signature serves both."""
    taken = signature(prepare)
    file, *others = taken.parameters.values()

    def tune(
        file: str | LoadedSpec, *args: Settings.args, **settings: Settings.kwargs
    ) -> StudyResult:
        """Search for the best values of a spec: train candidates, confirm the best of them.

        Takes what `prepare_study` takes, and raises what it and `StudyJob.run` raise. In place of
        a file there may be a loaded spec, with the values, folders and plugins that it has, but
        none that is in no file (`ValueError`). A notebook shows how far it is.
        """
        asked: dict[str, Any] = taken.bind(file, *args, **settings).arguments
        if not isinstance(file, str):
            asked = with_origin(file.origin, asked)
        return watched(prepare, **asked)()

    tune.__signature__ = taken.replace(  # type: ignore[attr-defined]
        parameters=[file.replace(annotation="str | LoadedSpec"), *others],
        return_annotation="StudyResult",
    )
    return tune  # type: ignore[return-value]    # `file` may be named, which no type can say


tune = _run_at_once(prepare_study)
