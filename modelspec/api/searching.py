"""A search from Python: on given rows, and watched where that is a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, filterwarnings

from modelspec.api.given_data import data_settings, undone_on_failure
from modelspec.runner.progress.notebook import in_notebook
from modelspec.runner.run.directory import folder_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.api.given_data import GivenData
    from modelspec.api.origin import Origin
    from modelspec.language.model import Spec
    from modelspec.tuning.study.job import StudyJob, StudyResult


def watched(prepare: Callable[..., StudyJob], **settings: Any) -> Callable[[], StudyResult]:
    """Prepare a study; what runs it. A notebook shows how far it is.

    Args:
        prepare: Makes a study of the settings.
        settings: As of `prepare_study`.
    """
    if settings.get("watch") is not None or not in_notebook():
        return prepare(**settings).run
    from modelspec.api.notebook_study import NotebookStudy

    watch = NotebookStudy()
    with catch_warnings():
        filterwarnings("ignore", "IProgress not found")  # of what Optuna would show, and does not
        job = prepare(**{"say": watch.on_message, **settings, "watch": watch})

    def run() -> StudyResult:
        watch.begin(job)
        return job.run()

    return run


def with_origin(origin: Origin, settings: dict[str, Any]) -> dict[str, Any]:
    """Settings of a study, with the file of a spec and what it was loaded with.

    Raises:
        ValueError: The spec is in no file.
    """
    options = origin.options()
    if options.pop("text") is not None:
        raise ValueError("each trial reads the spec, and this one is in no file: save it first")
    merged = {name: [*known, *settings.get(name, ())] for name, known in options.items()}
    return {**settings, **merged, "file": origin.file}


def search(
    spec: Spec,
    origin: Origin,
    data: GivenData | None,
    validation: float | GivenData | None,
    settings: dict[str, Any],
) -> StudyResult:
    """Search for the best values of a spec; what `LoadedSpec.tune` says."""
    from modelspec.tuning.study.prepare import prepare_study

    folder = Path(settings.get("runs_dir", "runs")) / folder_name(settings.get("name") or spec.name)
    asked = with_origin(origin, settings)
    with undone_on_failure(folder):
        given = data_settings(spec.document.data.get("data"), folder, data, validation)
        run = watched(prepare_study, **{**asked, "overrides": [*asked["overrides"], *given]})
    return run()
