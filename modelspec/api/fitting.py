"""Training a loaded spec from Python: `modelspec train`, on data that may be in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from modelspec.api.given_data import data_settings, undone_on_failure
from modelspec.api.training import prepare_training, print_to_stderr
from modelspec.diagnostics import Severity
from modelspec.runner.run.directory import folder_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.api.given_data import GivenData
    from modelspec.api.origin import Origin
    from modelspec.api.training import TrainedRun
    from modelspec.diagnostics import Diagnostic
    from modelspec.diagnostics.sources import Sources
    from modelspec.language.model import Spec
    from modelspec.training.callback import Callback


def fit(
    spec: Spec,
    origin: Origin,
    data: GivenData | None,
    validation: float | GivenData | None,
    *,
    name: str,
    runs_dir: str,
    device: str,
    threads: int | None,
    quiet: bool,
    report: bool,
    callbacks: Sequence[Callback],
    say: Callable[[str], object] | None,
) -> TrainedRun:
    """Train a spec; what `LoadedSpec.fit` says."""
    say = say or print_to_stderr
    folder = Path(runs_dir) / folder_name(name or spec.name)
    section = spec.document.data.get("data")

    def show(found: Sequence[Diagnostic], sources: Sources) -> None:  # noqa: ARG001
        for each in found:
            if each.severity is not Severity.ERROR:  # errors are raised
                say(f"{each.span} {each.code}: {each.message}")

    with undone_on_failure(folder):
        asked = origin.with_overrides(data_settings(section, folder, data, validation))
        job = prepare_training(
            asked.file,
            name=name,
            runs_dir=runs_dir,
            device=device,
            threads=threads,
            quiet=quiet,
            callbacks=callbacks,
            show=show,
            say=say,
            **asked.options(),
        )
    return job.run(report=report)
